import { randomBytes } from "node:crypto";
import { createTally, type Stage } from "../explore/stage.ts";
import {
  createDatabase,
  type Database,
  databaseName,
  type DatabaseOptions,
} from "../postgres/database.ts";
import type { Verdict } from "../verdict/verdict.ts";
import type { Binding } from "./binding.ts";
import type { Law } from "./law.ts";
import type { Rehearsal } from "./rehearsal.ts";

/** Where the laws of one subject are tried, one after the other. Disposing it drops its databases. */
export interface Theatre<Part> extends AsyncDisposable {
  /** Sets the stage for a law, lets it be tried, and clears up; with `keep`, what a broken law left stays. */
  stage(
    law: Law<Part>,
    play: (stage: Stage<Part>) => Promise<Verdict>,
  ): Promise<{ verdict: Verdict; kept?: string }>;
}

export function openTheatre<Part>(
  rehearsal: Rehearsal,
  binding: Binding | undefined,
  part: Part,
): Theatre<Part> {
  const options: DatabaseOptions = {
    callersInstants: binding?.callersInstants ?? [],
    keepRowsOf: [ledgerTable],
  };
  const clone = (): Promise<Database> =>
    createDatabase(
      rehearsal.tenancy,
      databaseName(rehearsal.tenancy, `c${randomBytes(4).toString("hex")}`),
      rehearsal.templates.target,
      options,
    );
  let shared: Promise<Database> | undefined;
  return {
    async stage(law, play) {
      const unavailable =
        "unavailable" in rehearsal.redis ? rehearsal.redis.unavailable : undefined;
      if (law.needs?.includes("redis") === true && unavailable !== undefined)
        return { verdict: { kind: "not-run", reason: unavailable } };
      await using own = new AsyncDisposableStack();
      const database = await (shared ??= clone());
      await database.empty();
      const verdict = await play({
        binding: part,
        effort: rehearsal.effort,
        seed: rehearsal.seed,
        database,
        clone: async () => own.use(await clone()),
        openMortal: notYet,
        openRedis: notYet,
        openMortalRedis: notYet,
        tally: createTally(law.situations),
      });
      if (verdict.kind !== "broken" || !rehearsal.keep) return { verdict };
      database.keep();
      shared = undefined;
      return { verdict, kept: database.url };
    },
    async [Symbol.asyncDispose]() {
      await (await shared)?.[Symbol.asyncDispose]();
    },
  };
}

const ledgerTable = "public.alembic_version";

function notYet(): never {
  throw new Error("no server of its own yet");
}
