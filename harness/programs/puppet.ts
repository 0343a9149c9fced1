import type { Query } from "../postgres/query.ts";
import type { Answer, Session } from "../postgres/session.ts";
import { type Arrival, readArrival } from "../gates/arrival.ts";

/** Where a controlled session is when nothing moves. */
export type Rest =
  /** Nothing is on its way; `answer` is what came back last. */
  | { readonly kind: "idle"; readonly answer: Answer | undefined }
  | { readonly kind: "held"; readonly at: Arrival }
  /** For another controlled session; `since` is the last gate of this statement that it was let go from. */
  | { readonly kind: "waits"; readonly since: Arrival | undefined };

/** A session and what is known of it. */
export interface Puppet {
  readonly session: Session;
  readonly slot: number;
  /** The hit of the gate at which it is held if it comes there; it passes all others. */
  stop: number | undefined;
  rest: Rest | { readonly kind: "moves" };
  /** The gate of this statement that it passed or was let go from last. */
  since: Arrival | undefined;
  /** The gates that it passed since somebody asked. */
  passed: Arrival[];
  /** The hit of its last arrival. */
  hits: number;
  /** Why its answer could not be read, if so: it does not fit what the binding says of it. */
  failure: unknown;
  /** Settles when something is heard of it the next time. */
  next(): Promise<void>;
  heard(): void;
}

export function attach(session: Session, slot: number): Puppet {
  let hearing = Promise.withResolvers<void>();
  const puppet: Puppet = {
    session,
    slot,
    stop: undefined,
    rest: { kind: "idle", answer: undefined },
    since: undefined,
    passed: [],
    hits: 0,
    failure: undefined,
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
    if (arrival.hit === puppet.stop) puppet.rest = { kind: "held", at: arrival };
    else {
      puppet.since = arrival;
      puppet.passed.push(arrival);
    }
    puppet.heard();
  });
  return puppet;
}

export function send(puppet: Puppet, query: Query): void {
  puppet.rest = { kind: "moves" };
  puppet.since = undefined;
  void hear(puppet, puppet.session.answer(query));
}

async function hear(puppet: Puppet, answering: Promise<Answer>): Promise<void> {
  try {
    puppet.rest = { kind: "idle", answer: await answering };
  } catch (error) {
    puppet.rest = { kind: "idle", answer: undefined };
    puppet.failure = error;
  }
  puppet.heard();
}

/** Others may wait for it to do so. */
export async function rollBack(puppet: Puppet): Promise<void> {
  await becomesIdle(puppet);
  await puppet.session.run("rollback");
}

export async function becomesIdle(puppet: Puppet): Promise<void> {
  while (puppet.rest.kind !== "idle") await puppet.next();
}

/** Of one that waits: goes on, to a gate or to an answer. */
export async function comesToRest(puppet: Puppet): Promise<void> {
  while (puppet.rest.kind === "waits") await puppet.next();
}

export function restOf(puppet: Puppet): Rest {
  const { failure } = puppet;
  puppet.failure = undefined;
  if (failure !== undefined) throw failure;
  if (puppet.rest.kind === "moves")
    throw new Error(`session ${puppet.session.name} is not at rest`);
  return puppet.rest;
}
