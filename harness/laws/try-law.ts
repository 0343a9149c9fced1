import { Discrepancy } from "../explore/discrepancy.ts";
import type { Stage } from "../explore/stage.ts";
import { readServerError } from "../source/server-error.ts";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import type { Verdict, Witness } from "../verdict/verdict.ts";
import type { Law } from "./law.ts";

/**
 * Tries one law. The verdict is `broken` when the trial found a discrepancy, or when the SQL lacks a column, table or
 * sequence by which the binding lets the law judge; `unknown` when the trial itself could not go on or did not meet
 * a situation that it must meet. It never throws for what it finds.
 */
export async function tryLaw<Binding>(law: Law<Binding>, stage: Stage<Binding>): Promise<Verdict> {
  const evidence = () => stage.tally.evidence(stage.seed);
  try {
    await law.trial(stage);
  } catch (error) {
    const witness = error instanceof Discrepancy ? error.witness : missingObject(law, error);
    if (witness !== undefined) return { kind: "broken", evidence: evidence(), witness };
    return { kind: "unknown", evidence: evidence(), reason: reasonOf(error) };
  }
  const tried = evidence();
  const unmet = law.situations.filter((situation) => (tried.met[situation] ?? 0) === 0);
  if (unmet.length === 0) return { kind: "holds", evidence: tried };
  return {
    kind: "unknown",
    evidence: tried,
    reason: `The trial did not meet ${unmet.join(", ")}. Try again with more effort or another seed.`,
  };
}

/** Undefined column, table, function, object and missing privilege: what the law must judge by is not there. */
const missing = new Set(["42703", "42P01", "42883", "42704", "42501"]);

function missingObject<Binding>(law: Law<Binding>, error: unknown): Witness | undefined {
  const refusal = readServerError(error);
  if (refusal === undefined || !missing.has(refusal.sqlstate)) return undefined;
  return {
    trial: "the state that the law judges by",
    expected: `what ${law.id} is judged by is there to be read`,
    happened: refusal.message,
    steps: [],
    repeatable: true,
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof RehearsalError) return error.message;
  const place = error.stack
    ?.split("\n")
    .find((line) => line.includes("/harness/"))
    ?.trim();
  return `${error.message}${place === undefined ? "" : ` (${place})`}`;
}
