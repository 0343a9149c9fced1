import { isDeepStrictEqual } from "node:util";
import type { Actor } from "../../explore/actor.ts";
import { everySchedule, type PlannedProgram } from "../../programs/every-schedule.ts";
import { type Play, schedule } from "../../explore/schedule.ts";
import { inOrder } from "../../explore/trial.ts";
import type { Law } from "../law.ts";
import {
  type CalledPart,
  leftOfAll,
  type NamedCall,
  type Parts,
  partsOf,
  setAll,
} from "./apart-parts.ts";

const eachDidSomething = "each call had something to do";

export const independent: Law<Parts> = {
  id: "apart.independent",
  claim:
    "calls of different parts have nothing to do with one another: neither waits for the other or changes what it does " +
    "or leaves",
  situations: [eachDidSomething],
  trial: inOrder(
    schedule("each call alone", eachAlone),
    everySchedule<Parts>({
      left: (bound) => leftOfAll(partsOf(bound)),
      states: [
        {
          title: "each has something to do",
          set: (bound, setting) => setAll(partsOf(bound), setting),
          programs: (bound) => everyPairOfParts(partsOf(bound)),
        },
      ],
    }),
  ),
};

/** Each call changes something in its own part and nothing in the others. */
async function eachAlone({ binding, stage, cast, judge }: Play<Parts>): Promise<void> {
  const parts = partsOf(binding);
  const ann = await cast.enter("ann");
  const statements: string[] = [];
  await setAll(parts, {
    statements,
    do: async (query) => void (await ann.asks(query)),
    advance: async (seconds) => void (await stage.database.advance(seconds)),
  });
  let idle = 0;
  for (const { name, calls } of parts)
    for (const { verb, act } of calls) {
      const before = await readEach(parts, ann);
      await ann.does("begin");
      await ann.asks(act.query);
      const after = await readEach(parts, ann);
      await ann.does("rollback");
      const changed = parts
        .map((part) => part.name)
        .filter((each) => !isDeepStrictEqual(before.get(each), after.get(each)));
      judge.demandEqual(
        changed.filter((each) => each !== name),
        [],
        `what ${verb} changed beside the ${name}`,
      );
      if (!changed.includes(name)) idle += 1;
    }
  if (idle === 0) stage.tally.meet(eachDidSomething);
}

async function readEach(
  parts: readonly CalledPart[],
  { session }: Actor,
): Promise<ReadonlyMap<string, unknown>> {
  const all = new Map<string, unknown>();
  for (const { name, left } of parts) all.set(name, await left(session));
  return all;
}

function everyPairOfParts(parts: readonly CalledPart[]): readonly PlannedProgram[] {
  return parts.flatMap((one, at) =>
    parts
      .slice(at + 1)
      .flatMap((other) =>
        one.calls.flatMap((first) =>
          other.calls.map((second) => sideBySide([one.who, first], [other.who, second])),
        ),
      ),
  );
}

function sideBySide(...calls: readonly (readonly [string, NamedCall])[]): PlannedProgram {
  return {
    program: {
      title: calls.map(([, { verb }]) => verb).join(" beside "),
      scripts: calls.map(([name, { act }]) => ({ name, isolation: "read committed", acts: [act] })),
      isApart: true,
    },
    runs: { quick: Infinity, default: Infinity, thorough: Infinity },
  };
}
