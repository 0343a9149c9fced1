import type { Act } from "../../programs/program.ts";
import type { ReadState } from "../../programs/read-state.ts";
import type { Setting } from "../../programs/setting.ts";
import { letterWith } from "../archive/archive-calls.ts";
import { archiving, letters } from "../archive/archive-programs.ts";
import type { Binding } from "../binding.ts";
import { by } from "../lock/lock-calls.ts";
import { acts as lockActs, leases, longSeconds } from "../lock/lock-programs.ts";
import { claimBy, event } from "../outbox/outbox-calls.ts";
import { acts as outboxActs, events } from "../outbox/outbox-programs.ts";
import { recording, records } from "../replay/replay-programs.ts";

/** The parts that callers call; each may be left out. */
export type Parts = Pick<Binding, "lock" | "replay" | "archive" | "outbox">;

/** One part, and a state from which each of its calls has something to do. */
export interface CalledPart {
  readonly name: keyof Parts;
  /** Who makes its calls. */
  readonly who: string;
  readonly calls: readonly NamedCall[];
  /** What is long past when the calls are made, and what was done just before them. */
  readonly past: (setting: Setting) => Promise<void>;
  readonly present: (setting: Setting) => Promise<void>;
  readonly left: ReadState;
}

export interface NamedCall {
  readonly verb: string;
  readonly act: Act;
}

/** The parts that are bound, always in the same order. */
export function partsOf({ lock, replay, archive, outbox }: Parts): readonly CalledPart[] {
  return [
    ...(lock === undefined ? [] : [lockPart(lock)]),
    ...(replay === undefined ? [] : [replayPart(replay)]),
    ...(archive === undefined ? [] : [archivePart(archive)]),
    ...(outbox === undefined ? [] : [outboxPart(outbox)]),
  ];
}

/** Makes the state of all parts. */
export async function setAll(parts: readonly CalledPart[], setting: Setting): Promise<void> {
  for (const { past } of parts) await past(setting);
  await setting.advance(longSeconds);
  for (const { present } of parts) await present(setting);
}

/** What all parts hold, by their names. */
export function leftOfAll(parts: readonly CalledPart[]): ReadState {
  return async (reader) => {
    const left: Record<string, unknown> = {};
    for (const part of parts) left[part.name] = await part.left(reader);
    return left;
  };
}

function lockPart(lock: NonNullable<Parts["lock"]>): CalledPart {
  const who = "ann";
  return {
    name: "lock",
    who,
    calls: [
      { verb: "acquire", act: lockActs.acquire(lock, by(who, 600, "beta")) },
      { verb: "extend", act: lockActs.extend(lock, by(who, longSeconds)) },
      { verb: "release", act: lockActs.release(lock, by(who)) },
      { verb: "cleanup", act: lockActs.cleanup(lock) },
    ],
    past: (setting) => setting.do(lock.acquire(by("eve", 60, "gamma"))),
    present: (setting) => setting.do(lock.acquire(by(who))),
    left: leases(lock),
  };
}

function replayPart(replay: NonNullable<Parts["replay"]>): CalledPart {
  const who = "ben";
  return {
    name: "replay",
    who,
    calls: actsOf("record", recording(replay, who, {})),
    past: (setting) =>
      setting.do(replay.record({ originalId: "o-0", deadLetterId: "d-0", replayedBy: "eve" })),
    present: nothingElse,
    left: records(replay),
  };
}

function archivePart(archive: NonNullable<Parts["archive"]>): CalledPart {
  const who = "cat";
  return {
    name: "archive",
    who,
    calls: actsOf("archive", archiving(archive, who, {})),
    past: (setting) =>
      setting.do(archive.archive(letterWith({ deadLetterId: "d-0", archivedBy: "eve" }))),
    present: nothingElse,
    left: letters(archive),
  };
}

function outboxPart(outbox: NonNullable<Parts["outbox"]>): CalledPart {
  const who = "dan";
  return {
    name: "outbox",
    who,
    calls: [
      { verb: "publish", act: outboxActs.publish(outbox, { who, key: "gamma" }) },
      { verb: "claim", act: outboxActs.claim(outbox, { who, key: "beta" }) },
      { verb: "complete", act: outboxActs.complete(outbox, { who, key: "alpha" }) },
    ],
    past: nothingElse,
    // The first there ever is, is the one that is completed.
    async present(setting) {
      await setting.do(outbox.publish(event(0)));
      await setting.do(outbox.claim(claimBy(who)));
      await setting.do(outbox.publish(event(0, "beta")));
    },
    left: events(outbox),
  };
}

function actsOf(verb: string, { acts }: { readonly acts: readonly Act[] }): readonly NamedCall[] {
  return acts.map((act) => ({ verb, act }));
}

async function nothingElse(): Promise<void> {}
