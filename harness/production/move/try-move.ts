import { setTimeout as pause } from "node:timers/promises";
import type { AroundStep } from "../../migrations/step.ts";
import { isConnectionLoss } from "../../postgres/session.ts";
import { endsSession, readServerError } from "../../source/server-error.ts";
import { SqlFailure } from "../../source/sql-failure.ts";
import { RehearsalError } from "../../verdict/rehearsal-error.ts";

/** How a move that was tried went, as far as this side saw it. */
export type Tried =
  | { readonly kind: "done"; readonly tries: number; readonly ms: number }
  /** The server said why, and took it back. */
  | { readonly kind: "refused"; readonly tries: number; readonly failure: RehearsalError }
  /** The connection was lost on the way: only the ledger knows. */
  | { readonly kind: "lost"; readonly tries: number; readonly failure: Error };

export interface TryOptions {
  readonly tries: number;
  /** Whether trying again does no harm: nothing of a try stays. */
  readonly mayTryAgain: boolean;
  /** Nothing is tried any more once it is aborted. */
  readonly stop: AbortSignal;
  /** Told before each pause. */
  readonly waiting: (tries: number, seconds: number, failure: RehearsalError) => void;
  readonly around: AroundStep;
}

/** Tries a move until it is done, again and again with growing pauses where somebody else's lock was in the way. */
export async function tryMove(
  move: (around: AroundStep) => Promise<void>,
  options: TryOptions,
): Promise<Tried> {
  for (let tries = 1; ; tries += 1) {
    const since = performance.now();
    try {
      await move(options.around);
      return { kind: "done", tries, ms: performance.now() - since };
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      if (isLost(failure)) return { kind: "lost", tries, failure };
      if (!(failure instanceof RehearsalError)) throw failure;
      const again = options.mayTryAgain && tries < options.tries && isInTheWay(failure);
      if (!again || options.stop.aborted) return { kind: "refused", tries, failure };
      const seconds = Math.min(firstPauseSeconds * 2 ** (tries - 1), longestPauseSeconds);
      options.waiting(tries, seconds, failure);
      // That somebody gives up a lock is told to nobody; a signal ends the pause, and that is looked at next.
      await Promise.allSettled([pause(seconds * 1000, undefined, { signal: options.stop })]);
      if (options.stop.aborted) return { kind: "refused", tries, failure };
    }
  }
}

const firstPauseSeconds = 0.25;
const longestPauseSeconds = 10;

/** A lock that was not had in time, or a deadlock that this side lost: it may be free the next time. */
function isInTheWay(failure: RehearsalError): boolean {
  return failure instanceof SqlFailure && ["55P03", "40P01"].includes(failure.sqlstate);
}

function isLost(failure: Error): boolean {
  if (failure instanceof SqlFailure) {
    const said = readServerError(failure.cause);
    return said !== undefined && endsSession(said);
  }
  if (failure instanceof RehearsalError) return failure.code === "MIGRATION_INTERRUPTED";
  return isConnectionLoss(failure);
}
