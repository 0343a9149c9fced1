import type { Actor } from "../../explore/actor.ts";
import type { Play } from "../../explore/schedule.ts";
import type { Isolation, Session } from "../../postgres/session.ts";
import type { ArchiveBinding, ArchiveCall, ArchivedLetter } from "./archive-binding.ts";

export type ArchivePlay = Play<ArchiveBinding>;

/** A call that can be archived, and what of it is told apart. */
export type GoodCall = ArchiveCall & {
  readonly deadLetterId: string;
  readonly payload: string;
  readonly reclaimCount: number;
  readonly archivedBy: string;
};

/** A letter with something in every argument, but for what is told otherwise. */
export function letterWith(more: Partial<GoodCall> = {}): GoodCall {
  return {
    deadLetterId: "d-1",
    originalId: "m-1",
    candidateId: 7,
    failureMatchId: "00000000-0000-0000-0000-00000000000a",
    payload: '{"a": 1, "b": [true, null]}',
    reason: "timeout",
    reclaimCount: 2,
    deadLetteredAt: "2026-01-02 03:04:05.678901+00",
    archivedBy: "ann",
    ...more,
  };
}

/** The same content in other words: what jsonb and an instant say, not how they are written; whoever archives it. */
export const sameContent: readonly Partial<GoodCall>[] = [
  {},
  { archivedBy: "ben" },
  { payload: '{"b":[true,null],"a":1.0}' },
  { deadLetteredAt: "2026-01-02 05:04:05.678901+02" },
];

/** Another content in one argument each. */
export const otherContent: readonly Partial<GoodCall>[] = [
  { originalId: "m-2" },
  { originalId: null },
  { candidateId: 8 },
  { candidateId: null },
  { failureMatchId: "00000000-0000-0000-0000-00000000000b" },
  { failureMatchId: null },
  { payload: '{"a": 2, "b": [true, null]}' },
  { payload: '{"a": "1", "b": [true, null]}' },
  { payload: '{"a": 1, "b": [null, true]}' },
  { payload: '{"a": 1, "b": [true, null], "c": null}' },
  { payload: "null" },
  { reason: "Timeout" },
  { reason: "" },
  { reason: null },
  { reclaimCount: 3 },
  { reclaimCount: 0 },
  { deadLetteredAt: "2026-01-02 03:04:05.678902+00" },
  { deadLetteredAt: null },
];

/** Every letter as a session sees it; not a step of the play. */
export async function readLetters(
  binding: ArchiveBinding,
  { session }: { session: Session },
): Promise<readonly ArchivedLetter[]> {
  return session.all(binding.letters());
}

/** A session at an isolation level; READ COMMITTED for those that are not looked at. */
export function enter({ cast }: ArchivePlay, name: string, isolation?: Isolation): Promise<Actor> {
  return cast.enter(name, isolation === undefined ? {} : { isolation });
}

/** Begins a transaction and reads in it: where its isolation keeps a snapshot, it is of now. */
export async function beginWithSnapshot(
  { binding, judge }: ArchivePlay,
  actor: Actor,
): Promise<void> {
  await actor.does("begin");
  const tell = judge.begin(actor.name, "reads the archive");
  await readLetters(binding, actor);
  tell("");
}
