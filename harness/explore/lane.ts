import { z } from "zod";
import type { Database } from "../postgres/database.ts";
import { emptier } from "../postgres/emptier.ts";
import { sql } from "../postgres/query.ts";
import type { Isolation, Session } from "../postgres/session.ts";
import { type Controller, takeControl } from "./controller.ts";
import type { Fate, FaultKind } from "./fault.ts";
import { readFate } from "./read-fate.ts";
import { type FirstStops, learnFirstStops } from "./first-stops.ts";
import { type Footprints, learnFootprints } from "./footprints.ts";
import { type GatePlace, type InstalledGates, installGates } from "./install-gates.ts";
import type { Program } from "./program.ts";
import { quoteGate } from "./quote-gate.ts";

/** A gated database of its own with sessions under control, on which programs are run one after the other. */
export interface Lane extends AsyncDisposable {
  readonly controller: Controller;
  readonly gates: InstalledGates;
  /** What transactions touch, learned on this lane. */
  readonly footprints: Footprints;
  /** A session that passes all gates: for what is done before a program and for reading what it leaves. */
  readonly reader: Session;
  pidOf(session: number): number;
  /** Strikes a session that is held; a lost connection is replaced by another one. */
  strike(session: number, kind: FaultKind): Promise<void>;
  /** What became of a transaction; one that has no number has changed nothing and counts as aborted. */
  fateOf(xid: string | null): Promise<Fate>;
  /** Makes the state that programs start from: `set` fills the empty tables. */
  prepare(set: (database: Database) => Promise<void>): Promise<void>;
  /** Brings tables and sequences back to the prepared state. All sessions must be idle. */
  reset(): Promise<void>;
  /** Gives the sessions the isolation levels of a program's scripts. */
  cast(program: Program): Promise<void>;
  /** Lets a run that is given up come to its end, and rolls back what is open. */
  giveUp(): Promise<void>;
  /** Where statements stop first, learned on this lane. */
  readonly firstStops: FirstStops;
  /** Whether between this gate and the end of its transaction nothing is touched. */
  isLastGate(label: string | undefined): boolean;
  /** Whether constraints or triggers of the database may touch something when a transaction ends. */
  readonly defers: boolean;
  placeOf(label: string | undefined): GatePlace | undefined;
  /** What a gate stands before, as SQL. */
  quote(label: string): string;
}

export interface LaneOptions {
  /** How many sessions programs have at most. */
  readonly sessions: number;
  /** A label of the binding. */
  readonly role: string;
}

/** Gates a clone and opens its sessions. The database stays the caller's; disposing the lane closes its sessions. */
export async function openLane(database: Database, options: LaneOptions): Promise<Lane> {
  await using opening = new AsyncDisposableStack();
  const connect = async (name: string, role: string, settings = {}): Promise<Session> =>
    opening.use(await database.connect({ name, role, settings }));
  const owner = await connect("owner", "deployer");
  const gates = await installGates(owner);
  const hand = await connect("controller", "deployer");
  const enter = (slot: number): Promise<Session> =>
    database.connect({
      name: `session ${slot}`,
      role: options.role,
      settings: { "rehearsal.slot": `${slot}` },
    });
  const sessions: Session[] = [];
  for (let slot = 1; slot <= options.sessions; slot += 1)
    sessions.push(opening.use(await enter(slot)));
  const controller = await takeControl(hand, sessions);
  const levels: Isolation[] = sessions.map(() => "read committed");
  const { defers } = await owner.one(anyDeferrable);
  const placeOf = (label: string | undefined): GatePlace | undefined =>
    label === undefined ? undefined : gates.places.get(label);
  let peer: Session | undefined;
  /** Then a session may have kept what no transaction gives back, and the next run is not to find it. */
  let wasStruck = false;
  let reset = await emptier(owner, database.keepRowsOf);
  const opened = opening.move();
  return {
    controller,
    gates,
    footprints: learnFootprints(hand),
    reader: owner,
    pidOf(session) {
      const found = sessions[session];
      if (found === undefined) throw new Error(`the lane has no session ${session}`);
      return found.pid;
    },
    async strike(index, kind) {
      const reopen = async (): Promise<Session> => {
        const session = opened.use(await enter(index + 1));
        sessions[index] = session;
        await setIsolation(session, levels[index]);
        return session;
      };
      wasStruck = true;
      peer ??= opened.use(await database.connect({ name: "peer", role: options.role }));
      await controller.strike(index, kind, { peer, reopen });
    },
    fateOf: (xid) => readFate(hand, xid),
    async prepare(set) {
      await database.empty();
      await set(database);
      reset = await emptier(owner, database.keepRowsOf);
    },
    async reset() {
      await reset();
      if (!wasStruck) return;
      wasStruck = false;
      await Promise.all(sessions.map((session) => session.run("select pg_advisory_unlock_all()")));
    },
    async cast({ scripts }) {
      for (const [index, { isolation }] of scripts.entries()) {
        if (levels[index] === isolation) continue;
        levels[index] = isolation;
        const session = sessions[index];
        if (session !== undefined) await setIsolation(session, isolation);
      }
    },
    giveUp: () => controller.runOut(),
    firstStops: learnFirstStops(),
    placeOf,
    isLastGate: (label) => !defers && isReturn(placeOf(label)),
    defers,
    quote(label) {
      const place = placeOf(label);
      return place === undefined ? label : quoteGate(place);
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

async function setIsolation(
  session: Session,
  isolation: Isolation = "read committed",
): Promise<void> {
  await session.run(`set default_transaction_isolation = '${isolation}'`);
}

const anyDeferrable = sql.type(z.object({ defers: z.boolean() }))`
  select exists (select from pg_trigger where tgdeferrable and not tgisinternal)
    or exists (select from pg_constraint where condeferrable) as defers`;

/** A return of nothing more than a name or a constant, or the end of the body. */
function isReturn(place: GatePlace | undefined): boolean {
  return place?.kind === "statement" && /^(?:return(?:\s+\w+)?\s*;|end\b)/iu.test(place.text);
}
