import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { RehearsalError } from "../verdict/rehearsal-error.ts";

/** Who a server runs as, when that is not who runs the harness. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root. Nobody else may be chosen by who is not root. */
export function serverUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ["postgres", "nobody"]) {
    const user = findUser(name);
    if (user !== undefined) return user;
  }
  throw new RehearsalError(
    "NO_SERVER_USER",
    "PostgreSQL does not run as root, and this machine has neither a user postgres nor nobody to run it as. " +
      "Run the rehearsal as another user.",
    { exitCode: 3 },
  );
}

/** The file is read first: starting a program from a process of this size takes longer than all the rest here. */
function findUser(name: string): ServerUser | undefined {
  const [, , uid, gid] = lineIn("/etc/passwd", `${name}:`)?.split(":") ?? [];
  return uid === undefined || gid === undefined
    ? askSystem(name)
    : { uid: Number(uid), gid: Number(gid) };
}

function lineIn(file: string, beginning: string): string | undefined {
  if (!existsSync(file)) return undefined;
  return readFileSync(file, "utf8")
    .split("\n")
    .find((line) => line.startsWith(beginning));
}

/** Also knows users that a directory service keeps. */
function askSystem(name: string): ServerUser | undefined {
  const ask = (flag: "-u" | "-g"): number =>
    Number(
      execFileSync("id", [flag, name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
    );
  try {
    return { uid: ask("-u"), gid: ask("-g") };
  } catch (error) {
    if (error instanceof Error && "status" in error) return undefined;
    throw error;
  }
}
