import { id } from "../../explore/canonical.ts";
import { everySchedule, type Situation } from "../../explore/every-schedule.ts";
import { type Doing, planAlone, planPair } from "../../explore/plan-programs.ts";
import { call } from "../../explore/program.ts";
import type { Trial } from "../../explore/trial.ts";
import type { ReplayBinding, ReplayCall } from "./replay-binding.ts";

/** What two sessions record of one original, but for who does it. */
export interface ReplayPair {
  readonly ann: Partial<ReplayCall>;
  readonly ben: Partial<ReplayCall>;
}

/** Runs pairs of calls under every schedule: for an original that is not recorded, is reserved, or is replayed. */
export function replayPairs(...pairs: readonly ReplayPair[]): Trial<ReplayBinding> {
  return everySchedule<ReplayBinding>({
    left: (binding) => async (reader) =>
      (await reader.all(binding.records())).map(({ replayId, replayedAt: _, ...rest }) => ({
        ...rest,
        replayId: id(replayId),
      })),
    situations: states.map(({ title, set, isCommon }) => ({
      title,
      set,
      programs: (binding) =>
        pairs.flatMap(({ ann, ben }) => {
          const first = recording(binding, "ann", ann);
          const elsewhere = recording(binding, "ben", { ...ben, originalId: "o-2" });
          return [
            ...planPair(first, recording(binding, "ben", ben)),
            ...(isCommon ? [planAlone(first, { ...elsewhere, name: "ben elsewhere" })] : []),
          ];
        }),
    })),
  });
}

interface State extends Pick<Situation<ReplayBinding>, "title" | "set"> {
  /** Whether another original is tried beside it, too. */
  readonly isCommon: boolean;
}

const original = { originalId: "o-1", deadLetterId: "d-1" } as const;

const states: readonly State[] = [
  { title: "the original is not recorded", isCommon: true, set: async () => {} },
  {
    title: "the original is reserved",
    isCommon: false,
    async set(binding, session) {
      await session.all(binding.record({ ...original, replayedBy: "cat" }));
    },
  },
  {
    title: "the original is replayed",
    isCommon: false,
    async set(binding, session) {
      await session.all(binding.record({ ...original, newId: "n-0", replayedBy: "cat" }));
    },
  },
];

function recording(binding: ReplayBinding, who: string, asked: Partial<ReplayCall>): Doing {
  const query = binding.record({ ...original, replayedBy: who, ...asked });
  const read = (row: { alreadyReplayed: boolean | null; replayId: number | null }): unknown => ({
    alreadyReplayed: row.alreadyReplayed,
    replayId: id(row.replayId),
  });
  return { name: who, acts: [call(query, { read })] };
}
