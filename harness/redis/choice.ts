import { RehearsalError } from "../verdict/rehearsal-error.ts";

/** Which Redis to use, as the settings say it; see {@link parseRedisChoice}. */
export type ParsedRedisChoice =
  | { readonly kind: "auto"; readonly image: string }
  | { readonly kind: "local" }
  | { readonly kind: "docker"; readonly image: string }
  | { readonly kind: "packages" }
  | { readonly kind: "external"; readonly url: string; readonly password?: string }
  | { readonly kind: "none" };

export interface RedisChoiceOptions {
  /** A URL is only taken with this, as `--external` says: the server behind it is not ours. */
  readonly external: boolean;
  /** For a URL. It never stands in the URL, where process lists, histories and reports would show it. */
  readonly password?: string;
  /** What `auto` and a bare `docker` run. */
  readonly image?: string;
}

/** A public image with the newest Redis whose streams are stable; in CI another one is named. */
const defaultImage = "redis:8";

/**
 * Reads `auto`, `local`, `docker`, `docker:<image>`, `packages`, `none` or a URL (`redis://`, `rediss://` or
 * `unix://`). Fails with `REDIS_CHOICE_UNKNOWN`, `REDIS_URL_WITH_PASSWORD` (without printing it),
 * `REDIS_URL_UNREADABLE` or `REDIS_URL_NOT_ALLOWED`.
 */
export function parseRedisChoice(text: string, options: RedisChoiceOptions): ParsedRedisChoice {
  const image = options.image ?? defaultImage;
  if (/^(?:redis|rediss|unix):\/\//u.test(text)) return parseUrl(text, options);
  if (text.startsWith("docker:") && text.length > "docker:".length) {
    return { kind: "docker", image: text.slice("docker:".length) };
  }
  switch (text) {
    case "auto":
    case "docker":
      return { kind: text, image };
    case "local":
    case "packages":
    case "none":
      return { kind: text };
    default:
      throw new RehearsalError(
        "REDIS_CHOICE_UNKNOWN",
        `Redis cannot be chosen by ${JSON.stringify(withoutPassword(text))}, which is no choice known here. ` +
          "Say auto, local, docker, docker:<image>, packages, none or a redis:// URL.",
      );
  }
}

function parseUrl(text: string, options: RedisChoiceOptions): ParsedRedisChoice {
  const url = URL.parse(text);
  if (url === null) {
    throw new RehearsalError(
      "REDIS_URL_UNREADABLE",
      "The Redis URL cannot be read (it is not printed here, since it may hold a password). " +
        "Write redis://host:port, or unix:///path/to/socket.",
    );
  }
  if (url.password !== "" || url.searchParams.has("password")) {
    throw new RehearsalError(
      "REDIS_URL_WITH_PASSWORD",
      `The Redis URL for ${url.host} holds a password and is refused, since URLs end up in process lists and logs. ` +
        "Take the password out of it and set REDISCLI_AUTH or --redis-password-file.",
    );
  }
  if (!options.external) {
    throw new RehearsalError(
      "REDIS_URL_NOT_ALLOWED",
      `The Redis at ${text} is a server of somebody else's and is left alone. ` +
        "Add --external to let the rehearsal make keys of its own there and remove them afterwards.",
    );
  }
  const { password } = options;
  return { kind: "external", url: text, ...(password === undefined ? {} : { password }) };
}

/** Whatever a mistyped URL holds between `//` and `@` is not shown. */
function withoutPassword(text: string): string {
  return text.replace(/\/\/.*@/u, "//…@");
}
