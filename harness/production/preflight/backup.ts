import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { findProgram } from "../../host/debian-packages.ts";
import type { RunFolder } from "../../host/run-folder.ts";
import { ProgramFailure, runProgram } from "../../host/start-process.ts";
import { RehearsalError } from "../../verdict/rehearsal-error.ts";
import type { Errand } from "../errand.ts";
import { type Finding, go, noGo, unknown } from "../finding.ts";

export interface BackupOrder {
  readonly folder: string;
  readonly path: string;
  /** Quoted as SQL would. */
  readonly schemas: readonly string[];
  /** How a revision is called in the file's name. */
  readonly before: string;
  readonly at: Date;
}

/**
 * Dumps schemas into a file of the folder with the `pg_dump` of the server's major that is on the PATH, and tells what
 * is in it and its hash. The password goes by the environment of that process alone.
 */
export async function takeBackup(
  run: RunFolder,
  { target }: Pick<Errand, "target">,
  order: BackupOrder,
): Promise<Finding> {
  const program = await findProgram("pg_dump", order.path);
  if (program === undefined) return unknown("no backup was made: there is no pg_dump on the PATH");
  const version = /\(PostgreSQL\) (\d+)/.exec(await runProgram(run, program, ["--version"]))?.[1];
  if (Number(version) !== target.major)
    return unknown(
      `no backup was made: ${program} is of PostgreSQL ${version ?? "?"}, and the server of ${target.major}`,
    );
  const file = join(
    order.folder,
    `${target.database}-before-${order.before}-${order.at.toISOString().replaceAll(/[-:.]/g, "")}.dump`,
  );
  const env = environmentOf(target, order.path);
  try {
    await mkdir(order.folder, { recursive: true });
    await runProgram(run, program, argumentsFor(file, order.schemas), { env });
    const entries = await listed(run, order.path, file);
    const { size } = await stat(file);
    return go(`${file}, ${size} bytes, ${entries}, sha256 ${await hashOf(file)}`);
  } catch (error) {
    const said = error instanceof ProgramFailure ? error.stderr.trim() : String(error);
    if (!(error instanceof ProgramFailure) && !isOfTheSystem(error)) throw error;
    await removeHalf(file);
    return noGo(`no backup could be written to ${order.folder}: ${said}`);
  }
}

function argumentsFor(file: string, schemas: readonly string[]): string[] {
  return [
    "--format=custom",
    "--no-owner",
    "--no-privileges",
    "--lock-wait-timeout=1s",
    ...schemas.map((schema) => `--schema=${schema}`),
    `--file=${file}`,
  ];
}

function environmentOf({ address, database, role }: Errand["target"], path: string) {
  return {
    PATH: path,
    PGHOST: address.host,
    PGPORT: String(address.port),
    PGUSER: role,
    PGDATABASE: database,
    PGAPPNAME: "rehearsal backup",
    ...(address.adminPassword === undefined ? {} : { PGPASSWORD: address.adminPassword }),
    ...(address.sslMode === undefined ? {} : { PGSSLMODE: address.sslMode }),
  };
}

/** Where the folder itself could not be made there is no half either. */
async function removeHalf(file: string): Promise<void> {
  await rm(file, { force: true }).catch((error: unknown) => {
    if (!isOfTheSystem(error)) throw error;
  });
}

/** As `pg_restore` reads it back, where there is one. */
async function listed(run: RunFolder, path: string, file: string): Promise<string> {
  const program = await findProgram("pg_restore", path);
  if (program === undefined) return "not listed (no pg_restore)";
  const lines = (await runProgram(run, program, ["--list", file])).split("\n");
  const entries = lines.filter((line) => line !== "" && !line.startsWith(";"));
  return `${entries.length} entries`;
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

function isOfTheSystem(error: unknown): boolean {
  return (
    error instanceof RehearsalError ||
    (error instanceof Error && "code" in error && typeof error.code === "string")
  );
}
