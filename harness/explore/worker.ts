import type { Session } from "../postgres/session.ts";
import type { RedisClient } from "../redis/connect.ts";

/** Where the streams and keys of one trial are. */
export interface RedisPlace {
  readonly redis: RedisClient;
  /** The name of a key or stream on this Redis. */
  readonly key: (word: string) => string;
}

/** What a worker works with. A trial may cut the connections, and stop the worker between any two steps. */
export interface WorkerTools extends RedisPlace {
  /** Of this start of the process: a restarted worker has another one. */
  readonly name: string;
  readonly session: Session;
  /** Called after each effect with what was just done; it may throw, as a process that is killed there would end. */
  readonly step: (done: string) => Promise<void>;
  /** Tells of something that a person must look at, and goes on. */
  readonly report: (complaint: string) => void;
}

/** A process that moves work between Redis and PostgreSQL: one pass over what there is to do. */
export type Worker<Extra = unknown> = (tools: WorkerTools & Extra) => Promise<void>;
