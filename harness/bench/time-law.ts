import type { Law } from "../laws/law.ts";
import { openTheatre, type Theatre } from "../laws/theatre.ts";
import { tryLaw } from "../laws/try-law.ts";
import { repeat, timed } from "./repeat.ts";
import { openBare, type Take } from "./workbench.ts";

/** What a law costs before it tries anything: the stage is set and emptied, and a verdict is given. */
export const takeLaw: Take = async (runs, run, workbench) => {
  await using rehearsal = await openBare(run, workbench);
  await using theatre = openTheatre(rehearsal.data, undefined, "nothing");
  // The first one makes the clone that the others share.
  await timeLaw(theatre);
  return { values: await repeat(runs, () => timeLaw(theatre)) };
};

async function timeLaw(theatre: Theatre<string>): Promise<number> {
  return await timed(() => theatre.stage(empty, (stage) => tryLaw(empty, stage)));
}

const empty: Law<string> = {
  id: "bench.empty",
  claim: "nothing",
  situations: [],
  trial: () => Promise.resolve(),
};
