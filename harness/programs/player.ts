import type { Rest } from "./puppet.ts";
import type { Fate } from "./fault.ts";
import { type Touched, untouched } from "./footprints.ts";
import type { Act, Script } from "./program.ts";
import type { Answer } from "../postgres/session.ts";

/** How far a session has come with its script in one run. */
export interface Player {
  readonly index: number;
  readonly script: Script;
  readonly records: ActRecord[];
  /** The act that is on its way, or else the next one, as a place in the script. */
  at: number;
  /** Whether that act was sent. */
  sent: boolean;
  /** The step in which it first touched anything. */
  began: number | undefined;
  /** What was sent of the act on its way and is told with the next step. */
  sending: Act[];
  /** How many gates its session had met before this run. */
  readonly hitsBefore: number;
  /** The gates that it met, and how often each. */
  readonly hits: Map<string, number>;
  /** Statements and gates since the transaction began: what it touched is known by these. */
  way: string;
  touched: Touched;
  /** All that it was found to have touched in this run. */
  readonly everTouched: Set<Touched>;
  inTransaction: boolean;
  /** The gate of the act on its way that it was held at last. */
  lastGate: string | undefined;
  /** What became of the call on its way, if it was struck. */
  fate: Fate | undefined;
  /** Where its session was found last. */
  seen: Rest | undefined;
}

/** One act and what came of it. */
export interface ActRecord {
  readonly act: Act;
  readonly answer: Answer;
  /** The steps in which it first touched anything and was answered: one act is before another if it ended before that one began. */
  readonly began: number;
  readonly ended: number;
  /** What became of a call that was struck: its answer says nothing of that. */
  readonly fate?: Fate;
}

export function createPlayer(script: Script, index: number, hitsBefore: number): Player {
  return {
    index,
    script,
    records: [],
    at: 0,
    sent: false,
    began: undefined,
    sending: [],
    hitsBefore,
    hits: new Map(),
    way: "",
    touched: untouched,
    everTouched: new Set(),
    inTransaction: false,
    lastGate: undefined,
    fate: undefined,
    seen: undefined,
  };
}

export function actOf({ script, at }: Player): Act | undefined {
  return script.acts[at];
}

/** By what it is known what its transaction has touched: other isolation levels lock otherwise. */
export function wayOf({ script, way }: Player): string {
  return `${script.isolation}${way}`;
}

/** The name of the place that a session may go on from; nothing if it has ended, or waits without bound. */
export function placeOf(player: Player, rest: Rest): string | undefined {
  if (!player.sent) return actOf(player) === undefined ? undefined : `${player.at}`;
  if (rest.kind === "held") {
    const hit = player.hits.get(rest.at.gate) ?? 1;
    return `${player.at} ${rest.at.gate}${hit > 1 ? ` (${hit})` : ""}`;
  }
  if (rest.kind === "waits" && rest.since?.bounded === true)
    return `${player.at} ${rest.since.gate} waits`;
  return undefined;
}
