import { z } from "zod";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import { type MeasureName, measureNames } from "./measures.ts";

export interface BenchSettings {
  /** All of them if empty. */
  readonly only: readonly MeasureName[];
  /** Of every measure; each has its own usual number otherwise. */
  readonly runs?: number | undefined;
}

const runs = z.coerce.number().int().min(1).max(1000);
const name = z.enum(measureNames);

/** Reads what a person wrote. Fails with `BAD_OPTIONS`. */
export function parseBenchSettings(written: {
  readonly only?: readonly string[];
  readonly runs?: string;
}): BenchSettings {
  const parsed = z
    .object({ only: z.array(name).default([]), runs: runs.optional() })
    .safeParse(written);
  if (parsed.success) return parsed.data;
  throw new RehearsalError(
    "BAD_OPTIONS",
    "Nothing was measured: --only takes one of " +
      `${measureNames.join(", ")}, and --runs a whole number from 1 to 1000. See pnpm bench --help.`,
  );
}
