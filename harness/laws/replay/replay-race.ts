import type { Event } from "../../history/event.ts";
import type { Recorder } from "../../explore/recorder.ts";
import { race } from "../../explore/race.ts";
import type { Stage } from "../../explore/stage.ts";
import type { Trial } from "../../explore/trial.ts";
import type { ReplayBinding } from "./replay-binding.ts";
import { type Told, toldBy } from "./replay-calls.ts";

/** What a call of a race that was committed was told; nothing if it was told no such thing. */
export interface CommittedCall {
  readonly who: string;
  readonly originalId: string;
  readonly told: Told | undefined;
  readonly outcome: string;
}

/** Many sessions record the same originals, each in a transaction that now and then is rolled back. */
export function replayRace(
  judge: (
    recorder: Recorder,
    calls: readonly CommittedCall[],
    stage: Stage<ReplayBinding>,
    history: readonly Event[],
  ) => Promise<void> | void,
): Trial<ReplayBinding> {
  return race<ReplayBinding>({
    title: "many record the same originals, and some roll back",
    callers: { quick: 3, default: 8, thorough: 16 },
    rounds: { quick: 2, default: 20, thorough: 500 },
    async round({ binding }, caller, round) {
      const originalId = `m-${round}`;
      const kept = caller.random.below(3) > 0;
      await caller.inTransaction(kept ? "commit" : "rollback", async () => {
        const call = { originalId, deadLetterId: null, replayedBy: caller.name };
        const operation = kept ? keptRecord : "record, then roll back";
        await caller.asks(binding.record(call), operation, originalId);
      });
    },
    judge: (recorder, history, stage) =>
      judge(
        recorder,
        history.filter(({ operation }) => operation === keptRecord).map(toCommitted),
        stage,
        history,
      ),
  });
}

const keptRecord = "record, then commit";

function toCommitted({ who, input, answer, outcome }: Event): CommittedCall {
  const rows = Array.isArray(answer) ? answer : [];
  return { who, originalId: String(input), told: toldBy({ kind: "rows", rows }), outcome };
}
