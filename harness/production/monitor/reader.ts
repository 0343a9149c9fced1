import { endsSession, readServerError } from "../../source/server-error.ts";
import type { Session } from "../../postgres/session.ts";
import type { ProductionBinding } from "../production-binding.ts";
import type { Target } from "../target.ts";
import { type Reading, readingSettings, takeReading } from "./reading.ts";

/** Reads a database again and again, over one session as long as that lives. Disposing it ends the session. */
export interface Reader extends AsyncDisposable {
  /** A reading, or why the server could not be reached; the next one is tried over a new session. */
  read(): Promise<Reading | Unreachable>;
}

export interface Unreachable {
  readonly unreachable: string;
}

/** Once `signal` is aborted what is being read is given up, and its answer says nothing. */
export function openReader(
  target: Pick<Target, "connect">,
  binding: Pick<ProductionBinding, "metrics" | "views">,
  signal: AbortSignal,
): Reader {
  let session: Session | undefined;
  const give = (): void => session?.drop();
  signal.addEventListener("abort", give);
  return {
    async read() {
      try {
        session ??= await target.connect("monitor", readingSettings);
        return await takeReading(session, binding);
      } catch (error) {
        session?.drop();
        session = undefined;
        const unreachable = whyUnreachable(error);
        if (unreachable === undefined) throw error;
        return { unreachable };
      }
    },
    async [Symbol.asyncDispose]() {
      signal.removeEventListener("abort", give);
      await session?.[Symbol.asyncDispose]();
    },
  };
}

/** Nothing for an error that has another cause than a lost or a refused connection. */
function whyUnreachable(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const said = readServerError(error);
  if (said !== undefined) return endsSession(said) ? said.message : undefined;
  const isSystem =
    "code" in error && typeof error.code === "string" && /^E[A-Z]+$/.test(error.code);
  const isLost = /connection terminated|not queryable|socket/i.test(error.message);
  return isSystem || isLost ? error.message : undefined;
}
