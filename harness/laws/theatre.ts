import { randomBytes } from "node:crypto";
import { type Lane, openLane } from "../programs/lane.ts";
import { createTally, type Stage, type Tally } from "../explore/stage.ts";
import {
  createDatabase,
  type Database,
  databaseName,
  type DatabaseOptions,
} from "../postgres/database.ts";
import { openRedisNamespace } from "../redis/namespace.ts";
import type { RedisAddress } from "../redis/server.ts";
import type { ByEffort } from "../verdict/effort.ts";
import type { Verdict } from "../verdict/verdict.ts";
import type { Binding } from "./binding.ts";
import type { Law } from "./law.ts";
import { createMortals, type Mortals } from "./mortals.ts";
import type { Rehearsal } from "./rehearsal.ts";

/** Where the laws of one subject are tried, one after the other. Disposing it drops its databases and servers. */
export interface Theatre<Part> extends AsyncDisposable {
  /**
   * Sets the stage for a law, lets it be tried, with the rehearsal's effort and seed or others, and clears up; with
   * `keep`, what a broken law left stays.
   */
  stage(
    law: Law<Part>,
    play: (stage: Stage<Part>) => Promise<Verdict>,
    how?: HowMuch,
  ): Promise<{ verdict: Verdict; kept?: string }>;
  /** The same for what comes to no verdict. */
  lend<Value>(law: Law<Part>, use: (stage: Stage<Part>) => Promise<Value>): Promise<Value>;
}

type HowMuch = Pick<Stage<unknown>, "effort" | "seed">;

export function openTheatre<Part>(
  rehearsal: Rehearsal,
  binding: Binding | undefined,
  part: Part,
): Theatre<Part> {
  const options: DatabaseOptions = {
    callersInstants: binding?.callersInstants ?? [],
    keepRowsOf: [ledgerTable],
  };
  const mortals = createMortals(rehearsal, binding, options);
  let shared: Promise<Database> | undefined;
  const gated = new AsyncDisposableStack();
  let lanes: Promise<Lane>[] = [];
  const openGated = async (): Promise<Lane> => {
    const database = gated.use(await createClone(rehearsal, options));
    return gated.use(await openLane(database, { sessions: laneSessions, role: "app" }));
  };
  const openLanes = (count: number): Promise<readonly Lane[]> => {
    while (lanes.length < count) lanes.push(openGated());
    return Promise.all(lanes.slice(0, count));
  };
  const setUp = async (
    law: Law<Part>,
    props: AsyncDisposableStack,
    { effort, seed }: HowMuch = rehearsal,
  ): Promise<Stage<Part>> => {
    const database = await (shared ??= createClone(rehearsal, options));
    await database.empty();
    const tally = createTally(law.situations);
    if (rehearsal.lent !== undefined) tally.note(rehearsal.lent);
    return {
      binding: part,
      effort,
      seed,
      database,
      clone: async () => props.use(await createClone(rehearsal, options)),
      openLanes: () => openLanes(laneCount[effort]),
      ...openers(props, rehearsal, mortals, law.id, tally),
      tally,
    };
  };
  return {
    async lend(law, use) {
      await using props = new AsyncDisposableStack();
      return await use(await setUp(law, props));
    },
    async stage(law, play, how) {
      const { redis } = rehearsal;
      const needsRedis = law.needs?.includes("redis") === true;
      if (needsRedis && "unavailable" in redis)
        return { verdict: { kind: "not-run", reason: redis.unavailable } };
      await using props = new AsyncDisposableStack();
      const stage = await setUp(law, props, how);
      const { database } = stage;
      const verdict = await play(stage);
      // A trial that could not go on may have left sessions of theirs on their way.
      if (verdict.kind === "unknown") lanes = [];
      if (verdict.kind !== "broken" || !rehearsal.keep) return { verdict };
      database.keep();
      shared = undefined;
      await database[Symbol.asyncDispose]();
      return { verdict, kept: database.url };
    },
    async [Symbol.asyncDispose]() {
      await using closing = new AsyncDisposableStack();
      closing.use(mortals);
      closing.use(gated);
      if (shared !== undefined) closing.use(await shared);
    },
  };
}

/** Programs that wait for a bound to run out leave the processor to others; where few are run, one lane is opened sooner than two. */
const laneCount: ByEffort = { quick: 1, default: 2, thorough: 2 };
/** Programs have no more sessions than that. */
const laneSessions = 3;

const ledgerTable = "public.alembic_version";

function createClone(rehearsal: Rehearsal, options: DatabaseOptions): Promise<Database> {
  return createDatabase(
    rehearsal.tenancy,
    databaseName(rehearsal.tenancy, `c${randomBytes(4).toString("hex")}`),
    rehearsal.templates.target,
    options,
  );
}

/** What a law opens for itself goes when the law has been tried. */
function openers(
  props: AsyncDisposableStack,
  rehearsal: Rehearsal,
  mortals: Mortals,
  lawId: string,
  tally: Tally,
): Pick<Stage<unknown>, "openMortal" | "openRedis" | "openMortalRedis"> {
  let namespaces = 0;
  return {
    openMortal: async () => props.use(await mortals.borrow(tally)),
    async openRedis() {
      namespaces += 1;
      const name = namespaces === 1 ? lawId : `${lawId}-${namespaces}`;
      return props.use(await openRedisNamespace(redisOf(rehearsal, lawId), name));
    },
    openMortalRedis: async () => props.use(await mortals.openRedis(tally)),
  };
}

function redisOf({ redis }: Rehearsal, lawId: string): RedisAddress {
  if ("unavailable" in redis)
    throw new Error(`${lawId} asks for Redis and does not say that it needs it.`);
  return redis;
}
