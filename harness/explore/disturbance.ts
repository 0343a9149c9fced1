import type { RedisEndpoint } from "../redis/connect.ts";
import { openRedisNamespace, type RedisNamespace } from "../redis/namespace.ts";
import { canBeProxied, type Cut, openRedisProxy, type RedisProxy } from "../redis/proxy.ts";
import type { Recorder } from "./recorder.ts";
import { delayFlushes } from "./delay-flushes.ts";
import type { Stage } from "./stage.ts";
import type { WorkerScene } from "./worker-scene.ts";

/** What befalls a worker right after one of its steps. */
export interface Disturbance<Play extends WorkerScene = WorkerScene> {
  /** What is met by it, such as `stopped after a step`. */
  readonly situation: string;
  /** Opens what the runs are played on. */
  open<Binding>(stage: Stage<Binding>): Promise<Venue>;
  /** Happens while the worker is between two steps; `stop` ends its process there. */
  disturb(play: Play): Promise<"stop" | void>;
  /** Puts right what was disturbed, once the worker's process has ended. */
  mend(play: Play): Promise<void>;
}

/** Where runs are played, one after the other. */
export interface Venue extends AsyncDisposable {
  scene(run: number, recorder: Recorder): Promise<WorkerScene>;
}

/** The worker's process is killed. */
export const stopped: Disturbance = {
  situation: "stopped after a step",
  open: openShared,
  disturb: async () => "stop",
  mend: async () => {},
};

/** Others are at work between two steps, and the worker goes on after them. */
export function othersAtWork<Play extends WorkerScene>(
  situation: string,
  others: (play: Play) => Promise<void>,
): Disturbance<Play> {
  return { situation, open: openShared, disturb: others, mend: async () => {} };
}

/**
 * The database server is killed, with commits that did not wait for their flush lost, and started again once the
 * worker has ended. Sessions of the workers ask for no such wait.
 */
export async function serverKilled<Binding>(stage: Stage<Binding>): Promise<Disturbance> {
  const { server, database } = await stage.openMortal();
  await delayFlushes(server);
  return {
    situation: "the server killed after a step",
    async open() {
      const redis = await stage.openRedis();
      return {
        async scene(run, recorder) {
          const key = (word: string): string => redis.key(`${run}:${word}`);
          const settings = { synchronous_commit: "off" };
          return { database, endpoint: redis.endpoint, key, recorder, settings };
        },
        async [Symbol.asyncDispose]() {
          await redis.clear();
        },
      };
    },
    async disturb({ recorder }) {
      recorder.begin("server", "is killed")("");
      await server.kill();
    },
    async mend({ recorder }) {
      await server.start();
      recorder.begin("server", "is started again")("");
    },
  };
}

/** Redis is killed, and is back once the worker has ended. */
export async function redisGone<Binding>(stage: Stage<Binding>): Promise<Disturbance> {
  const server = await stage.openMortalRedis();
  return {
    situation: "Redis gone after a step",
    async open() {
      const redis = await openRedisNamespace(server.address, "trial");
      return {
        async scene(run, recorder) {
          await stage.database.empty();
          const key = (word: string): string => redis.key(`${run}:${word}`);
          return { database: stage.database, endpoint: server.address, key, recorder };
        },
        [Symbol.asyncDispose]: () => redis[Symbol.asyncDispose](),
      };
    },
    async disturb({ recorder }) {
      recorder.begin("redis", "is killed")("");
      await server.kill();
    },
    async mend({ recorder }) {
      await server.start();
      recorder.begin("redis", "is started again")("");
    },
  };
}

/**
 * The connection to Redis is lost in the next command: the server never gets it, or has done it and its answer is lost.
 * Where the server wants TLS, nothing is cut, and the evidence says so.
 */
export function redisCut(when: Cut): Disturbance {
  let proxy: RedisProxy | undefined;
  return {
    situation: `cut off from Redis ${when} a command took effect`,
    async open(stage) {
      const redis = await stage.openRedis();
      if (!canBeProxied(redis.endpoint)) {
        stage.tally.note("Redis wants TLS: no worker was cut off from it within a command");
        return venueOn(stage, redis, redis.endpoint, async () => {});
      }
      const opened = await openRedisProxy(redis.endpoint);
      proxy = opened;
      return venueOn(stage, redis, opened.endpoint, async () => opened[Symbol.asyncDispose]());
    },
    async disturb({ recorder }) {
      recorder.begin("redis", `loses the worker ${when} its next command takes effect`)("");
      proxy?.cutNext(when);
    },
    async mend() {
      proxy?.spare();
    },
  };
}

async function openShared<Binding>(stage: Stage<Binding>): Promise<Venue> {
  const redis = await stage.openRedis();
  return venueOn(stage, redis, redis.endpoint, async () => {});
}

function venueOn<Binding>(
  stage: Stage<Binding>,
  redis: RedisNamespace,
  endpoint: RedisEndpoint,
  close: () => Promise<void>,
): Venue {
  return {
    async scene(run, recorder) {
      await stage.database.empty();
      const key = (word: string): string => redis.key(`${run}:${word}`);
      return { database: stage.database, endpoint, key, recorder };
    },
    async [Symbol.asyncDispose]() {
      await close();
      await redis.clear();
    },
  };
}
