import type { LawReport, VerifyReport } from "../../../harness/report/law-report.ts";
import type { Palette } from "../../../harness/report/render-law-line.ts";

/** A palette that shows which colour was asked for. */
export const namedColours: Palette = {
  good: (text) => `good(${text})`,
  bad: (text) => `bad(${text})`,
  doubtful: (text) => `doubtful(${text})`,
  faint: (text) => text,
  strong: (text) => text,
};

export const plain: Palette = {
  good: (text) => text,
  bad: (text) => text,
  doubtful: (text) => text,
  faint: (text) => text,
  strong: (text) => text,
};

export const evidence: NonNullable<LawReport["evidence"]> = {
  runs: 40,
  schedules: 6,
  raced: 480,
  faults: 0,
  comparisons: 1,
  explored: { programs: 0, exhausted: 0, run: 0, pruned: 0, leftOut: 0 },
  seed: 7,
  wallMs: 412,
  met: { "a wait": 6 },
  notes: [],
};

export const witness: NonNullable<LawReport["witness"]> = {
  trial: "a name that somebody holds",
  expected: "one holder of alpha",
  happened: "ben was told true while ann holds alpha",
  steps: [
    { who: "ann", does: "select acquire_lock('alpha', 'ann', 600)", answer: "true" },
    { who: "clock", does: "2 s pass", answer: "" },
    { who: "ben", does: "select acquire_lock('alpha', 'ben', 600)", answer: "true" },
  ],
  repeatable: true,
  command: "npx -y pnpm verify --law lock.exclusive --seed 7",
  schedule: null,
  kept: null,
};

const law = { revision: "022_hardening", evidence: null, witness: null, reason: null };

export const holding: LawReport = {
  ...law,
  id: "lock.live",
  claim: "a free name goes to whoever asks",
  verdict: "holds",
  evidence,
};

export const broken: LawReport = {
  ...law,
  id: "lock.exclusive",
  claim: "no two holders ever hold an unexpired lease on one name",
  verdict: "broken",
  evidence,
  witness,
};

export const unknown: LawReport = {
  ...law,
  id: "lock.fenced",
  claim: "every new lease has a greater token",
  verdict: "unknown",
  evidence,
  reason: "The trial did not meet a restart.",
};

export const notRun: LawReport = {
  ...law,
  id: "replay.flow",
  claim: "every original ends up on the main stream once",
  verdict: "not-run",
  reason: "there is no Redis here",
};

export function reportOf(...laws: LawReport[]): VerifyReport {
  return {
    rehearsal: "0.1.0",
    migrations: { folder: "sql", to: "022_hardening", hash: "abc" },
    bindings: "fixtures/x/binding.ts",
    seed: 7,
    postgres: "18.4",
    redis: "Redis 8.2 (local)",
    effort: "default",
    startedAt: "2026-01-02T03:04:05.678Z",
    wallMs: 9400,
    exitCode: 0,
    asked: [],
    laws,
  };
}
