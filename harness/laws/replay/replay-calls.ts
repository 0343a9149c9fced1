import { z } from "zod";
import type { Actor } from "../../explore/actor.ts";
import { nameInstants } from "../../explore/name-instants.ts";
import type { Recorder } from "../../explore/recorder.ts";
import type { Play } from "../../explore/schedule.ts";
import type { Answer, Isolation, Session } from "../../postgres/session.ts";
import { gaveUp } from "../gave-up.ts";
import type { ReplayBinding, ReplayCall, ReplayRecord } from "./replay-binding.ts";

export type ReplayPlay = Play<ReplayBinding>;

/** A call for an original, `m-1` unless told otherwise, of which nothing else is known. */
export function replayOf(more: Partial<ReplayCall> = {}): ReplayCall {
  return { originalId: "m-1", deadLetterId: null, ...more };
}

const told = z.object({ alreadyReplayed: z.boolean().nullable(), replayId: z.number().nullable() });

export type Told = z.infer<typeof told>;

/** What the one row of an answer says; nothing if there is no such row. */
export function toldBy(answer: Answer): Told | undefined {
  if (answer.kind !== "rows" || answer.rows.length !== 1) return undefined;
  return told.safeParse(answer.rows[0]).data;
}

/** What the answer says of whether the original was replayed; the error if it is one. */
export function alreadyReplayed(answer: Answer): unknown {
  if (answer.kind === "error") return `error ${answer.sqlstate}`;
  const row = toldBy(answer);
  return row === undefined ? "no row of an answer" : row.alreadyReplayed;
}

/** The replay's id that an answer tells; the error if it is one. */
export function replayId(answer: Answer): unknown {
  if (answer.kind === "error") return `error ${answer.sqlstate}`;
  const row = toldBy(answer);
  return row === undefined ? "no row of an answer" : row.replayId;
}

/**
 * The records as a law compares them, with instants by name. One function for all readings that are compared; not a
 * step of the play.
 */
export function recordReader(
  binding: ReplayBinding,
  { session }: { session: Session },
): () => Promise<readonly ReplayRecord[]> {
  const nameOf = nameInstants();
  return async () => (await session.all(binding.records())).map((record) => named(record, nameOf));
}

/** The same for two readings that are there already. */
export function named(record: ReplayRecord, nameOf: (instant: string) => string): ReplayRecord {
  return { ...record, replayedAt: nameOf(record.replayedAt) };
}

/** Every record as a session sees it; not a step of the play. */
export async function readRecords(
  binding: ReplayBinding,
  { session }: { session: Session },
): Promise<readonly ReplayRecord[]> {
  return session.all(binding.records());
}

/** A session at an isolation level; READ COMMITTED for those that are not looked at. */
export function enter({ cast }: ReplayPlay, name: string, isolation?: Isolation): Promise<Actor> {
  return cast.enter(name, isolation === undefined ? {} : { isolation });
}

/** Begins a transaction and reads in it: where its isolation keeps a snapshot, it is of now. */
export async function beginWithSnapshot(
  actor: Actor,
  recorder: Recorder,
  binding: ReplayBinding,
): Promise<void> {
  await actor.does("begin");
  const tell = recorder.begin(actor.name, "reads the records");
  await readRecords(binding, actor);
  tell("");
}

/** Commits, and says whether the answer counts: nothing that a transaction was told counts when it does not commit. */
export async function commitAfter(
  actor: Actor,
  answer: Answer,
  isolation: Isolation,
): Promise<boolean> {
  const committed = await actor.does("commit");
  return !gaveUp(answer, isolation) && !gaveUp(committed, isolation);
}
