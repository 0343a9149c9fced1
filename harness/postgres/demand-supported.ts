import { RehearsalError } from "../verdict/rehearsal-error.ts";
import { supportedMajors } from "./postgres-choice.ts";
import type { ServerVersion } from "./read-version.ts";

/** Passes the version on if the harness knows its major; fails with `POSTGRES_MAJOR_UNSUPPORTED` otherwise. */
export function demandSupported(version: ServerVersion, where: string): ServerVersion {
  const major = Math.floor(version.versionNum / 10_000);
  if (supportedMajors.some((each) => each === major)) return version;
  throw new RehearsalError(
    "POSTGRES_MAJOR_UNSUPPORTED",
    `PostgreSQL ${version.version} of ${where} is not supported: the rehearsal knows the majors ` +
      `${supportedMajors[0]} to ${supportedMajors.at(-1)}. Nothing was run. Use a server of one of them.`,
  );
}
