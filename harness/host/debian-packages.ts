/**
 * Programs from Debian's and Ubuntu's own packages, without root and without touching what is installed: apt keeps its
 * state in a folder of its own, names what the programs need beyond what this machine has, and the packages are
 * unpacked side by side.
 */
import { execFile } from "node:child_process";
import { access, constants, copyFile, mkdir, readdir, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

export type Unpacked =
  | { readonly kind: "unpacked"; readonly packages: readonly string[] }
  | { readonly kind: "unavailable"; readonly reason: string };

/** The one apt that can be asked for, and how long each of its steps may take. */
const aptStepTimeoutMs = 120_000;
const systemLists = "/var/lib/apt/lists";
const systemStatus = "/var/lib/dpkg/status";

/**
 * Unpacks packages and all they need into `folder` (`usr/bin`, `usr/lib/<triplet>` and so on below it). Takes a second
 * or two where the machine's package lists are fresh, else it fetches lists of its own first (some 10 MB). Says why
 * when there is no apt, no such package or no network. Leaves `folder` as it finds it on failure, but for what it
 * unpacked.
 */
export async function unpackDebianPackages(
  packages: readonly string[],
  folder: string,
  options: { readonly path: string; readonly signal?: AbortSignal },
): Promise<Unpacked> {
  for (const program of ["apt-get", "dpkg-deb"]) {
    if ((await findProgram(program, options.path)) === undefined) {
      return {
        kind: "unavailable",
        reason: `${program} is not on the PATH, so this is not Debian or Ubuntu`,
      };
    }
  }
  const apt = join(folder, "apt");
  try {
    const archives = await downloadPackages(packages, apt, options.signal);
    for (const archive of archives) {
      await run("dpkg-deb", ["--extract", archive, folder], options.signal);
    }
    return { kind: "unpacked", packages: archives.map(packageOf) };
  } catch (error) {
    if (options.signal?.aborted === true) throw error;
    return {
      kind: "unavailable",
      reason: `apt could not get ${packages.join(", ")}: ${complaintOf(error)}`,
    };
  } finally {
    await rm(apt, { recursive: true, force: true });
  }
}

/** The folders below an unpacked `folder` in which programs look for libraries, for `LD_LIBRARY_PATH`. */
export async function libraryFolders(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const root of [join(folder, "usr", "lib"), join(folder, "lib")]) {
    const entries = await readdir(root, { withFileTypes: true }).catch(noSuchFolder);
    found.push(
      ...entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(root, name)),
    );
  }
  return found.filter((path) => /-linux-gnu[a-z0-9]*$/u.test(path));
}

/** The first executable of that name on a PATH, or `undefined`. */
export async function findProgram(name: string, path: string): Promise<string | undefined> {
  for (const folder of path.split(delimiter).filter((entry) => entry !== "")) {
    const candidate = join(folder, name);
    const runs = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return candidate;
  }
  return undefined;
}

/** The machine's own lists first; when they are missing or name files that are gone, fresh ones. */
async function downloadPackages(
  packages: readonly string[],
  apt: string,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const ownLists = join(apt, "lists");
  await mkdir(join(ownLists, "partial"), { recursive: true });
  await mkdir(join(apt, "archives", "partial"), { recursive: true });
  // What is installed already need not be unpacked again; apt locks beside this file, hence a copy.
  await copyFile(systemStatus, join(apt, "status"));
  const install = ["install", "--yes", "--download-only", "--reinstall", "--no-install-recommends"];
  try {
    await run("apt-get", [...settings(apt, systemLists), ...install, ...packages], signal);
  } catch {
    signal?.throwIfAborted();
    await run("apt-get", [...settings(apt, ownLists), "update"], signal);
    await run("apt-get", [...settings(apt, ownLists), ...install, ...packages], signal);
  }
  const files = await readdir(join(apt, "archives"));
  return files.filter((file) => file.endsWith(".deb")).map((file) => join(apt, "archives", file));
}

function settings(apt: string, lists: string): readonly string[] {
  return [
    `Dir::State=${apt}`,
    `Dir::State::status=${join(apt, "status")}`,
    `Dir::State::lists=${lists}`,
    `Dir::Cache=${apt}`,
    `Dir::Cache::archives=${join(apt, "archives")}`,
    // As root apt would drop to a user that cannot write here.
    "APT::Sandbox::User=",
    "Debug::NoLocking=true",
    "Acquire::Retries=1",
    "Acquire::http::Timeout=20",
    "Acquire::https::Timeout=20",
    "quiet=2",
  ].flatMap((setting) => ["-o", setting]);
}

async function run(
  program: string,
  args: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  await promisify(execFile)(program, args, {
    timeout: aptStepTimeoutMs,
    ...(signal === undefined ? {} : { signal }),
  });
}

/** apt's own errors (`E: …`) where it has some, else what Node says. */
function complaintOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stderr = "stderr" in error && typeof error.stderr === "string" ? error.stderr : "";
  const lines = stderr.split("\n").filter((line) => line.startsWith("E: "));
  return lines.length > 0 ? lines.map((line) => line.slice(3)).join("; ") : error.message;
}

/** `redis-server_5%3a7.0.15-1_amd64.deb` is `redis-server 5:7.0.15-1`. */
function packageOf(archive: string): string {
  const [name = "", version = ""] = archive.slice(archive.lastIndexOf("/") + 1).split("_");
  return `${name} ${decodeURIComponent(version)}`;
}

function noSuchFolder(error: unknown): [] {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
  throw error;
}
