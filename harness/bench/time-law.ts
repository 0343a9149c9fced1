import type { Law } from "../laws/law.ts";
import type { Theatre } from "../laws/theatre.ts";
import { tryLaw } from "../laws/try-law.ts";
import { timed } from "./repeat.ts";

/** What a law costs before it tries anything, milliseconds: the stage is set and emptied, and a verdict is given. */
export async function timeLaw(theatre: Theatre<string>): Promise<number> {
  return await timed(() => theatre.stage(empty, (stage) => tryLaw(empty, stage)));
}

const empty: Law<string> = {
  id: "bench.empty",
  claim: "nothing",
  situations: [],
  trial: () => Promise.resolve(),
};
