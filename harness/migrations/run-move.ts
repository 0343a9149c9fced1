import { endsSession, readServerError } from "../source/server-error.ts";
import { SqlFailure } from "../source/sql-failure.ts";
import { takeSteps } from "./actions.ts";
import { explained, interrupted, nothingSent } from "./explain-failure.ts";
import {
  alembicLedger,
  checkLedger,
  claimLedger,
  createLedger,
  holdLedger,
  type Ledger,
  unclaimLedger,
} from "./ledger.ts";
import type { Move } from "./move.ts";
import { currentSettings, setSettings, type Settings } from "./session-settings.ts";
import type { SqlRunner } from "./sql-runner.ts";
import type { AroundStep } from "./step.ts";

export interface MoveOptions {
  /** How long a statement waits for a lock before the move gives up; 5 s. 0 waits for ever. */
  readonly lockTimeoutMs?: number;
  /** Server settings while the move runs, such as `{ "m10.app_role": "m10_app" }`. */
  readonly settings?: Settings;
  /** `public.alembic_version` unless it says otherwise. */
  readonly ledger?: Ledger;
  readonly around?: AroundStep;
}

/** Runs one file and moves the ledger; what that means is said at `applyRevision`. */
export async function runMove(session: SqlRunner, move: Move, options: MoveOptions): Promise<void> {
  const terms: Terms = {
    ledger: options.ledger ?? alembicLedger,
    settings: { lock_timeout: `${options.lockTimeoutMs ?? 5000}ms`, ...options.settings },
    around: options.around ?? ((_, send) => send()),
  };
  const run = move.transactional ? inTransaction : inAutocommit;
  await run(session, move, terms);
}

interface Terms {
  readonly ledger: Ledger;
  readonly settings: Settings;
  readonly around: AroundStep;
}

async function inTransaction(session: SqlRunner, move: Move, terms: Terms): Promise<void> {
  const work = async (): Promise<void> => {
    await explained(move, nothingSent, async () => {
      await session.run("begin");
      await setSettings(session, terms.settings, "transaction");
      if (move.from === null) await createLedger(session, terms.ledger);
      await holdLedger(session, terms.ledger, move);
    });
    await takeSteps(session, move, terms.ledger, terms.around);
  };
  await takingBack(move, work, async () => {
    await session.run("rollback");
  });
}

/** Two deployers must not both run the file, and no transaction holds the ledger for one of them: a claim does. */
async function inAutocommit(session: SqlRunner, move: Move, terms: Terms): Promise<void> {
  const before = await explained(move, nothingSent, async () => {
    await claimLedger(session, terms.ledger);
    return currentSettings(session, Object.keys(terms.settings));
  });
  const leave = async (): Promise<void> => {
    await setSettings(session, before, "session");
    await unclaimLedger(session, terms.ledger);
  };
  const work = async (): Promise<void> => {
    await explained(move, nothingSent, async () => {
      await setSettings(session, terms.settings, "session");
      if (move.from === null) await createLedger(session, terms.ledger);
      await checkLedger(session, terms.ledger, move);
    });
    await takeSteps(session, move, terms.ledger, terms.around);
  };
  await takingBack(move, work, async () => {
    await session.run("rollback");
    await leave();
  });
  await leave();
}

/** When the work fails, takes back; a server that has ended the session has done so itself. */
async function takingBack(
  move: Move,
  work: () => Promise<void>,
  takeBack: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!sessionIsOver(error)) {
      await takeBack().catch((cleanUp: unknown) => {
        throw interrupted(error, cleanUp, move);
      });
    }
    throw error;
  }
}

function sessionIsOver(thrown: unknown): boolean {
  if (!(thrown instanceof SqlFailure)) return false;
  const error = readServerError(thrown.cause);
  return error !== undefined && endsSession(error);
}
