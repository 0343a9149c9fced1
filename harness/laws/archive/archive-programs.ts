import { id } from "../../programs/canonical.ts";
import { type Doing, everyPair, type PairState } from "../../programs/plan-programs.ts";
import { call } from "../../programs/program.ts";
import { everyFault } from "../../programs/plan-faults.ts";
import type { ReadState } from "../../programs/read-state.ts";
import type { Trial } from "../../explore/trial.ts";
import type { ArchiveBinding } from "./archive-binding.ts";
import { type GoodCall, letterWith } from "./archive-calls.ts";

/** Runs two sessions under every schedule that archive a letter, the second with something else in it if told so. */
export function archivePairs(...others: readonly Partial<GoodCall>[]): Trial<ArchiveBinding> {
  return everyPair<ArchiveBinding>({
    left: letters,
    states,
    pairs: (binding) =>
      others.map((other) => ({
        one: archiving(binding, "ann", {}),
        other: archiving(binding, "ben", other),
        elsewhere: [
          {
            ...archiving(binding, "ben", { ...other, deadLetterId: "d-2" }),
            name: "ben elsewhere",
          },
        ],
      })),
  });
}

/** Archives one letter twice at once, and the first one is struck. */
export const archiveFaults: Trial<ArchiveBinding> = everyFault<ArchiveBinding>({
  left: letters,
  state: { title: "the letter is not archived", set: async () => {} },
  pair: (binding) => ({
    struck: archiving(binding, "ann", {}),
    beside: archiving(binding, "ben", {}),
    elsewhere: { ...archiving(binding, "ben", { deadLetterId: "d-2" }), name: "ben elsewhere" },
  }),
});

const states: readonly PairState<ArchiveBinding>[] = [
  { title: "the letter is not archived", isUsual: true, set: async () => {} },
  {
    title: "the letter is archived",
    async set(binding, setting) {
      await setting.do(binding.archive(letterWith({ archivedBy: "cat" })));
    },
  },
];

export function archiving(binding: ArchiveBinding, who: string, more: Partial<GoodCall>): Doing {
  const query = binding.archive(letterWith({ archivedBy: who, ...more }));
  return { name: who, acts: [call(query, { read: ({ answer }) => id(answer) })] };
}

/** The content that programs change. */
export function letters(binding: ArchiveBinding): ReadState {
  return async (reader) =>
    (await reader.all(binding.letters())).map((letter) => ({
      archiveId: id(letter.archiveId),
      deadLetterId: letter.deadLetterId,
      payload: letter.payload,
      reason: letter.reason,
      archivedBy: letter.archivedBy,
    }));
}
