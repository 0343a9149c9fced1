import type { Database } from "../postgres/database.ts";
import type { PostgresServer } from "../postgres/server.ts";
import type { RedisNamespace } from "../redis/namespace.ts";
import type { RedisServer } from "../redis/server.ts";
import type { SearchReport } from "../schedule/search.ts";
import type { ByEffort, Effort } from "../verdict/effort.ts";
import type { Lane } from "../programs/lane.ts";
import type { Evidence } from "../verdict/verdict.ts";

type Counted = "runs" | "schedules" | "raced" | "faults" | "comparisons";

/** A server that a trial may kill and start again, with the migrated database in it. */
export interface MortalDatabase extends AsyncDisposable {
  readonly server: PostgresServer;
  readonly database: Database;
}

/** What a trial plays on: the binding, a migrated database and how much to try. */
export interface Stage<Binding> {
  readonly binding: Binding;
  readonly effort: Effort;
  readonly seed: number;
  /** A clone at the revision under test, empty when the trial begins. Laws of one file share it one after the other. */
  readonly database: Database;
  /** A further clone of the caller's own, at the same revision. */
  clone(): Promise<Database>;
  /** Gated clones with sessions under control, for programs that are run under every schedule; shared as the database is. */
  openLanes(): Promise<readonly Lane[]>;
  /** A server of the trial's own with such a clone. Where none can be had the law becomes `unknown`. */
  openMortal(): Promise<MortalDatabase>;
  /** Keys of the trial's own in the run's Redis. Only laws that need `redis` may ask for it. */
  openRedis(): Promise<RedisNamespace>;
  /** A Redis of the trial's own that it may kill, with an append-only file. */
  openMortalRedis(): Promise<RedisServer>;
  readonly tally: Tally;
}

/** Counts what was tried and which situations were met. */
export interface Tally {
  count(what: Counted, howMany?: number): void;
  /** Counts the schedules of one more program. */
  explored(report: SearchReport): void;
  meet(situation: string): void;
  note(text: string): void;
  evidence(seed: number): Evidence;
}

export function createTally(situations: readonly string[]): Tally {
  const startedAt = performance.now();
  const explored = { programs: 0, exhausted: 0, run: 0, pruned: 0, leftOut: 0 };
  const counts = { runs: 0, schedules: 0, raced: 0, faults: 0, comparisons: 0 };
  const met: Record<string, number> = Object.fromEntries(situations.map((each) => [each, 0]));
  const notes: string[] = [];
  return {
    count(what, howMany = 1) {
      counts[what] += howMany;
    },
    explored({ exhausted, run, pruned, leftOut }) {
      counts.schedules += run;
      explored.programs += 1;
      explored.exhausted += exhausted ? 1 : 0;
      explored.run += run;
      explored.pruned += pruned;
      explored.leftOut += leftOut;
    },
    meet(situation) {
      met[situation] = (met[situation] ?? 0) + 1;
    },
    note(text) {
      if (!notes.includes(text)) notes.push(text);
    },
    evidence(seed) {
      return {
        ...counts,
        explored: { ...explored },
        seed,
        wallMs: Math.round(performance.now() - startedAt),
        met,
        notes,
      };
    },
  };
}

/** How many, at the stage's effort. */
export function atEffort(stage: { readonly effort: Effort }, howMany: ByEffort): number {
  return howMany[stage.effort];
}
