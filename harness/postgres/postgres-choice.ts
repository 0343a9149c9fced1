import { RehearsalError } from "../verdict/rehearsal-error.ts";

/** The majors that the harness knows how to read, and has binaries for. */
export const supportedMajors = [14, 15, 16, 17, 18] as const;
export type Major = (typeof supportedMajors)[number];

/** Which PostgreSQL to use, as the settings say it; see {@link parsePostgresChoice}. */
export type ParsedPostgresChoice =
  | { readonly kind: "embedded"; readonly major: Major }
  | { readonly kind: "docker"; readonly image: string }
  | { readonly kind: "external"; readonly url: string; readonly password?: string };

export interface PostgresChoiceOptions {
  /** A URL is only taken with this, as `--external` says: the server behind it is not ours. */
  readonly external: boolean;
  /** For a URL. */
  readonly password?: string;
  /** What a bare `docker` runs. */
  readonly image?: string;
}

/** Comes with the install; the other majors are fetched when they are asked for. */
const defaultMajor = 18;
/** A public image of the same major; in CI another one is named. */
const defaultImage = "postgres:18";

/**
 * Reads `embedded`, `embedded:<major>`, `docker`, `docker:<image>` or a `postgres://` URL. Fails with
 * `POSTGRES_CHOICE_UNKNOWN`, `POSTGRES_MAJOR_UNSUPPORTED`, `POSTGRES_URL_WITH_PASSWORD` (without printing it),
 * `POSTGRES_URL_UNREADABLE` or `POSTGRES_URL_NOT_ALLOWED`.
 */
export function parsePostgresChoice(
  text: string,
  options: PostgresChoiceOptions,
): ParsedPostgresChoice {
  if (/^postgres(?:ql)?:\/\//u.test(text)) return parseUrl(text, options);
  if (text === "embedded") return { kind: "embedded", major: defaultMajor };
  if (text === "docker") return { kind: "docker", image: options.image ?? defaultImage };
  const [, kind, what] = /^(embedded|docker):(.+)$/u.exec(text) ?? [];
  if (kind === "docker" && what !== undefined) return { kind, image: what };
  if (kind === "embedded" && what !== undefined) return { kind, major: parseMajor(what) };
  throw new RehearsalError(
    "POSTGRES_CHOICE_UNKNOWN",
    `PostgreSQL cannot be chosen by ${JSON.stringify(text.replace(/\/\/.*@/u, "//…@"))}, which is no choice known here. ` +
      "Say embedded, embedded:<major>, docker, docker:<image> or a postgres:// URL.",
  );
}

function parseMajor(text: string): Major {
  const major = supportedMajors.find((each) => String(each) === text);
  if (major !== undefined) return major;
  throw new RehearsalError(
    "POSTGRES_MAJOR_UNSUPPORTED",
    `There is no embedded PostgreSQL ${JSON.stringify(text)}. Say one of ${supportedMajors.join(", ")}, ` +
      "such as embedded:17, or name an image with docker:<image>.",
  );
}

function parseUrl(text: string, options: PostgresChoiceOptions): ParsedPostgresChoice {
  const url = URL.parse(text);
  if (url === null || url.host === "" || url.username === "") {
    throw new RehearsalError(
      "POSTGRES_URL_UNREADABLE",
      "The PostgreSQL URL cannot be read (it is not printed here, since it may hold a password). " +
        "Write postgres://user@host:port/database, with a socket's folder percent-encoded as the host.",
    );
  }
  if (url.password !== "" || url.searchParams.has("password")) {
    throw new RehearsalError(
      "POSTGRES_URL_WITH_PASSWORD",
      `The PostgreSQL URL for ${url.host} holds a password and is refused, since URLs end up in process lists and logs. ` +
        "Take the password out of it and set PGPASSWORD, PGPASSFILE or --password-file.",
    );
  }
  if (!options.external) {
    throw new RehearsalError(
      "POSTGRES_URL_NOT_ALLOWED",
      `The PostgreSQL at ${text} is a server of somebody else's and is left alone. ` +
        "Add --external to let the rehearsal make databases and roles of its own there and remove them afterwards.",
    );
  }
  const { password } = options;
  return { kind: "external", url: text, ...(password === undefined ? {} : { password }) };
}
