import { execFileSync } from "node:child_process";
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

function findUser(name: string): ServerUser | undefined {
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
