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
}

/**
 * A schedule of two or three sessions, written as steps. Who waits for whom is asked of the server. It is played in
 * each isolation level named, each time on empty tables.
 */
export function schedule<Binding>(
  title: string,
  play: (play: Play<Binding>) => Promise<void>,
  levels: readonly Isolation[] = ["read committed"],
): Trial<Binding> {
  return async (stage) => {
    for (const isolation of levels) {
      await stage.database.empty();
      const judge = createRecorder(levels.length > 1 ? `${title} (${isolation})` : title);
      await using cast = await openCast(stage.database, judge);
      await play({ binding: stage.binding, stage, cast, judge, isolation });
      stage.tally.count("schedules");
    }
  };
}

/** For {@link schedule}: READ COMMITTED must be right, the others may refuse but never answer wrongly. */
export const anyIsolation: readonly Isolation[] = isolations;
