import { relative } from "node:path";
import type { Reporter, TestCase, TestModule, TestResult, TestSuite } from "vitest/node";
import { createTally } from "../explore/stage.ts";
import { isSelected } from "../laws/select-laws.ts";
import type { TriedLaw } from "../laws/tried-law.ts";

/** What a reporter tells of a run as it goes on. */
export interface LawListener {
  /** So many more laws are going to be tried. */
  found(howMany: number): void;
  begun(lawId: string): void;
  ended(law: TriedLaw): void;
}

/**
 * Hears every test of the law specs end. A test made by the kit carries its verdict; a team's own plain test is a law
 * of its own name. Of a spec file that could not be loaded, of an error outside of every test, and of a test that was
 * cut off, nothing is known, and that is told as a law as well.
 */
export function createLawReporter(patterns: readonly string[], listener: LawListener): Reporter {
  const heard = new Set<string>();
  const hear = (test: TestCase): void => {
    if (heard.has(test.id)) return;
    heard.add(test.id);
    if (isSelected(idOf(test), patterns)) listener.ended(lawOf(test));
  };
  const hearTrouble = (id: string, at: TestModule | TestSuite): void => {
    const errors = at.errors();
    if (errors.length > 0) listener.ended(unknown(id, messagesOf(errors)));
  };
  return {
    onTestModuleCollected(testModule) {
      listener.found([...testModule.children.allTests()].length);
    },
    onTestCaseReady(test) {
      listener.begun(idOf(test));
    },
    onTestCaseResult: hear,
    onTestSuiteResult: (suite) => hearTrouble(suite.fullName, suite),
    onTestModuleEnd(testModule) {
      hearTrouble(testModule.relativeModuleId, testModule);
      // Some end without a word, such as a forgotten `test.only`, and those that were cut off never end.
      for (const test of testModule.children.allTests()) hear(test);
    },
    onTestRunEnd(testModules, errors) {
      for (const testModule of testModules)
        for (const test of testModule.children.allTests()) hear(test);
      if (errors.length > 0) listener.ended(unknown("outside of every test", messagesOf(errors)));
    },
  };
}

function idOf(test: TestCase): string {
  return test.meta().law?.id ?? test.fullName;
}

function lawOf(test: TestCase): TriedLaw {
  const told = test.meta().law;
  const result = test.result();
  if (told !== undefined) return told.verdict.kind === "unknown" ? explained(told, result) : told;
  const law = { id: test.fullName, claim: test.name };
  const wallMs = Math.round(test.diagnostic()?.duration ?? 0);
  const evidence = { ...createTally([]).evidence(0), comparisons: 1, wallMs };
  if (result.state === "passed") return { ...law, verdict: { kind: "holds", evidence } };
  if (result.state === "failed") {
    const witness = {
      trial: "the spec",
      expected: "it passes",
      happened: result.errors.map(withPlace).join("; "),
      steps: [],
      repeatable: true,
    };
    return { ...law, verdict: { kind: "broken", evidence, witness } };
  }
  if (result.state === "pending") return unknown(law.id, "it was cut off");
  return { ...law, verdict: { kind: "not-run", reason: result.note ?? "its spec skips it" } };
}

/** A trial that was cut short says so; by what only the test's own error knows. */
function explained(law: TriedLaw, result: ReturnType<TestCase["result"]>): TriedLaw {
  if (law.verdict.kind !== "unknown" || result.state !== "failed") return law;
  const errors = messagesOf(result.errors);
  if (errors.includes(law.verdict.reason)) return law;
  return { ...law, verdict: { ...law.verdict, reason: `${law.verdict.reason}: ${errors}` } };
}

function unknown(id: string, reason: string): TriedLaw {
  const claim = "the specs can be loaded, run and cleared up after";
  const evidence = createTally([]).evidence(0);
  return { id, claim, verdict: { kind: "unknown", evidence, reason } };
}

type SpecError = Extract<TestResult, { state: "failed" }>["errors"][number];

/** What an assertion said, and where it stands. */
function withPlace({ message, stacks }: SpecError): string {
  const [place] = stacks ?? [];
  return place === undefined
    ? message
    : `${message} (${relative(process.cwd(), place.file)}:${place.line}:${place.column})`;
}

function messagesOf(errors: readonly { readonly message: string }[]): string {
  return errors.map(({ message }) => message).join("; ");
}
