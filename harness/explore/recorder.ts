import { isDeepStrictEqual } from "node:util";
import type { Answer } from "../postgres/session.ts";
import type { WitnessStep } from "../verdict/verdict.ts";
import { Discrepancy } from "./discrepancy.ts";

/** Writes down what each session does in one play of a trial, and judges against it. */
export interface Recorder {
  readonly trial: string;
  readonly steps: readonly WitnessStep[];
  /** Adds a step and returns a verb that fills in its answer. */
  begin(who: string, does: string): (answer: string) => void;
  /** Demands that something is so; otherwise the law is broken and the steps so far are the witness. */
  demand(holds: boolean, finding: { expected: string; happened: string }): void;
  /** Demands that `happened` deeply equals `expected`; `what` names the thing in the witness. */
  demandEqual(happened: unknown, expected: unknown, what: string): void;
}

export function createRecorder(trial: string, options: { repeatable?: boolean } = {}): Recorder {
  const steps: { who: string; does: string; answer: string }[] = [];
  const demand = (holds: boolean, finding: { expected: string; happened: string }): void => {
    if (holds) return;
    throw new Discrepancy({
      trial,
      ...finding,
      steps: steps.map((step) => ({ ...step })),
      repeatable: options.repeatable ?? true,
    });
  };
  return {
    trial,
    steps,
    begin(who, does) {
      const step = { who, does, answer: "" };
      steps.push(step);
      return (answer) => {
        step.answer = answer;
      };
    },
    demand,
    demandEqual(happened, expected, what) {
      demand(isDeepStrictEqual(happened, expected), {
        expected: `${what}: ${show(expected)}`,
        happened: `${what}: ${show(happened)}`,
      });
    },
  };
}

/** An answer in one short text, the same on every run. */
export function showAnswer(answer: Answer): string {
  if (answer.kind === "error") return `error ${answer.sqlstate}: ${answer.message}`;
  if (answer.kind === "lost") return "connection lost";
  if (answer.rows.length === 0) return "no rows";
  return answer.rows.map(show).join("; ");
}

export function show(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Map) return show(Object.fromEntries(value));
  if (typeof value === "string") return value;
  if (value !== null && typeof value === "object" && !Array.isArray(value)) {
    const fields = Object.entries(value);
    const [only] = fields;
    if (only !== undefined && fields.length === 1) return show(only[1]);
    return `{${fields.map(([name, field]) => `${name}: ${show(field)}`).join(", ")}}`;
  }
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`;
  return JSON.stringify(value);
}
