import type { ProductionRecord } from "../../../harness/report/production-record.ts";

/** A record of 022 on one database. */
export function recordOf(
  command: ProductionRecord["command"],
  verdict: ProductionRecord["verdict"],
  more: Partial<ProductionRecord> = {},
): ProductionRecord {
  return {
    rehearsal: "0.1.0",
    command,
    revision: {
      folder: "sql",
      from: "021_m10_durable_queue_fallback",
      to: "022_m10_production_hardening",
      hash: "abc",
    },
    database: {
      name: "agenticverz",
      server: "db.example:5432",
      place: "7/16384",
      version: "18.4",
      role: "m10_owner",
    },
    who: "ann@desk",
    startedAt: "2026-01-02T03:04:05.000Z",
    endedAt: "2026-01-02T03:04:06.500Z",
    checks: [{ name: command, verdict, says: "as | it <was>", details: ["a *detail*"] }],
    facts: {},
    verdict,
    exitCode: { go: 0, "no-go": 1, unknown: 3 }[verdict],
    ...more,
  };
}
