import { z } from "zod";
import { sql } from "../postgres/query.ts";
import type { Session } from "../postgres/session.ts";
import { settlesWithin } from "../explore/settles-within.ts";
import { noRest, patienceMs } from "./no-rest.ts";
import { gateHits, type GateLocks } from "../gates/gate-locks.ts";
import { comesToRest, type Puppet } from "./puppet.ts";

const asked = z.object({ blocked: z.boolean(), hits: z.number() });

/** What a controller has in its hand. */
export interface Strings {
  readonly hand: Session;
  readonly locks: GateLocks;
  readonly puppets: readonly Puppet[];
}

/** Decides where a session is held next; from where it is held now, it goes on. */
export async function holdAt(
  { locks }: Strings,
  puppet: Puppet,
  stop: number | undefined,
): Promise<number | undefined> {
  puppet.stop = stop;
  return await locks.holdAt(puppet.slot, stop);
}

/** Returns when a session that moves is held, idle, or waits for one of its peers. */
export async function comeToRest(strings: Strings, puppet: Puppet): Promise<void> {
  const { hand, puppets } = strings;
  const since = performance.now();
  while (puppet.rest.kind === "moves") {
    const { hits } = puppet;
    await settlesWithin(puppet.next(), beforeAskingMs);
    // While it still passes gates it does not wait.
    const isQuiet = puppet.rest.kind === "moves" && puppet.hits === hits;
    if (isQuiet && (await isBlocked(strings, puppet))) await leaveWaiting(strings, puppet);
    if (performance.now() - since > patienceMs) throw await noRest(hand, puppets);
  }
}

/**
 * What a session says comes by another way than what is said of it: only if it has met no more gates than it has told is it
 * known where it waits.
 */
async function isBlocked({ hand, puppets }: Strings, puppet: Puppet): Promise<boolean> {
  const peers = puppets.filter((each) => each !== puppet).map(({ session }) => session.pid);
  const { rows } = await hand.run(
    `select pg_isolation_test_session_is_blocked($1, $2) as blocked, ${gateHits(puppet.slot)} as hits`,
    [puppet.session.pid, peers],
  );
  const { blocked, hits } = asked.parse(rows[0]);
  return blocked && hits === puppet.hits;
}

/**
 * Whoever waits goes on by itself when it can, and is to be held at the gate after that. One that went on before that gate
 * was closed may have passed it: then it goes on to where it rests by itself.
 */
async function leaveWaiting(strings: Strings, puppet: Puppet): Promise<void> {
  const { hits } = puppet;
  const metBy = (await holdAt(strings, puppet, hits + 1)) ?? hits;
  if (metBy > hits) await passOn(strings, puppet);
  else if (puppet.rest.kind === "moves" && puppet.hits === hits)
    puppet.rest = { kind: "waits", since: puppet.since };
}

async function passOn(strings: Strings, puppet: Puppet): Promise<void> {
  await holdAt(strings, puppet, undefined);
  if (puppet.rest.kind !== "held") return;
  puppet.since = puppet.rest.at;
  puppet.passed.push(puppet.rest.at);
  puppet.rest = { kind: "moves" };
}

/**
 * That a session begins to wait is no event, so the server is asked. Most steps are over within a millisecond: asking at
 * once would take their processor from them. It delays only those that wait, and nothing is concluded from it.
 */
const beforeAskingMs = 1;

/** Of one that was just found to wait, alone, the server need not be asked again. */
export async function settleOthers(strings: Strings, puppet: Puppet): Promise<void> {
  if (strings.puppets.some((each) => each !== puppet && each.rest.kind === "waits"))
    await settleWaiting(strings);
}

const blockers = z.object({ pid: z.number(), blockers: z.array(z.number()) });

/** Follows those that waited and wait no more, in the order of sessions, until all are at rest; deadlocks are waited out. */
export async function settleWaiting(strings: Strings): Promise<void> {
  const { hand, puppets } = strings;
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
      await comeToRest(strings, freed);
      continue;
    }
    const deadlocked = waiting.filter(({ session }) => isInCircle(session.pid, graph));
    if (deadlocked.length === 0) return;
    await withPatience(strings, Promise.race(deadlocked.map(comesToRest)));
  }
}

function isInCircle(pid: number, graph: ReadonlyMap<number, readonly number[]>): boolean {
  const reached = new Set(graph.get(pid));
  for (const each of reached) for (const next of graph.get(each) ?? []) reached.add(next);
  return reached.has(pid);
}

export async function withPatience<Value>(
  { hand, puppets }: Strings,
  happening: Promise<Value>,
): Promise<Value> {
  const first = await settlesWithin(happening, patienceMs);
  if (first === undefined) throw await noRest(hand, puppets);
  return first.value;
}

const isThere = z.object({ there: z.boolean() });

/** Returns when the server has no process of this number any more: it says so to nobody, and so it is asked. */
export async function hasGone({ hand, puppets }: Strings, pid: number): Promise<void> {
  const since = performance.now();
  for (;;) {
    const { there } = await hand.one(sql.type(isThere)`
      select exists (select from pg_stat_activity where pid = ${pid}) as there`);
    if (!there) return;
    if (performance.now() - since > patienceMs) throw await noRest(hand, puppets);
  }
}
