import type { Actor } from "../explore/actor.ts";
import type { Recorder } from "../explore/recorder.ts";
import type { Query } from "../postgres/query.ts";

/** A call that must be refused. */
export interface BadCall {
  readonly query: Query;
  /** The SQL name of the argument at fault, which the error must tell; nothing where the binding names none. */
  readonly argument: string | undefined;
}

/** Blank as a person would call it: nothing, blanks, line ends. */
export const blanks = ["", " ", "\t\n "] as const;

/**
 * Makes each call and demands SQLSTATE 22023 and that nothing changed. `readState` is compared as a whole, so whatever
 * a refused call could change must be in it.
 */
export async function demandRefused(
  actor: Actor,
  recorder: Recorder,
  calls: readonly BadCall[],
  readState: () => Promise<unknown>,
): Promise<void> {
  const before = await readState();
  for (const { query, argument } of calls) {
    const answer = await actor.asks(query);
    const sqlstate = answer.kind === "error" ? answer.sqlstate : `an answer (${answer.kind})`;
    recorder.demandEqual(sqlstate, "22023", "the answer to bad input");
    if (answer.kind === "error" && argument !== undefined) {
      recorder.demand(answer.message.includes(argument), {
        expected: `the error names ${argument}`,
        happened: `it reads: ${answer.message}`,
      });
    }
    recorder.demandEqual(await readState(), before, "what is there after bad input");
  }
}
