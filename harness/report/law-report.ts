import type { Evidence, Verdict, Witness } from "../verdict/verdict.ts";

/** One law in the files of a report: the verdict flattened, with null for what it does not have. */
export interface LawReport {
  readonly id: string;
  readonly revision: string;
  readonly claim: string;
  readonly verdict: Verdict["kind"];
  readonly evidence: Evidence | null;
  readonly witness: (Witness & { readonly command: string; readonly kept: string | null }) | null;
  readonly reason: string | null;
}

/** `report/verify.json`; its schema is `verify.schema.json` beside this file. */
export interface VerifyReport {
  /** The tool's version. */
  readonly rehearsal: string;
  readonly migrations: { readonly folder: string; readonly to: string; readonly hash: string };
  readonly bindings: string | null;
  readonly seed: number;
  readonly postgres: string;
  readonly redis: string;
  readonly effort: string;
  readonly startedAt: string;
  readonly wallMs: number;
  readonly exitCode: number;
  readonly laws: readonly LawReport[];
}

/** 0 all hold · 1 a law is broken · 3 could not tell, because a law is unknown or was not run, or none was tried. */
export function exitCodeOf(laws: readonly LawReport[]): 0 | 1 | 3 {
  if (laws.some(({ verdict }) => verdict === "broken")) return 1;
  if (laws.length === 0 || laws.some(({ verdict }) => verdict !== "holds")) return 3;
  return 0;
}
