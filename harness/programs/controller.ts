import type { Query } from "../postgres/query.ts";
import type { Session } from "../postgres/session.ts";
import type { FaultKind } from "./fault.ts";
import { holdGateLocks } from "../gates/gate-locks.ts";
import { attach, becomesIdle, type Puppet, type Rest, restOf, rollBack, send } from "./puppet.ts";
import { comeToRest, hasGone, settleOthers, settleWaiting, withPatience } from "./settle.ts";

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
