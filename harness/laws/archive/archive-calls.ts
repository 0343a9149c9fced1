import type { Actor } from "../../explore/actor.ts";
import { nameInstants } from "../../explore/name-instants.ts";
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

/** Null, or nothing, in every argument that may be so. */
export const nulls = {
  originalId: null,
  candidateId: null,
  failureMatchId: null,
  payload: "null",
  reason: null,
  reclaimCount: 0,
  deadLetteredAt: null,
} as const satisfies Partial<GoodCall>;

/** What an argument can say; no two of one list are the same. The first is what {@link letterWith} says. */
export const contents = {
  originalId: ["m-1", "m-2", null],
  candidateId: [7, 8, 0, null],
  failureMatchId: [
    "00000000-0000-0000-0000-00000000000a",
    "00000000-0000-0000-0000-00000000000b",
    null,
  ],
  payload: [
    '{"a": 1, "b": [true, null]}',
    '{"a": 2, "b": [true, null]}',
    '{"a": "1", "b": [true, null]}',
    '{"a": 1, "b": [null, true]}',
    '{"a": 1, "b": [true, null], "c": null}',
    "{}",
    "null",
  ],
  reason: ["timeout", "Timeout", "timeout ", "", null],
  reclaimCount: [2, 3, 0],
  deadLetteredAt: ["2026-01-02 03:04:05.678901+00", "2026-01-02 03:04:05.678902+00", null],
} as const satisfies { readonly [Argument in keyof GoodCall]?: readonly GoodCall[Argument][] };

/** Another content in one argument each. */
export const otherContent: readonly Partial<GoodCall>[] = Object.entries(contents).flatMap(
  ([argument, values]) => values.slice(1).map((value) => ({ [argument]: value })),
);

/** Reads the archive as a law compares it, with our clock's instants by name; not a step of the play. */
export function letterReader(
  binding: ArchiveBinding,
  { session }: { session: Session },
): () => Promise<readonly ArchivedLetter[]> {
  const nameOf = nameInstants();
  return async () => withNames(await session.all(binding.letters()), nameOf);
}

/** The same for readings that are there already. */
export function withNames(
  letters: readonly ArchivedLetter[],
  nameOf: (instant: string) => string,
): readonly ArchivedLetter[] {
  return letters.map((letter) => ({ ...letter, archivedAt: nameOf(letter.archivedAt) }));
}

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
