import { z } from "zod";
import { sql } from "../postgres/query.ts";
import type { Touched } from "./footprints.ts";
import type { Program } from "./program.ts";
import type { ProgramRun } from "./program-run.ts";
import type { Finding } from "./serial-judge.ts";
import type { Reader } from "./read-state.ts";

/** Of sessions that are to be apart: somebody waited for another. Nothing if nobody did. */
export async function judgeWaits(
  { scripts }: Program,
  run: ProgramRun,
  reader: Reader,
): Promise<Finding | undefined> {
  const waiting = run.told().find(({ comesTo }) => comesTo.kind === "waits");
  if (waiting === undefined) return undefined;
  const common = await inCommon(run.touched(), reader);
  const where = common.length === 0 ? "" : `; both touch ${common.join(", ")}`;
  return {
    expected: "neither waits for the other",
    happened: `${scripts[waiting.session]?.name ?? ""} waited${where}`,
  };
}

/** By name, in order. Nobody waits for a sequence, or is told anything by it but that a number is new. */
async function inCommon(touched: readonly Touched[], reader: Reader): Promise<readonly string[]> {
  const met = new Set<string>();
  for (const [at, one] of touched.entries())
    for (const other of touched.slice(at + 1))
      for (const name of meetingOf(one, other)) met.add(name);
  if (met.size === 0) return [];
  const sequences = await reader.all(sql.type(z.object({ name: z.string() }))`
    select oid::regclass::text as name from pg_class
    where relkind = 'S' and oid::regclass::text = any (${sql.array([...met], "text")})`);
  for (const { name } of sequences) met.delete(name);
  return [...met].toSorted();
}

function meetingOf(one: Touched, other: Touched): ReadonlySet<string> {
  const written = one.writes.intersection(other.writes.union(other.reads));
  return written.union(other.writes.intersection(one.reads));
}
