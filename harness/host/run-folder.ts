import { randomBytes } from "node:crypto";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { chmod, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import { identifyProcess, type ProcessIdentity } from "./process-identity.ts";
import { runRoot, runRoots } from "./run-roots.ts";

/**
 * Where a run keeps its servers' files and writes down what it starts, so that a later run can take away what this one
 * left if it was killed. Plain data: workers of the run open servers in it, too.
 */
export interface RunFolder {
  /** Short, since the path of a Unix socket below it must fit into about a hundred bytes. */
  readonly path: string;
  /** Letters and digits; names the run's roles, databases, keys and containers. */
  readonly runId: string;
  /** Where what is costly to make is kept for later runs, if not in the user's own cache. */
  readonly cache?: string;
}

const entry = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("process"),
    pid: z.int(),
    startedAt: z.string(),
    /** What it is asked with before it is killed; nothing if it may be killed at once. */
    ask: z.literal("SIGQUIT").optional(),
  }),
  z.object({ kind: z.literal("container"), name: z.string() }),
  /** Outside the run's folder, such as half of a cached one. */
  z.object({ kind: z.literal("folder"), path: z.string() }),
  /** What bears the run's name on a server that is not ours, given as its URL without a password. */
  z.object({ kind: z.literal("guest"), server: z.string() }),
]);

/** Something that a run started and must take away. */
export type RunEntry = z.infer<typeof entry>;

const owner = z.object({ pid: z.int(), startedAt: z.string(), kept: z.boolean() });

/** What is known of a run from its folder. */
export interface KnownRun extends RunFolder {
  readonly owner: ProcessIdentity;
  /** Set when somebody asked to look at what a run left. */
  readonly kept: boolean;
  readonly entries: readonly RunEntry[];
}

/** Makes the folder of this process's run. Fails with `NO_RUN_FOLDER` if the system's temporary folder takes none. */
export async function createRunFolder(): Promise<RunFolder> {
  const runId = randomBytes(4).toString("hex");
  const root = runRoot();
  const path = join(root, `${namePrefix}${runId}`);
  try {
    mkdirSync(join(path, "entries"), { recursive: true });
    // Servers may run as another user, each in a folder of its own that only it can read.
    await chmod(path, 0o711);
    writeOwner(path, false);
  } catch (cause) {
    await rm(path, { recursive: true, force: true });
    throw new RehearsalError(
      "NO_RUN_FOLDER",
      `A folder for the run's servers could not be made in ${root}: ${messageOf(cause)}. ` +
        "Nothing was run. Make room there, or name another folder with TMPDIR.",
      { cause, exitCode: 3 },
    );
  }
  return { path, runId };
}

/**
 * Writes an entry down before anything else can happen: it is on disk when this returns. Returns the verb that strikes
 * it out again, for when the thing is gone. Fails with `RUN_ENDED` once the run is being ended.
 */
export function noteEntry(folder: RunFolder, noted: RunEntry): () => void {
  const file = join(folder.path, "entries", `${randomBytes(6).toString("hex")}.json`);
  try {
    writeFileSync(file, JSON.stringify(noted), { flag: "wx" });
  } catch (cause) {
    if (!isGone(cause)) throw cause;
    throw new RehearsalError("RUN_ENDED", "The run is being ended, so it starts nothing more.", {
      cause,
      exitCode: 3,
    });
  }
  return () => rmSync(file, { force: true });
}

/** From now on later runs leave what this run left alone. */
export function keepRunFolder(folder: RunFolder): void {
  writeOwner(folder.path, true);
}

/** Says last of all whose it was: what is left of a folder when this process is ended meanwhile, a later run takes away. */
export async function removeRunFolder({ path }: RunFolder): Promise<void> {
  const names = namesIn(path).filter((name) => name !== ownerFile);
  await Promise.all(names.map((name) => rm(join(path, name), removal)));
  await rm(path, removal);
}

const removal = { recursive: true, force: true, maxRetries: 5 } as const;

/** The runs that have a folder here, in no order. A folder that is being made or taken away is no run. */
export function knownRuns(): KnownRun[] {
  return runRoots().flatMap((root) =>
    readdirSync(root)
      .filter((name) => name.startsWith(namePrefix))
      .flatMap((name) => readRun(join(root, name), name.slice(namePrefix.length))),
  );
}

/** What a run wrote down; nothing if it is gone. */
export function readEntries(folder: RunFolder): RunEntry[] {
  return notedEntries(folder).map(({ noted }) => noted);
}

/** Strikes out the entries that fit, whoever made them. */
export function strikeOut(folder: RunFolder, fits: (noted: RunEntry) => boolean): void {
  for (const { noted, file } of notedEntries(folder)) {
    if (fits(noted)) rmSync(file, { force: true });
  }
}

/** After this no entry can be added, so nothing is started that {@link readEntries} does not tell. */
export function closeEntries(folder: RunFolder): void {
  try {
    renameSync(join(folder.path, "entries"), join(folder.path, closedEntries));
  } catch (error) {
    // Closed before, or gone altogether.
    if (!isGone(error)) throw error;
  }
}

const closedEntries = "entries-closed";

function notedEntries(folder: RunFolder): { noted: RunEntry; file: string }[] {
  return ["entries", closedEntries].flatMap((part) =>
    namesIn(join(folder.path, part)).flatMap((name) => {
      const file = join(folder.path, part, name);
      const parsed = entry.safeParse(parseJson(file));
      return parsed.success ? [{ noted: parsed.data, file }] : [];
    }),
  );
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

const namePrefix = "rehearsal-";
const ownerFile = "owner.json";

function writeOwner(path: string, kept: boolean): void {
  const self = identifyProcess(process.pid);
  if (self === undefined) throw new Error("this process is not in the system's list");
  writeFileSync(join(path, ownerFile), JSON.stringify({ ...self, kept }));
}

function readRun(path: string, runId: string): KnownRun[] {
  const parsed = owner.safeParse(parseJson(join(path, ownerFile)));
  if (!parsed.success || !isOurs(path)) return [];
  const { kept, ...identity } = parsed.data;
  const folder = { path, runId };
  return [{ ...folder, owner: identity, kept, entries: readEntries(folder) }];
}

/** Other people's runs are theirs to take away, and what they wrote down is not believed. */
function isOurs(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.uid === process.getuid?.();
}

/** Undefined if it is only half written, as after a power cut, or was struck out just now. */
function parseJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (error instanceof SyntaxError || isGone(error)) return undefined;
    throw error;
  }
}

function isGone(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ENOENT" || code === "ENOTDIR" || code === "EACCES";
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
