import { z } from "zod";
import type { Database } from "../postgres/database.ts";
import { emptier } from "../postgres/emptier.ts";
import { sql } from "../postgres/query.ts";
import type { Session } from "../postgres/session.ts";
import type { Controller } from "./controller.ts";
import { type Crew, type CrewOptions, openCrew } from "./crew.ts";
import type { Fate } from "./fault.ts";
import { readFate } from "./read-fate.ts";
import { type FirstStops, learnFirstStops } from "./first-stops.ts";
import { type Footprints, learnFootprints } from "./footprints.ts";
import { type GatePlace, type InstalledGates, installGates } from "../gates/install-gates.ts";
import { quoteGate } from "../gates/quote-gate.ts";

/** A gated database of its own with sessions under control, on which programs are run one after the other. */
export interface Lane extends AsyncDisposable {
  readonly crew: Crew;
  /** The crew's. */
  readonly controller: Controller;
  readonly gates: InstalledGates;
  /** What transactions touch, learned on this lane. */
  readonly footprints: Footprints;
  /** A session that passes all gates: for what is done before a program and for reading what it leaves. */
  readonly reader: Session;
  /** What became of a transaction; one that has no number has changed nothing and counts as aborted. */
  fateOf(xid: string | null): Promise<Fate>;
  /** Makes the state that programs start from: `set` fills the empty tables. */
  prepare(set: (database: Database) => Promise<void>): Promise<void>;
  /** Brings tables and sequences back to the prepared state. All sessions must be idle. */
  reset(): Promise<void>;
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

/** Gates a clone and opens its sessions. The database stays the caller's; disposing the lane closes its sessions. */
export async function openLane(database: Database, options: CrewOptions): Promise<Lane> {
  await using opening = new AsyncDisposableStack();
  const connect = async (name: string): Promise<Session> =>
    opening.use(await database.connect({ name, role: "deployer" }));
  const owner = await connect("owner");
  const gates = await installGates(owner);
  const hand = await connect("controller");
  const crew = opening.use(await openCrew(database, hand, options));
  const { defers } = await owner.one(anyDeferrable);
  const placeOf = (label: string | undefined): GatePlace | undefined =>
    label === undefined ? undefined : gates.places.get(label);
  let reset = await emptier(owner, database.keepRowsOf);
  const opened = opening.move();
  return {
    crew,
    controller: crew.controller,
    gates,
    footprints: learnFootprints(hand),
    reader: owner,
    fateOf: (xid) => readFate(hand, xid),
    async prepare(set) {
      await database.empty();
      await set(database);
      reset = await emptier(owner, database.keepRowsOf);
    },
    async reset() {
      await reset();
      await crew.forget();
    },
    giveUp: () => crew.controller.runOut(),
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

const anyDeferrable = sql.type(z.object({ defers: z.boolean() }))`
  select exists (select from pg_trigger where tgdeferrable and not tgisinternal)
    or exists (select from pg_constraint where condeferrable) as defers`;

/** A return of nothing more than a name or a constant, or the end of the body. */
function isReturn(place: GatePlace | undefined): boolean {
  return place?.kind === "statement" && /^(?:return(?:\s+\w+)?\s*;|end\b)/iu.test(place.text);
}
