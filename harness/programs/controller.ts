import type { Query } from "../postgres/query.ts";
import type { Session } from "../postgres/session.ts";
import type { FaultKind } from "./fault.ts";
import type { Arrival } from "../gates/arrival.ts";
import { createGateLocks } from "../gates/gate-locks.ts";
import {
  attach,
  becomesIdle,
  comesToRest,
  type Puppet,
  type Rest,
  restOf,
  rollBack,
  send,
} from "./puppet.ts";
import {
  comeToRest,
  hasGone,
  holdAt,
  settleOthers,
  settleWaiting,
  type Strings,
  withPatience,
} from "./settle.ts";

/**
 * Lets the sessions of a gated database go on one at a time. Each verb comes back when all are at rest: held at a gate,
 * waiting for another of them, or idle. Who waits is asked of the server; when it goes on, it is held at its next gate.
 * Fails with `NO_REST` if one neither comes to rest nor is answered.
 */
export interface Controller {
  /** Where each session is, in the order in which they were given. */
  rests(): readonly Rest[];
  /** How many gates a session has met; the next hit is one more. */
  hits(session: number): number;
  /** The gates that a session has passed since this was asked last. */
  passed(session: number): readonly Arrival[];
  /** Sends a statement for an idle session, which is held at the gate of a hit, or passes all. */
  send(session: number, query: Query, stop: number | undefined): Promise<void>;
  /** Lets a session that is held go on to the gate of a hit, or to where it rests by itself. */
  letGo(session: number, stop: number | undefined): Promise<void>;
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
export function takeControl(hand: Session, sessions: readonly Session[]): Controller {
  const puppets = sessions.map((session, index) => attach(session, index + 1));
  const strings: Strings = { hand, puppets, locks: createGateLocks(hand) };
  const { locks } = strings;
  const at = (index: number): Puppet => {
    const found = puppets[index];
    if (found === undefined) throw new Error(`no session ${index} is under control`);
    return found;
  };
  return {
    rests: () => puppets.map(restOf),
    hits: (index) => at(index).hits,
    passed: (index) => at(index).passed.splice(0),
    async send(index, query, stop) {
      const puppet = at(index);
      await holdAt(strings, puppet, stop);
      send(puppet, query);
      await comeToRest(strings, puppet);
      await settleOthers(strings, puppet);
    },
    async letGo(index, stop) {
      const puppet = at(index);
      if (puppet.rest.kind !== "held") throw new Error("only a session that is held can go on");
      puppet.since = puppet.rest.at;
      puppet.rest = { kind: "moves" };
      await holdAt(strings, puppet, stop);
      await comeToRest(strings, puppet);
      await settleOthers(strings, puppet);
    },
    async strike(index, kind, { peer, reopen }) {
      const puppet = at(index);
      if (puppet.rest.kind !== "held") throw new Error("only a session that is held is struck");
      const { hit } = puppet.rest.at;
      const { pid } = puppet.session;
      if (kind === "cancel") {
        puppet.rest = { kind: "moves" };
        await peer.run("select pg_cancel_backend($1)", [pid]);
        await comeToRest(strings, puppet);
      } else {
        if (kind === "terminate") await peer.run("select pg_terminate_backend($1)", [pid]);
        else puppet.session.drop();
        if (kind === "drop") await holdAt(strings, puppet, undefined);
        await hasGone(strings, pid);
        await withPatience(strings, becomesIdle(puppet));
        const another = attach(await reopen(), puppet.slot);
        another.hits = hit;
        another.stop = puppet.stop;
        another.rest = puppet.rest;
        puppets[index] = another;
      }
      await settleWaiting(strings);
    },
    async waitOut(indexes) {
      await withPatience(strings, Promise.race(indexes.map((index) => comesToRest(at(index)))));
      await settleWaiting(strings);
    },
    async runOut() {
      for (const puppet of puppets) puppet.stop = undefined;
      await locks.openAll();
      await Promise.all(puppets.map((puppet) => withPatience(strings, rollBack(puppet))));
      for (const puppet of puppets) puppet.passed = [];
    },
  };
}
