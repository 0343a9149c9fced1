import { alembicLedger, claimLedger, spoken, unclaimLedger } from "../../migrations/ledger.ts";
import type { Move } from "../../migrations/move.ts";
import type { MoveOptions } from "../../migrations/run-move.ts";
import type { AroundStep } from "../../migrations/step.ts";
import { quoteName } from "../../postgres/quote-name.ts";
import type { Session } from "../../postgres/session.ts";
import { readServerError } from "../../source/server-error.ts";
import { RehearsalError } from "../../verdict/rehearsal-error.ts";
import type { Run } from "../../verify/open-run.ts";
import type { Output } from "../../verify/output.ts";
import { askLedger } from "./ask-ledger.ts";
import type { Errand } from "../errand.ts";
import { type Finding, go, noGo, unknown } from "../finding.ts";
import type { MoveSettings } from "../settings.ts";
import { tryMove, type Tried } from "./try-move.ts";

/** A move that is to be made on a database that matters. */
export interface MoveOrder {
  readonly errand: Errand;
  readonly move: Move;
  /** Makes it once. */
  readonly make: (session: Session, options: MoveOptions) => Promise<void>;
  /** Server settings beside those that name roles. */
  readonly settings: Readonly<Record<string, string>>;
  readonly limits: Pick<MoveSettings, "lockTimeout" | "tries" | "patience">;
}

/** What a move came to: the database is where it leads, where it began, or nobody could tell. */
export interface CarriedOut {
  readonly finding: Finding;
  readonly facts: Readonly<Record<string, string>>;
}

/**
 * Makes a move, alone among deployers, with short waits for locks, and says where the database is afterwards. A signal
 * cancels the statement that runs, so that the server takes the try back; a lost connection is resolved by the ledger.
 */
export async function carryOut(run: Run, order: MoveOrder, output: Output): Promise<CarriedOut> {
  const { errand, move, limits } = order;
  await using session = await errand.target.connect("deployer", deployerSettings);
  const refused = await claim(session, errand, move);
  if (refused !== undefined) return { finding: refused, facts: {} };
  const trying = tryMove(
    (around) =>
      order.make(session, {
        lockTimeoutMs: limits.lockTimeout,
        settings: { ...errand.sessionSettings, ...order.settings },
        around,
      }),
    {
      tries: limits.tries,
      mayTryAgain: move.transactional,
      stop: run.interrupted,
      around: showSteps(output, run.interrupted),
      waiting(tries, seconds) {
        const text = `a lock was not free for ${limits.lockTimeout} ms; try ${tries + 1} of ${limits.tries} in ${seconds} s`;
        output.progress("");
        output.line(output.palette.faint(text));
      },
    },
  );
  let isUnderWay = true;
  // Later its process may be another one's.
  run.defer(async () => void (isUnderWay && (await takeBack(errand, session, trying))));
  const tried = await trying.finally(() => (isUnderWay = false));
  output.progress("");
  const facts = { tries: String(tried.tries), "lock timeout": `${limits.lockTimeout} ms` };
  if (tried.kind === "done") {
    await unclaimLedger(session, alembicLedger);
    const took = {
      ...facts,
      milliseconds: tried.ms.toFixed(0),
      statements: String(move.texts.length),
    };
    return { finding: doneBy(tried, move), facts: took };
  }
  if (tried.kind === "refused") return { finding: refusedBy(tried, run.interrupted), facts };
  return { finding: await resolved(errand, move, tried, limits.patience), facts };
}

function doneBy({ tries, ms }: Extract<Tried, { kind: "done" }>, { to, texts }: Move): Finding {
  return go(
    `at ${spoken(to)} now: ${texts.length} statements in ${ms.toFixed(0)} ms, ${tries === 1 ? "at the first try" : `at try ${tries}`}`,
  );
}

function refusedBy(
  { failure, tries }: Extract<Tried, { kind: "refused" }>,
  stop: AbortSignal,
): Finding {
  const [first = "", ...others] = failure.message.split("\n");
  const how = stop.aborted
    ? "interrupted, and taken back"
    : `not made after ${tries === 1 ? "one try" : `${tries} tries`}`;
  return noGo(`${how}: ${first}`, others);
}

/** Where the ledger says that the database is. */
async function resolved(
  { target }: Errand,
  move: Move,
  { failure }: Extract<Tried, { kind: "lost" }>,
  patience: number,
): Promise<Finding> {
  const lost = `the connection was lost (${failure.message.split("\n")[0]})`;
  const answer = await askLedger(target, patience);
  if (answer.kind === "silent")
    return unknown(
      `${lost}, and the ledger could not be asked within ${patience} s: ${answer.why}. ` +
        `Ask it when the server is back: select version_num from public.alembic_version`,
    );
  if (answer.id === move.to)
    return go(`${lost}; the ledger says that it was made: at ${spoken(move.to)}`);
  if (answer.id === move.from && move.transactional)
    return noGo(`${lost}; the ledger says that it was taken back: at ${spoken(move.from)}`);
  return unknown(
    `${lost}; the ledger says ${spoken(answer.id)}` +
      (move.transactional
        ? ""
        : `, and ${move.file} runs without a transaction: look how far it came`),
  );
}

/** Becomes who owns, and claims the ledger; what keeps it from doing so is a finding. */
async function claim(
  session: Session,
  { target, owner }: Errand,
  { file }: Move,
): Promise<Finding | undefined> {
  try {
    if (target.role !== owner) await session.run(`set role ${quoteName(owner)}`);
    await claimLedger(session, alembicLedger);
    return undefined;
  } catch (error) {
    if (error instanceof RehearsalError && error.code === "LEDGER_BUSY")
      return noGo(
        `another deployer is at work on this database; nothing of ${file} was run. Try again when it is done`,
      );
    const said = readServerError(error);
    if (said === undefined) throw error;
    return noGo(`${target.role} cannot act as ${owner}, who owns what is there: ${said.message}`);
  }
}

/** Whoever leaves a transaction open by mistake lets others wait. */
const deployerSettings = { idle_in_transaction_session_timeout: "60s" };

function showSteps(output: Output, stop: AbortSignal): AroundStep {
  return async ({ index, count, text, line, kind }, send) => {
    // Between two statements nobody can be cancelled.
    if (stop.aborted) throw new RehearsalError("MIGRATION_STOPPED", "It was stopped by a signal.");
    const first = text.trim().split("\n")[0] ?? "";
    const where = kind === "statement" ? `, line ${line}` : "";
    output.progress(
      output.palette.faint(
        `${index + 1} of ${count}${where}: ${first}`.slice(0, output.width() - 1),
      ),
    );
    await send();
  };
}

/** Ends what is under way after a signal: the server rolls back whoever is cancelled. */
async function takeBack(
  { target }: Errand,
  session: Session,
  trying: Promise<unknown>,
): Promise<void> {
  try {
    await using canceller = await target.connect("canceller");
    await canceller.run("select pg_cancel_backend($1)", [session.pid]);
  } catch {
    session.drop();
  }
  // How it ended is told by whoever awaits it for that.
  await Promise.allSettled([trying]);
}
