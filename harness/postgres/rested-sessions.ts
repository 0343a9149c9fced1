import { DatabaseError } from "pg";
import type { Session, SessionAs } from "./session.ts";

/**
 * Sessions of one database that are used again by whoever comes next: opening one costs more than a play. A rested
 * session has no transaction, lock or setting of its former user left, nor a plan that was made under such a setting. Disposing closes those that rest.
 */
export interface RestedSessions extends AsyncDisposable {
  /** A session of that name, role and isolation, rested or new. */
  lend(as: SessionAs): Promise<Session>;
  /** Takes it back; one whose connection is lost is let go. Whoever it waits for must end first, or at the same time. */
  rest(session: Session): Promise<void>;
}

export function restSessions(connect: (as: SessionAs) => Promise<Session>): RestedSessions {
  const resting = new Map<string, Session[]>();
  const lent = new Map<number, SessionAs>();
  return {
    async lend(as) {
      for (;;) {
        const rested = resting.get(as.role)?.pop();
        if (rested === undefined) break;
        if (await become(rested, as)) {
          lent.set(rested.pid, as);
          return { ...rested, name: as.name };
        }
      }
      // Without settings, so that they are not what it comes back to.
      const session = await connect({ name: as.name, role: as.role });
      lent.set(session.pid, as);
      await become(session, as);
      return session;
    },
    async rest(session) {
      const as = lent.get(session.pid);
      if (as === undefined || !(await forget(session, as))) return session[Symbol.asyncDispose]();
      resting.set(as.role, [...(resting.get(as.role) ?? []), session]);
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

/**
 * Brings the session back to how it began; tells whether it is still there. Plans are costly to make again, and those made
 * under the usual settings are as good for whoever comes next.
 */
function forget(session: Session, { settings }: SessionAs): Promise<boolean> {
  const all = settings === undefined ? forgetting : [...forgetting, "discard plans"];
  return survives(() => session.run(all.join("; ")));
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
  "discard temp",
  "discard sequences",
];

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
