import { z } from "zod";
import { sql } from "../postgres/query.ts";
import type { Session } from "../postgres/session.ts";
import { type PlacedGates, placeGates } from "../source/place-gates.ts";
import type { Touches } from "../source/plpgsql-touch.ts";
import {
  gateCall,
  gateFunction,
  gateTrigger,
  type TableEvent,
  tableEvents,
} from "./gate-function.ts";
import { functionNames, type UserFunction, userFunctions, userTables } from "./gateable.ts";

/** Gates before statements of functions, or before everything that changes a table, whoever does it. */
export type GateKind = "statement" | "trigger";

/** Where a gate is: what a witness quotes. */
export type GatePlace =
  | {
      readonly kind: "statement";
      /** With its schema and the types of its arguments. */
      readonly function: string;
      /** Within the body, as the server counts: line 1 is what follows the opening quote. */
      readonly line: number;
      /** The line that the gate stands before. */
      readonly text: string;
    }
  | { readonly kind: "trigger"; readonly table: string; readonly event: TableEvent };

export interface InstalledGates {
  /** By label, such as `take_lease#3` or `insert on leases`; with schema and arguments where names alone are not unique. */
  readonly places: ReadonlyMap<string, GatePlace>;
  /** What puts each gate there: the gated function by its signature, the trigger by its label. */
  readonly definitions: ReadonlyMap<string, string>;
  /** Functions that were left as they are, and why. */
  readonly refused: readonly Refused[];
}

interface Refused {
  readonly function: string;
  readonly reason: string;
}

/**
 * Puts gates into a throwaway clone: into every PL/pgSQL function outside of the server's schemas, and on every table
 * there. Functions keep their owner, privileges, settings and comments. The session is one of the tables' owner; a
 * function that it may not replace is refused. On an error nothing is changed, and the driver's error is thrown.
 */
export async function installGates(
  owner: Session,
  kinds: readonly GateKind[] = ["statement", "trigger"],
): Promise<InstalledGates> {
  await owner.run("begin");
  try {
    // With nothing on the path the server prints, and then reads, every name with its schema.
    await owner.run("set local search_path = ''; set local check_function_bodies = off");
    const installed = await install(owner, kinds);
    await owner.run("commit");
    return installed;
  } catch (error) {
    await owner.run("rollback");
    throw error;
  }
}

async function install(owner: Session, kinds: readonly GateKind[]): Promise<InstalledGates> {
  const names = await owner.all(functionNames);
  const functions = kinds.includes("statement") ? await owner.all(userFunctions) : [];
  const tables = kinds.includes("trigger") ? await owner.all(userTables) : [];
  const { versionNum } = await owner.one(serverVersion);
  await owner.run(gateFunction(versionNum));

  const places = new Map<string, GatePlace>();
  const definitions = new Map<string, string>();
  const refused: Refused[] = [];
  for (const [each, gated] of placeAll(functions, new Set(names.map(({ name }) => name)))) {
    if (gated.kind === "refused") {
      refused.push({ function: each.signature, reason: gated.reason });
      continue;
    }
    definitions.set(each.signature, gated.definition);
    for (const { number, line, text } of gated.gates)
      places.set(`${each.label}#${number}`, {
        kind: "statement",
        function: each.signature,
        line,
        text,
      });
  }
  for (const { label, table } of tables) {
    for (const event of tableEvents) {
      const gate = `${event} on ${label}`;
      definitions.set(gate, gateTrigger(event, table, gate));
      places.set(gate, { kind: "trigger", table, event });
    }
  }
  await owner.run([...definitions.values()].join(";\n"));
  return { places, definitions, refused };
}

type Placed = readonly (readonly [UserFunction, PlacedGates])[];

/** What was placed last: the clones of a run have the same functions, and each takes milliseconds to read. */
let lastPlaced: { readonly of: string; readonly placed: Placed } | undefined;

function placeAll(functions: readonly UserFunction[], names: ReadonlySet<string>): Placed {
  const of = JSON.stringify([functions, [...names]]);
  if (lastPlaced?.of === of) return lastPlaced.placed;
  const touches = touchingFunctions(names);
  const placed = functions.map((each) => [each, gateFunctionOf(each, touches)] as const);
  lastPlaced = { of, placed };
  return placed;
}

function gateFunctionOf(each: UserFunction, touches: Touches): PlacedGates {
  if (each.isEventTrigger)
    return { kind: "refused", reason: "a function of an event trigger: it runs in DDL only" };
  if (!each.mayReplace)
    return {
      kind: "refused",
      reason: `owned by ${each.owner}, whose functions are not ours to replace`,
    };
  return placeGates(each.definition, {
    gateCall: (number) => gateCall(`${each.label}#${number}`),
    touches,
  });
}

/** Whatever is not the server's own may look at tables; of the server's own these share more than rows. */
function touchingFunctions(userNames: ReadonlySet<string>): Touches {
  return (name) => {
    const last = name.slice(name.lastIndexOf(".") + 1);
    return userNames.has(last) || /^(nextval|setval|pg_notify|pg_(try_)?advisory_.*)$/.test(last);
  };
}

const serverVersion = sql.type(z.object({ versionNum: z.int() }))`
  select pg_catalog.current_setting('server_version_num')::int as "versionNum"`;
