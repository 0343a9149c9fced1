import { z } from "zod";
import { type Query, sql } from "../postgres/query.ts";
import type { Answer, Session } from "../postgres/session.ts";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import { type Arrival, readArrival } from "./arrival.ts";
import type { FaultKind } from "./fault.ts";
import { holdGateLocks } from "./gate-locks.ts";

/** Where a controlled session is when nothing moves. */
export type Rest =
  /** Nothing is on its way; `answer` is what came back last. */
  | { readonly kind: "idle"; readonly answer: Answer | undefined }
  | { readonly kind: "held"; readonly at: Arrival }
  /** For another controlled session; `since` is the last gate of this statement that it was let go from. */
  | { readonly kind: "waits"; readonly since: Arrival | undefined };

/**
 * Lets the sessions of a gated database go on one at a time. Each verb comes back when all are at rest: held at a gate,
 * waiting for another of them, or idle. Who waits is asked of the server. Fails with `NO_REST` if one neither comes to
 * rest nor is answered.
 */
export interface Controller {
  /** Where each session is, in the order in which they were given. */
  rests(): readonly Rest[];
  /** Sends a statement for an idle session. */
  send(session: number, query: Query): Promise<void>;
  /** Lets a session that is held go on to its next gate. */
  letGo(session: number): Promise<void>;
  /** Comes back when one of those that wait goes on by itself: its bounded wait ran out, or a deadlock was found. */
  waitOut(sessions: readonly number[]): Promise<void>;
  /**
   * Strikes a session that is held. It is idle then, its statement answered with an error; where its connection is lost,
   * what the server still did for it is over, and the session that `reopen` opened stands in its place. `peer` is another
   * session of its role: the server lets that one strike it.
   */
  strike(
    session: number,
    kind: FaultKind,
    by: { readonly peer: Session; readonly reopen: () => Promise<Session> },
  ): Promise<void>;
  /** Opens all gates until every session is idle and has rolled back what it left open, for a run that is given up. */
  runOut(): Promise<void>;
}

/**
 * Takes sessions under control that were opened with `rehearsal.slot` 1, 2, … in this order. `hand` is the controller's
 * own from now on. Nothing is left to dispose of but the sessions.
 */
export async function takeControl(
  hand: Session,
  sessions: readonly Session[],
): Promise<Controller> {
  const puppets = sessions.map((session, index) => attach(session, index + 1));
  const locks = await holdGateLocks(hand, puppets.length);
  const at = (index: number): Puppet => {
    const found = puppets[index];
    if (found === undefined) throw new Error(`no session ${index} is under control`);
    return found;
  };
  return {
    rests: () => puppets.map(restOf),
    async send(index, query) {
      const puppet = at(index);
      await locks.hold(puppet.slot, puppet.hits + 1);
      send(puppet, query);
      await comeToRest(hand, puppet, puppets);
      await settleOthers(hand, puppet, puppets);
    },
    async letGo(index) {
      const puppet = at(index);
      if (puppet.rest.kind !== "held") throw new Error("only a session that is held can go on");
      puppet.since = puppet.rest.at;
      puppet.rest = { kind: "moves" };
      await locks.letGo(puppet.slot, puppet.since.hit);
      await comeToRest(hand, puppet, puppets);
      await settleOthers(hand, puppet, puppets);
    },
    async strike(index, kind, { peer, reopen }) {
      const puppet = at(index);
      if (puppet.rest.kind !== "held") throw new Error("only a session that is held is struck");
      const { hit } = puppet.rest.at;
      const { pid } = puppet.session;
      if (kind === "cancel") {
        puppet.rest = { kind: "moves" };
        await peer.run("select pg_cancel_backend($1)", [pid]);
        await comeToRest(hand, puppet, puppets);
      } else {
        if (kind === "terminate") await peer.run("select pg_terminate_backend($1)", [pid]);
        else puppet.session.drop();
        if (kind === "drop") await locks.letGo(puppet.slot, hit);
        await hasGone(hand, pid, puppets);
        await withPatience(hand, puppets, becomesIdle(puppet));
        const another = attach(await reopen(), puppet.slot);
        another.hits = hit;
        another.rest = puppet.rest;
        puppets[index] = another;
      }
      await settleWaiting(hand, puppets);
    },
    async waitOut(indexes) {
      await withPatience(hand, puppets, Promise.race(indexes.map((index) => at(index).next())));
      await settleWaiting(hand, puppets);
    },
    async runOut() {
      await locks.openAll();
      await Promise.all(puppets.map((puppet) => withPatience(hand, puppets, rollBack(puppet))));
      await locks.closeAll();
    },
  };
}

const isThere = z.object({ there: z.boolean() });

/** Returns when the server has no process of this number any more: it says so to nobody, and so it is asked. */
async function hasGone(hand: Session, pid: number, puppets: readonly Puppet[]): Promise<void> {
  const since = performance.now();
  for (;;) {
    const { there } = await hand.one(sql.type(isThere)`
      select exists (select from pg_stat_activity where pid = ${pid}) as there`);
    if (!there) return;
    if (performance.now() - since > patienceMs) throw await noRest(hand, puppets);
  }
}

/** A session and what is known of it. */
interface Puppet {
  readonly session: Session;
  readonly slot: number;
  rest: Rest | { readonly kind: "moves" };
  /** The gate of this statement that it was let go from last. */
  since: Arrival | undefined;
  /** The hit of its last arrival. */
  hits: number;
  /** Settles when something is heard of it the next time. */
  next(): Promise<void>;
  heard(): void;
}

function attach(session: Session, slot: number): Puppet {
  let hearing = Promise.withResolvers<void>();
  const puppet: Puppet = {
    session,
    slot,
    rest: { kind: "idle", answer: undefined },
    since: undefined,
    hits: 0,
    next: () => hearing.promise,
    heard() {
      hearing.resolve();
      hearing = Promise.withResolvers();
    },
  };
  session.listen((notice) => {
    const arrival = readArrival(notice);
    if (arrival === undefined) return;
    puppet.hits = arrival.hit;
    puppet.rest = { kind: "held", at: arrival };
    puppet.heard();
  });
  return puppet;
}

function send(puppet: Puppet, query: Query): void {
  puppet.rest = { kind: "moves" };
  puppet.since = undefined;
  void hear(puppet, puppet.session.answer(query));
}

async function hear(puppet: Puppet, answering: Promise<Answer>): Promise<void> {
  puppet.rest = { kind: "idle", answer: await answering };
  puppet.heard();
}

/** Others may wait for it to do so. */
async function rollBack(puppet: Puppet): Promise<void> {
  await becomesIdle(puppet);
  await puppet.session.run("rollback");
}

async function becomesIdle(puppet: Puppet): Promise<void> {
  while (puppet.rest.kind !== "idle") await puppet.next();
}

function restOf(puppet: Puppet): Rest {
  if (puppet.rest.kind === "moves")
    throw new Error(`session ${puppet.session.name} is not at rest`);
  return puppet.rest;
}

const isBlocked = z.object({ blocked: z.boolean() });

/** Returns when a session that moves is held, idle, or waits for one of its peers. */
async function comeToRest(
  hand: Session,
  puppet: Puppet,
  puppets: readonly Puppet[],
): Promise<void> {
  const since = performance.now();
  while (puppet.rest.kind === "moves") {
    await hearWithin(puppet, beforeAskingMs);
    if (puppet.rest.kind !== "moves") return;
    const peers = puppets.filter((each) => each !== puppet).map(({ session }) => session.pid);
    const { blocked } = await hand.one(sql.type(isBlocked)`
      select pg_isolation_test_session_is_blocked(${puppet.session.pid}, ${sql.array(peers, "int4")}) as blocked`);
    if (blocked && puppet.rest.kind === "moves")
      puppet.rest = { kind: "waits", since: puppet.since };
    if (performance.now() - since > patienceMs) throw await noRest(hand, puppets);
  }
}

/** How long a session may go without coming to rest, milliseconds. */
const patienceMs = 15_000;

/**
 * That a session begins to wait is no event, so the server is asked. Most steps are over within a millisecond: asking at
 * once would take their processor from them. It delays only those that wait, and nothing is concluded from it.
 */
const beforeAskingMs = 1;

/** Returns when something is heard of a session, or else after so many milliseconds. */
async function hearWithin(puppet: Puppet, mostMs: number): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, mostMs);
  await Promise.race([puppet.next(), late.promise]);
  clearTimeout(timer);
}

/** Of one that was just found to wait, alone, the server need not be asked again. */
async function settleOthers(
  hand: Session,
  puppet: Puppet,
  puppets: readonly Puppet[],
): Promise<void> {
  if (puppets.some((each) => each !== puppet && each.rest.kind === "waits"))
    await settleWaiting(hand, puppets);
}

const blockers = z.object({ pid: z.number(), blockers: z.array(z.number()) });

/** Follows those that waited and wait no more, in the order of sessions, until all are at rest; deadlocks are waited out. */
async function settleWaiting(hand: Session, puppets: readonly Puppet[]): Promise<void> {
  for (;;) {
    const waiting = puppets.filter(({ rest }) => rest.kind === "waits");
    if (waiting.length === 0) return;
    const waits = await hand.all(sql.type(blockers)`
      select pid, pg_blocking_pids(pid) as blockers
      from unnest(${sql.array(
        waiting.map(({ session }) => session.pid),
        "int4",
      )}) as pid`);
    const pids = new Set(puppets.map(({ session }) => session.pid));
    const graph = new Map(
      waits.map((each) => [each.pid, each.blockers.filter((pid) => pids.has(pid))]),
    );
    const freed = waiting.find(
      ({ session, rest }) => rest.kind !== "waits" || graph.get(session.pid)?.length === 0,
    );
    if (freed !== undefined) {
      if (freed.rest.kind === "waits") freed.rest = { kind: "moves" };
      await comeToRest(hand, freed, puppets);
      continue;
    }
    const deadlocked = waiting.filter(({ session }) => isInCircle(session.pid, graph));
    if (deadlocked.length === 0) return;
    await withPatience(hand, puppets, Promise.race(deadlocked.map((each) => each.next())));
  }
}

function isInCircle(pid: number, graph: ReadonlyMap<number, readonly number[]>): boolean {
  const reached = new Set(graph.get(pid));
  for (const each of reached) for (const next of graph.get(each) ?? []) reached.add(next);
  return reached.has(pid);
}

async function withPatience<Value>(
  hand: Session,
  puppets: readonly Puppet[],
  happening: Promise<Value>,
): Promise<Value> {
  const late = Promise.withResolvers<"late">();
  const timer = setTimeout(() => late.resolve("late"), patienceMs);
  const first = await Promise.race([happening.then((value) => ({ value })), late.promise]);
  clearTimeout(timer);
  if (first === "late") throw await noRest(hand, puppets);
  return first.value;
}

const line = z.object({ line: z.string() });

/** Tells where each session is, whom it waits for and what it has locked. */
async function noRest(hand: Session, puppets: readonly Puppet[]): Promise<RehearsalError> {
  const pids = puppets.map(({ session }) => session.pid);
  const lines = await hand.all(sql.type(line)`
    select format('%s: %s, waits for {%s}, holds %s: %s', a.application_name, a.state,
      array_to_string(pg_blocking_pids(a.pid), ', '),
      (select string_agg(distinct format('%s on %s', l.mode, coalesce(l.relation::regclass::text, l.locktype)), ', ')
         from pg_locks l where l.pid = a.pid and l.granted), a.query) as line
    from pg_stat_activity a where a.pid = any (${sql.array(pids, "int4")}) order by 1`);
  const places = puppets.map(({ session, rest }) =>
    rest.kind === "held"
      ? `${session.name} is held at ${rest.at.gate}`
      : `${session.name} ${rest.kind}`,
  );
  return new RehearsalError(
    "NO_REST",
    `A session came to no rest within ${patienceMs / 1000} s. ${places.join("; ")}. The server says:\n` +
      lines.map((each) => `  ${each.line}`).join("\n"),
    { exitCode: 3 },
  );
}
