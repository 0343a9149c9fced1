import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { decodeUtf8 } from "../source/decode-utf8.ts";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import { checkFile } from "./check-file.ts";
import { checkNames } from "./check-names.ts";
import type { Revision } from "./revision.ts";

/**
 * Reads a folder of `NNN_name.up.sql` and `NNN_name.down.sql`, in the order of their numbers. Files that do not end in
 * `.sql` do not matter. Throws `MIGRATIONS_NOT_FOUND` if the folder cannot be read or holds no migration, and
 * `MIGRATIONS_INVALID` with everything that is wrong with the files in it.
 */
export async function readMigrations(folder: string): Promise<Revision[]> {
  const names = await sqlFilesIn(folder);
  const { ids, problems: nameProblems } = checkNames(names);
  const sides = await Promise.all(
    ids.map(async (id) => ({
      id,
      up: await readSide(folder, `${id}.up.sql`, names),
      down: await readSide(folder, `${id}.down.sql`, names),
    })),
  );
  const problems = [
    ...nameProblems.map((problem) => `${folder}: ${problem}`),
    ...sides.flatMap(({ up, down }) => [...up.problems, ...down.problems]),
  ];
  if (problems.length > 0) throw invalid(folder, problems);
  return sides.map(({ id, up, down }, index) => ({
    id,
    previousId: ids[index - 1] ?? null,
    upFile: up.file,
    upSql: up.sql,
    upTransactional: up.transactional,
    downFile: down.file,
    downSql: down.sql,
    downTransactional: down.transactional,
  }));
}

async function sqlFilesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder).catch((cause: unknown) => {
    throw notFound(folder, trouble(cause), cause);
  });
  const names = entries.filter((name) => /\.sql$/i.test(name) && !name.startsWith("."));
  if (names.length === 0) throw notFound(folder, "it holds no .sql file");
  return names.toSorted();
}

function notFound(folder: string, why: string, cause?: unknown): RehearsalError {
  const message =
    `There are no migrations to read in ${folder}: ${why}. Nothing was run. ` +
    "Name a folder with files NNN_name.up.sql and NNN_name.down.sql.";
  return new RehearsalError("MIGRATIONS_NOT_FOUND", message, { cause });
}

interface Side {
  readonly file: string;
  readonly sql: string;
  readonly transactional: boolean;
  readonly problems: readonly string[];
}

async function readSide(folder: string, name: string, names: readonly string[]): Promise<Side> {
  const file = join(folder, name);
  const unusable = (why: string): Side => ({
    file,
    sql: "",
    transactional: true,
    problems: [`${file}: ${why}`],
  });
  if (!names.includes(name)) return unusable("is missing");

  const bytes = await readFile(file).catch((cause: unknown) => trouble(cause));
  if (typeof bytes === "string") return unusable(`cannot be read: ${bytes}`);

  const decoded = decodeUtf8(bytes);
  if (decoded.kind === "invalid")
    return unusable(
      `is not UTF-8: what begins at byte ${decoded.byteOffset} (from 0) is no character`,
    );
  return { file, sql: decoded.text, ...checkFile(file, decoded.text) };
}

/** What the system says, in words; anything that is no error of the system is thrown on. */
function trouble(cause: unknown): string {
  if (!(cause instanceof Error && "code" in cause && typeof cause.code === "string")) throw cause;
  return systemWords[cause.code] ?? `${cause.code} (${cause.message})`;
}

const systemWords: Readonly<Record<string, string>> = {
  ENOENT: "it does not exist",
  ENOTDIR: "it is not a folder",
  EISDIR: "it is a folder",
  EACCES: "permission is denied",
};

function invalid(folder: string, problems: readonly string[]): RehearsalError {
  const count = problems.length === 1 ? "one problem" : `${problems.length} problems`;
  return new RehearsalError(
    "MIGRATIONS_INVALID",
    [
      `The migrations in ${folder} have ${count}, so nothing was run:`,
      ...problems.map((problem) => `  ${problem}`),
    ].join("\n"),
  );
}
