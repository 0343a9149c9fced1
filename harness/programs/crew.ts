import type { Database } from "../postgres/database.ts";
import type { Isolation, Session } from "../postgres/session.ts";
import { type Controller, takeControl } from "./controller.ts";
import type { FaultKind } from "./fault.ts";
import type { Program } from "./program.ts";

/** The sessions of a lane that programs are run by. Disposing closes them. */
export interface Crew extends AsyncDisposable {
  readonly controller: Controller;
  pidOf(session: number): number;
  /** Gives the sessions the isolation levels of a program's scripts. */
  cast(program: Pick<Program, "scripts">): Promise<void>;
  /** Strikes a session that is held; a lost connection is replaced by another one. */
  strike(session: number, kind: FaultKind): Promise<void>;
  /** Makes sessions that were struck forget what no transaction gives back. All must be idle. */
  forget(): Promise<void>;
}

export interface CrewOptions {
  /** How many sessions programs have at most. */
  readonly sessions: number;
  /** A label of the binding. */
  readonly role: string;
}

/** Opens sessions of a gated database and takes them under control of `hand`. */
export async function openCrew(
  database: Database,
  hand: Session,
  { sessions: howMany, role }: CrewOptions,
): Promise<Crew> {
  await using opening = new AsyncDisposableStack();
  const enter = (slot: number): Promise<Session> =>
    database.connect({ name: `session ${slot}`, role, settings: { "rehearsal.slot": `${slot}` } });
  const sessions: Session[] = [];
  for (let slot = 1; slot <= howMany; slot += 1) sessions.push(opening.use(await enter(slot)));
  const controller = takeControl(hand, sessions);
  const levels: Isolation[] = sessions.map(() => "read committed");
  const opened = opening.move();
  let peer: Session | undefined;
  let wasStruck = false;
  return {
    controller,
    pidOf(session) {
      const found = sessions[session];
      if (found === undefined) throw new Error(`the lane has no session ${session}`);
      return found.pid;
    },
    async cast({ scripts }) {
      for (const [index, { isolation }] of scripts.entries()) {
        const session = sessions[index];
        if (session === undefined || levels[index] === isolation) continue;
        levels[index] = isolation;
        await setIsolation(session, isolation);
      }
    },
    async strike(index, kind) {
      const reopen = async (): Promise<Session> => {
        const session = opened.use(await enter(index + 1));
        sessions[index] = session;
        await setIsolation(session, levels[index] ?? "read committed");
        return session;
      };
      wasStruck = true;
      peer ??= opened.use(await database.connect({ name: "peer", role }));
      await controller.strike(index, kind, { peer, reopen });
    },
    async forget() {
      if (!wasStruck) return;
      wasStruck = false;
      await Promise.all(sessions.map((session) => session.run("select pg_advisory_unlock_all()")));
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function setIsolation(session: Session, isolation: Isolation): Promise<void> {
  await session.run(`set default_transaction_isolation = '${isolation}'`);
}
