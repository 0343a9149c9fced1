import { apartSubject } from "./apart/apart-subject.ts";
import { archiveSubject } from "./archive/archive-subject.ts";
import { lockSubject } from "./lock/lock-subject.ts";
import { openTrials, type Trials } from "./open-trials.ts";
import { outboxSubject } from "./outbox/outbox-subject.ts";
import type { Rehearsal } from "./rehearsal.ts";
import { replaySubject } from "./replay/replay-subject.ts";

/** Those that have programs of a few sessions. */
const openers: Readonly<Record<string, (rehearsal: Rehearsal) => Promise<Trials>>> = {
  apart: (rehearsal) => openTrials(apartSubject, rehearsal),
  archive: (rehearsal) => openTrials(archiveSubject, rehearsal),
  lock: (rehearsal) => openTrials(lockSubject, rehearsal),
  outbox: (rehearsal) => openTrials(outboxSubject, rehearsal),
  replay: (rehearsal) => openTrials(replaySubject, rehearsal),
};

/** The trials of the subject that a law is of; nothing if it is none of those that have programs. */
export async function openTrialsOf(
  lawId: string,
  rehearsal: Rehearsal,
): Promise<Trials | undefined> {
  const [subject = ""] = lawId.split(".");
  return await openers[subject]?.(rehearsal);
}
