import { z } from "zod";
import { sql } from "../postgres/query.ts";
import type { Session } from "../postgres/session.ts";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import type { Fate } from "./fault.ts";

/**
 * Asks what became of a transaction by its number; one that has none has changed nothing and counts as aborted. An error is
 * answered a moment before its transaction is over, so it is asked again until it is. Fails with `NO_FATE` if it is not.
 */
export async function readFate(hand: Session, xid: string | null): Promise<Fate> {
  if (xid === null) return "aborted";
  const since = performance.now();
  while (performance.now() - since < patienceMs) {
    const { status } = await hand.one(
      sql.type(read)`select pg_xact_status(${xid}::xid8) as status`,
    );
    if (status !== "in progress") return status;
  }
  throw new RehearsalError(
    "NO_FATE",
    `Transaction ${xid} was struck ${patienceMs / 1000} s ago and is still in progress.`,
    { exitCode: 3 },
  );
}

/**
 * The same after the server was killed and started again, before anybody changed anything: of a transaction that the server
 * forgot, the number is one that it has not given out. Nothing where no number is known: it may have got one, and be
 * committed, while the server went down.
 */
export async function readFateAfterCrash(
  reader: Session,
  xid: string | null,
): Promise<Fate | undefined> {
  if (xid === null) return undefined;
  const { status } = await reader.one(sql.type(read)`
    select case when ${xid}::xid8 < pg_snapshot_xmax(pg_current_snapshot()) then pg_xact_status(${xid}::xid8)
      else 'aborted' end as status`);
  return status === "committed" ? "committed" : "aborted";
}

const read = z.object({ status: z.enum(["committed", "aborted", "in progress"]) });

const patienceMs = 15_000;
