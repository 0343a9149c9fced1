import { z } from "zod";
import type { Frozen } from "./frozen.ts";

/** `noted` has no threshold and decides nothing. */
const watchVerdict = z.enum(["quiet", "trouble", "unknown", "noted"]);

const metric = z.strictObject({
  name: z.string().meta({ description: "As it is scraped." }),
  help: z.string(),
  group: z.string(),
  kind: z.enum(["counter", "gauge"]),
  unit: z.literal("seconds").optional().meta({ description: "A number of things if missing." }),
  value: z.number().nullable().meta({ description: "Null if it could not be told." }),
  perMinute: z
    .number()
    .nullable()
    .meta({ description: "Growth of a counter; null of a gauge, and without two readings." }),
  above: z
    .number()
    .nullable()
    .meta({ description: "The threshold: of perMinute for a counter, of value for a gauge." }),
  verdict: watchVerdict,
  says: z.string().meta({ description: "What is wrong, or why it could not be told." }),
});

const view = z.strictObject({
  title: z.string(),
  isTrouble: z.boolean().meta({ description: "Whether any row is one too many." }),
  rows: z
    .array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])))
    .nullable()
    .meta({ description: "Null if they could not be told. A view gives at most 100." }),
  verdict: watchVerdict,
  says: z.string(),
});

/**
 * What `pnpm monitor --once --json` prints: one reading, judged. Its JSON schema is `monitor.schema.json` beside this
 * file, made from this one.
 */
export const monitorReport = z
  .strictObject({
    rehearsal: z.string().meta({ description: "The tool's version." }),
    database: z.strictObject({
      name: z.string(),
      server: z.string().meta({ description: "Host and port, or the folder of the socket." }),
      version: z.string(),
      role: z.string().meta({ description: "Who logged in." }),
    }),
    at: z.iso.datetime().meta({ description: "By the server's clock." }),
    serverStartedAt: z.iso.datetime(),
    overSeconds: z
      .number()
      .nullable()
      .meta({ description: "Between the readings that rates are from; null without two." }),
    metrics: z.array(metric),
    views: z.array(view),
    notes: z.array(z.string()).meta({ description: "Such as that the server was restarted." }),
    verdict: z.enum(["quiet", "trouble", "unknown"]),
    exitCode: z.int().meta({ description: "0 quiet, 1 trouble, 3 cannot tell." }),
  })
  .meta({ title: "Rehearsal monitor report" });

export type MonitorReport = Frozen<z.infer<typeof monitorReport>>;
export type WatchVerdict = MonitorReport["metrics"][number]["verdict"];

/** Trouble decides, then what could not be told. */
export function overallOfWatch(verdicts: readonly WatchVerdict[]): MonitorReport["verdict"] {
  if (verdicts.includes("trouble")) return "trouble";
  const decide = verdicts.filter((verdict) => verdict !== "noted");
  return decide.length === 0 || decide.includes("unknown") ? "unknown" : "quiet";
}

export const exitCodeOfWatch: Readonly<Record<MonitorReport["verdict"], 0 | 1 | 3>> = {
  quiet: 0,
  trouble: 1,
  unknown: 3,
};
