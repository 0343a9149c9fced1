import { globSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { findProgram } from "../host/debian-packages.ts";
import { ProgramFailure, runProgram } from "../host/start-process.ts";
import type { Database } from "../postgres/database.ts";
import { findEmbeddedBinaries } from "../postgres/embedded-binaries.ts";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import type { Run } from "../verify/open-run.ts";
import { median } from "./median.ts";
import {
  emptyPlainTables,
  makePlainTables,
  plainSchedules,
  plainStatements,
  plainTables,
} from "./plain-program.ts";
import { amount } from "./render-figure.ts";
import { repeat, timed } from "./repeat.ts";
import { openPlainLanes, timePlain } from "./time-schedules.ts";
import { openBare, openScratch, type Take } from "./workbench.ts";

/**
 * How many times as many schedules a second as PostgreSQL's own isolationtester runs of the same program on the same
 * server, pair by pair. It makes its tables and drops them for each schedule, as its tests do; how fast it is where it
 * only empties them, as we do, is told beside. Fails with `NO_ISOLATIONTESTER`.
 */
export const takeBesideIsolationtester: Take = async (runs, run, workbench) => {
  const tester = await findTester(run, workbench.environment.path);
  await using bare = await openBare(run, workbench);
  await using lanes = await openPlainLanes(bare);
  await using database = await openScratch(bare, "template0");
  await using emptied = await openScratch(bare, "template0");
  await using owner = await emptied.connect({ name: "owner", role: "deployer" });
  await owner.run(makePlainTables);
  await timePlain(lanes.all);
  const rates = await repeat(runs, async () => ({
    ours: await timePlain(lanes.all),
    theirs: await timeTester(tester, database, { spec: makingSpec, run }),
    emptying: await timeTester(tester, emptied, { spec: emptyingSpec, run }),
  }));
  const middle = (which: "ours" | "theirs" | "emptying"): string =>
    amount(median(rates.map((each) => each[which])), "/s");
  return {
    values: rates.map((each) => each.ours / each.theirs),
    note: `(${middle("ours")} beside ${middle("theirs")}, or ${middle("emptying")} if it empties)`,
  };
};

interface Tester {
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The one of the server's own version if it starts; else one that is installed. */
async function findTester(run: Run, path: string): Promise<Tester> {
  const { initdb } = await findEmbeddedBinaries(run.folder, 18, undefined);
  const native = dirname(dirname(initdb));
  const embedded = join(native, "lib/postgresql/pgxs/src/test/isolation");
  const installed = globSync("/usr/lib/postgresql/*/lib/pgxs/src/test/isolation")
    .toSorted()
    .toReversed();
  for (const [folder, env] of [
    [embedded, { LD_LIBRARY_PATH: join(native, "lib") }] as const,
    ...installed.map((each) => [each, {}] as const),
  ]) {
    const program = await findProgram("isolationtester", folder);
    if (program === undefined) continue;
    const tester = { program, env: { PATH: path, ...env } };
    if (await starts(tester, run)) return tester;
  }
  throw new RehearsalError(
    "NO_ISOLATIONTESTER",
    "PostgreSQL's isolationtester is not installed or does not start, so nothing is compared with it. " +
      "On Debian, install postgresql-server-dev-15.",
    { exitCode: 3 },
  );
}

async function starts({ program, env }: Tester, run: Run): Promise<boolean> {
  try {
    await runProgram(run.folder, program, ["-V"], { env });
    return true;
  } catch (error) {
    if (error instanceof ProgramFailure) return false;
    throw error;
  }
}

/** Schedules a second, from the start of its process to its end. */
async function timeTester(
  { program, env }: Tester,
  { tenancy, name }: Database,
  { spec, run }: { readonly spec: string; readonly run: Run },
): Promise<number> {
  const file = join(run.folder.path, "plain.spec");
  await writeFile(file, spec);
  const { address, deployer } = tenancy;
  const login = {
    PGHOST: address.host,
    PGPORT: `${address.port}`,
    PGUSER: deployer.role,
    PGPASSWORD: deployer.password,
  };
  let printed = "";
  const tookMs = await timed(async () => {
    const args = ["-c", 'exec "$0" "$1" < "$2"', program, `dbname=${name}`, file];
    printed = await runProgram(run.folder, "sh", args, { env: { ...env, ...login } });
  });
  const schedules = printed.match(/^starting permutation/gmu)?.length ?? 0;
  if (schedules === plainSchedules) return (schedules * 1000) / tookMs;
  throw new RehearsalError(
    "CHECK_WRONG",
    `isolationtester ran ${schedules} schedules instead of ${plainSchedules}: how long it took says nothing.`,
    { exitCode: 3 },
  );
}

/** It runs every permutation where none is named. */
const sessionsOfSpec = plainTables.flatMap((table) => [
  `session ${table}`,
  ...plainStatements(table).map((text, at) => `step ${table}_${at} { ${text}; }`),
]);

const makingSpec = [
  `setup { ${makePlainTables} }`,
  `teardown { drop table ${plainTables.join(", ")}; }`,
  ...sessionsOfSpec,
].join("\n");

const emptyingSpec = [`setup { ${emptyPlainTables} }`, ...sessionsOfSpec].join("\n");
