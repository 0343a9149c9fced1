import { z } from "zod";
import { efforts } from "../verdict/effort.ts";
import type { Frozen } from "./frozen.ts";

const explored = z
  .strictObject({
    programs: z.int(),
    exhausted: z.int().meta({ description: "Programs of which every schedule was run." }),
    run: z.int(),
    pruned: z.int().meta({
      description: "Branches that differ from one run only in the order of independent steps.",
    }),
    leftOut: z.int().meta({ description: "Branches that the effort left out." }),
  })
  .meta({ description: "How much of all schedules of small programs was run." });

const evidence = z.strictObject({
  runs: z
    .int()
    .meta({ description: "Random operation sequences run against the reference model." }),
  schedules: z.int().meta({ description: "Schedules of two or more sessions, step by step." }),
  raced: z.int().meta({ description: "Operations answered in real races of many sessions." }),
  faults: z.int().meta({ description: "Crashes, cut connections and stopped workers." }),
  comparisons: z.int().meta({ description: "Single facts compared." }),
  explored,
  seed: z.int(),
  wallMs: z.int().meta({ description: "Milliseconds." }),
  met: z.record(z.string(), z.int()).meta({ description: "How often each situation was met." }),
  notes: z.array(z.string()),
});

const witness = z.strictObject({
  trial: z.string(),
  expected: z.string(),
  happened: z.string(),
  steps: z.array(z.strictObject({ who: z.string(), does: z.string(), answer: z.string() })),
  repeatable: z.boolean().meta({
    description: "False where a real race showed it and another run may take another path.",
  }),
  command: z.string().meta({ description: "Shows the witness again." }),
  schedule: z
    .strictObject({
      sessions: z.array(z.string()),
      cause: z.string().meta({ description: "What came in between what." }),
      replay: z.string().meta({ description: "Runs this one schedule again." }),
      script: z.string().meta({ description: "A file that shows it to people with psql." }),
    })
    .nullable()
    .meta({ description: "Where a schedule of a program showed it." }),
  kept: z.string().nullable().meta({ description: "URL of the database kept for `--keep`." }),
});

const lawReport = z.strictObject({
  id: z.string(),
  revision: z.string(),
  claim: z.string(),
  verdict: z.enum(["holds", "broken", "unknown", "not-run"]),
  evidence: evidence.nullable(),
  witness: witness.nullable(),
  reason: z.string().nullable().meta({ description: "Why a law is unknown or was not run." }),
});

/** `report/verify.json`. Its JSON schema is `verify.schema.json` beside this file, made from this one. */
export const verifyReport = z
  .strictObject({
    rehearsal: z.string().meta({ description: "The tool's version." }),
    migrations: z.strictObject({ folder: z.string(), to: z.string(), hash: z.string() }),
    bindings: z.string().nullable(),
    seed: z.int(),
    postgres: z.string().meta({ description: "The server's version." }),
    redis: z
      .string()
      .meta({ description: "The server's product and version, or why there is none." }),
    effort: z.enum(efforts),
    asked: z
      .array(z.string())
      .meta({ description: "Ids and globs of the laws that were asked for; all laws if empty." }),
    startedAt: z.iso.datetime(),
    wallMs: z.int(),
    exitCode: z.int().min(0).max(3),
    laws: z.array(lawReport),
  })
  .meta({ title: "Rehearsal verify report" });

/** One law in the files of a report: the verdict flattened, with null for what it does not have. */
export type LawReport = Frozen<z.infer<typeof lawReport>>;
export type VerifyReport = Frozen<z.infer<typeof verifyReport>>;

/** 0 all hold · 1 a law is broken · 3 could not tell, because a law is unknown or was not run, or none was tried. */
export function exitCodeOf(laws: readonly LawReport[]): 0 | 1 | 3 {
  if (laws.some(({ verdict }) => verdict === "broken")) return 1;
  if (laws.length === 0 || laws.some(({ verdict }) => verdict !== "holds")) return 3;
  return 0;
}
