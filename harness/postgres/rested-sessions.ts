import { DatabaseError } from "pg";
import type { Session, SessionAs } from "./session.ts";

/**
 * Sessions of one database that are used again by whoever comes next: opening one costs more than a play. A rested
 * session has no transaction, lock, setting or plan of its former user left. Disposing closes those that rest.
 */
export interface RestedSessions extends AsyncDisposable {
  /** A session of that name, role and isolation, rested or new. */
  lend(as: SessionAs): Promise<Session>;
  /** Takes it back; one whose connection is lost is let go. Whoever it waits for must end first, or at the same time. */
  rest(session: Session): Promise<void>;
}

export function restSessions(connect: (as: SessionAs) => Promise<Session>): RestedSessions {
  const resting = new Map<string, Session[]>();
  const roles = new Map<number, string>();
  return {
    async lend(as) {
      for (;;) {
        const rested = resting.get(as.role)?.pop();
        if (rested === undefined) break;
        if (await become(rested, as)) return { ...rested, name: as.name };
      }
      // Without settings, so that they are not what it comes back to.
      const session = await connect({ name: as.name, role: as.role });
      roles.set(session.pid, as.role);
      await become(session, as);
      return session;
    },
    async rest(session) {
      const role = roles.get(session.pid);
      if (role === undefined || !(await forget(session))) return session[Symbol.asyncDispose]();
      resting.set(role, [...(resting.get(role) ?? []), session]);
    },
    async [Symbol.asyncDispose]() {
      const all = [...resting.values()].flat();
      resting.clear();
      await Promise.all(all.map((session) => session[Symbol.asyncDispose]()));
    },
  };
}

/** Gives the session a name, an isolation level and settings; tells whether it is still there. */
function become(session: Session, as: SessionAs): Promise<boolean> {
  const settings = {
    ...as.settings,
    application_name: `rehearsal ${as.name}`,
    ...(as.isolation === undefined ? {} : { default_transaction_isolation: as.isolation }),
  };
  const pairs = Object.entries(settings);
  const calls = pairs.map((_, index) => `set_config($${index * 2 + 1}, $${index * 2 + 2}, false)`);
  return survives(() => session.run(`select ${calls.join(", ")}`, pairs.flat()));
}

/** Brings the session back to how it began; tells whether it is still there. */
function forget(session: Session): Promise<boolean> {
  return survives(() => session.run(forgetting));
}

/** `discard all` in its parts, since that one cannot share a message with others. */
const forgetting = [
  "rollback",
  "close all",
  "reset session authorization",
  "reset all",
  "deallocate all",
  "unlisten *",
  "select pg_advisory_unlock_all()",
  "discard plans",
  "discard temp",
  "discard sequences",
].join("; ");

/** A connection that was cut, or whose server was killed, is what some trials are about: it is let go. */
async function survives(use: () => Promise<unknown>): Promise<boolean> {
  try {
    await use();
    return true;
  } catch (error) {
    if (error instanceof DatabaseError && error.severity !== "FATAL") throw error;
    return false;
  }
}
