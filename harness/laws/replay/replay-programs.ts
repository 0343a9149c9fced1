import { id } from "../../programs/canonical.ts";
import { type Doing, everyPair, type PairState } from "../../programs/plan-programs.ts";
import { call } from "../../programs/program.ts";
import { everyFault } from "../../programs/plan-faults.ts";
import type { ReadState } from "../../programs/read-state.ts";
import type { Trial } from "../../explore/trial.ts";
import type { ReplayBinding, ReplayCall } from "./replay-binding.ts";

/** What two sessions record of one original, but for who does it. */
export interface ReplayPair {
  readonly ann: Partial<ReplayCall>;
  readonly ben: Partial<ReplayCall>;
}

/** Runs pairs of calls under every schedule: for an original that is not recorded, is reserved, or is replayed. */
export function replayPairs(...pairs: readonly ReplayPair[]): Trial<ReplayBinding> {
  return everyPair<ReplayBinding>({
    left: records,
    states,
    pairs: (binding) =>
      pairs.map(({ ann, ben }) => ({
        one: recording(binding, "ann", ann),
        other: recording(binding, "ben", ben),
        elsewhere: [
          { ...recording(binding, "ben", { ...ben, originalId: "o-2" }), name: "ben elsewhere" },
        ],
      })),
  });
}

/** Records one original twice at once, and the first one is struck. */
export const replayFaults: Trial<ReplayBinding> = everyFault<ReplayBinding>({
  left: records,
  state: { title: "the original is not recorded", set: async () => {} },
  pair: (binding) => ({
    struck: recording(binding, "ann", {}),
    beside: recording(binding, "ben", { newId: "n-2" }),
    elsewhere: {
      ...recording(binding, "ben", { originalId: "o-2", newId: "n-2" }),
      name: "ben elsewhere",
    },
  }),
});

const original = { originalId: "o-1", deadLetterId: "d-1" } as const;

const states: readonly PairState<ReplayBinding>[] = [
  { title: "the original is not recorded", isUsual: true, set: async () => {} },
  {
    title: "the original is reserved",
    async set(binding, setting) {
      await setting.do(binding.record({ ...original, replayedBy: "cat" }));
    },
  },
  {
    title: "the original is replayed",
    async set(binding, setting) {
      await setting.do(binding.record({ ...original, newId: "n-0", replayedBy: "cat" }));
    },
  },
];

export function recording(binding: ReplayBinding, who: string, asked: Partial<ReplayCall>): Doing {
  const query = binding.record({ ...original, replayedBy: who, ...asked });
  const act = call(query, {
    read: ({ alreadyReplayed, replayId }) => ({ alreadyReplayed, replayId: id(replayId) }),
  });
  return { name: who, acts: [act] };
}

export function records(binding: ReplayBinding): ReadState {
  return async (reader) =>
    (await reader.all(binding.records())).map((record) => ({
      originalId: record.originalId,
      replayId: id(record.replayId),
      deadLetterId: record.deadLetterId,
      newId: record.newId,
      replayedBy: record.replayedBy,
      status: record.status,
    }));
}
