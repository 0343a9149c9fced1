import { id } from "../../explore/canonical.ts";
import { everySchedule, type Situation } from "../../explore/every-schedule.ts";
import { type Doing, planAlone, planPair } from "../../explore/plan-programs.ts";
import { call } from "../../explore/program.ts";
import type { Trial } from "../../explore/trial.ts";
import type { ArchiveBinding } from "./archive-binding.ts";
import { type GoodCall, letterWith } from "./archive-calls.ts";

/** Runs two sessions under every schedule that archive a letter, the second with something else in it if told so. */
export function archivePairs(...others: readonly Partial<GoodCall>[]): Trial<ArchiveBinding> {
  return everySchedule<ArchiveBinding>({
    left: (binding) => async (reader) =>
      (await reader.all(binding.letters())).map(({ archiveId, archivedAt: _, ...rest }) => ({
        ...rest,
        archiveId: id(archiveId),
      })),
    situations: states.map(({ title, set, isCommon }) => ({
      title,
      set,
      programs: (binding) =>
        others.flatMap((other) => {
          const first = archiving(binding, "ann", {});
          const elsewhere = archiving(binding, "ben", { ...other, deadLetterId: "d-2" });
          return [
            ...planPair(first, archiving(binding, "ben", other)),
            ...(isCommon ? [planAlone(first, { ...elsewhere, name: "ben elsewhere" })] : []),
          ];
        }),
    })),
  });
}

interface State extends Pick<Situation<ArchiveBinding>, "title" | "set"> {
  /** Whether another letter is tried beside it, too. */
  readonly isCommon: boolean;
}

const states: readonly State[] = [
  { title: "the letter is not archived", isCommon: true, set: async () => {} },
  {
    title: "the letter is archived",
    isCommon: false,
    async set(binding, session) {
      await session.all(binding.archive(letterWith({ archivedBy: "cat" })));
    },
  },
];

function archiving(binding: ArchiveBinding, who: string, more: Partial<GoodCall>): Doing {
  const query = binding.archive(letterWith({ archivedBy: who, ...more }));
  return { name: who, acts: [call(query, { read: ({ answer }) => id(answer) })] };
}
