import { type Isolation, isolations } from "../postgres/session.ts";
import { type Cast, openCast } from "./actor.ts";
import { createRecorder, type Recorder } from "./recorder.ts";
import type { Stage } from "./stage.ts";
import type { Trial } from "./trial.ts";

/** What the author of a schedule works with. */
export interface Play<Binding> {
  readonly binding: Binding;
  readonly stage: Stage<Binding>;
  readonly cast: Cast;
  readonly judge: Recorder;
  readonly isolation: Isolation;
  /** 1 at first, one more each time it was missed: a play may give itself more time then. */
  readonly attempt: number;
}

/**
 * A schedule of two or three sessions, written as steps. Who waits for whom is asked of the server. It is played in
 * each isolation level named, each time on empty tables. A play that must fit into a short wait answers `missed` when
 * the machine was too slow for it, and is played again.
 */
export function schedule<Binding>(
  title: string,
  play: (play: Play<Binding>) => Promise<void | "missed">,
  levels: readonly Isolation[] = ["read committed"],
): Trial<Binding> {
  return async (stage) => {
    for (const isolation of levels) {
      const named = levels.length > 1 ? `${title} (${isolation})` : title;
      let attempt = 1;
      while (attempt <= mostAttempts) {
        await stage.database.empty();
        const judge = createRecorder(named);
        await using cast = await openCast(stage.database, judge);
        const { binding } = stage;
        const missed = await play({ binding, stage, cast, judge, isolation, attempt });
        if (missed === undefined) break;
        attempt += 1;
      }
      stage.tally.count("schedules");
    }
  };
}

/** A play that misses its wait this often is left, and what it was to meet stays unmet. */
const mostAttempts = 10;

/** For {@link schedule}: READ COMMITTED must be right, the others may refuse but never answer wrongly. */
export const anyIsolation: readonly Isolation[] = isolations;
