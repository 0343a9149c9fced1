import { z } from "zod";
import type { Frozen } from "./frozen.ts";

/** What one look at a production database came to. `noted` says something and decides nothing. */
const checkVerdicts = ["go", "no-go", "unknown", "noted"] as const;

const check = z.strictObject({
  name: z.string().meta({ description: "Such as `drift` or `lock holders`." }),
  verdict: z.enum(checkVerdicts),
  says: z.string().meta({ description: "What was found, and where it is no go what to do." }),
  details: z.array(z.string()).meta({ description: "What it was found on, one thing a line." }),
});

/** The commands that keep a record. */
const recordedCommands = [
  "preflight",
  "plan",
  "apply",
  "postflight",
  "rollback",
  "release-lock",
] as const;

/**
 * What a production command keeps: what it saw, did and when. Its JSON schema is `production-record.schema.json` beside
 * this file, made from this one.
 */
export const productionRecord = z
  .strictObject({
    rehearsal: z.string().meta({ description: "The tool's version." }),
    command: z.enum(recordedCommands),
    revision: z.strictObject({
      folder: z.string(),
      from: z.string().nullable(),
      to: z.string(),
      hash: z.string().meta({ description: "Of the SQL of the revision and all before it." }),
    }),
    database: z.strictObject({
      name: z.string(),
      server: z.string().meta({ description: "Host and port, or the folder of the socket." }),
      place: z.string().meta({ description: "The cluster's own number, and the database's." }),
      version: z.string(),
      role: z.string().meta({ description: "Who logged in." }),
    }),
    who: z.string().meta({ description: "User and machine that ran the command." }),
    startedAt: z.iso.datetime(),
    endedAt: z.iso.datetime(),
    checks: z.array(check),
    facts: z.record(z.string(), z.string()).meta({ description: "What else was seen or done." }),
    verdict: z.enum(["go", "no-go", "unknown"]),
    exitCode: z.int(),
  })
  .meta({ title: "Rehearsal production record" });

export type ProductionRecord = Frozen<z.infer<typeof productionRecord>>;
export type Check = ProductionRecord["checks"][number];
export type RecordedCommand = ProductionRecord["command"];
export type Overall = ProductionRecord["verdict"];

/** One that is no go decides, then one that could not be told; no check at all tells nothing. */
export function overallOf(checks: readonly Pick<Check, "verdict">[]): Overall {
  if (checks.some(({ verdict }) => verdict === "no-go")) return "no-go";
  const decides = checks.filter(({ verdict }) => verdict !== "noted");
  if (decides.length === 0 || decides.some(({ verdict }) => verdict === "unknown"))
    return "unknown";
  return "go";
}

/** What a command line ends with. */
export const exitCodeByVerdict: Readonly<Record<Overall, 0 | 1 | 3>> = {
  go: 0,
  "no-go": 1,
  unknown: 3,
};
