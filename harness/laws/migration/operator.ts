import type { Recorder } from "../../explore/recorder.ts";
import type { Stage } from "../../explore/stage.ts";
import type { Revision } from "../../migrations/revision.ts";
import { runMove } from "../../migrations/run-move.ts";
import type { Database } from "../../postgres/database.ts";
import type { Tenancy } from "../../postgres/tenancy.ts";
import { SqlFailure } from "../../source/sql-failure.ts";
import type { MigrationPart } from "./migration-part.ts";

/** `done`, or what the server said when it refused. */
export type Outcome = string;

/** Carries the revision out and back in one database, as the role that does so in production. */
export interface Operator {
  readonly revision: Revision;
  up(): Promise<Outcome>;
  /** In a session that knows no setting but these: down must not need those that tell the roles' names. */
  down(settings?: Readonly<Record<string, string>>): Promise<Outcome>;
}

export async function operatorOf(
  { binding }: Stage<MigrationPart>,
  database: Database,
  recorder: Recorder,
): Promise<Operator> {
  const { revision } = await binding.selection();
  const moves = await binding.moves();
  const carryOut = async (what: string, move: () => Promise<void>): Promise<Outcome> => {
    const tell = recorder.begin("deployer", labelRoles(what, database.tenancy));
    const outcome = await outcomeOf(move, database.tenancy);
    tell(outcome);
    return outcome;
  };
  return {
    revision,
    up: () =>
      carryOut(`applies ${revision.id}`, async () => {
        const deployer = await database.lend({ name: "deployer", role: "deployer" });
        try {
          await runMove(deployer, moves.up, { settings: binding.settings });
        } finally {
          await database.rest(deployer);
        }
      }),
    // A session that was used before has empty settings where a new one has none.
    down: (settings = {}) =>
      carryOut(`reverts ${revision.id}${spoken(settings)}`, async () => {
        await using deployer = await database.connect({ name: "deployer", role: "deployer" });
        await runMove(deployer, moves.down, { settings });
      }),
  };
}

function spoken(settings: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(settings).map(([name, value]) => `${name} = '${value}'`);
  return pairs.length === 0 ? "" : ` with ${pairs.join(", ")}`;
}

async function outcomeOf(move: () => Promise<void>, tenancy: Tenancy): Promise<Outcome> {
  try {
    await move();
    return "done";
  } catch (error) {
    if (!(error instanceof SqlFailure)) throw error;
    const { sqlstate, serverMessage, hint } = error;
    const place = error.line === undefined ? "" : ` (line ${error.line})`;
    const told = `error ${sqlstate}: ${serverMessage}${place}`;
    return labelRoles(hint === undefined ? told : `${told} Hint: ${hint}`, tenancy);
  }
}

/** The names of a run's roles are its own; the labels are the same in every run. */
function labelRoles(text: string, { deployer, roles }: Tenancy): string {
  return Object.entries({ deployer, ...roles }).reduce(
    (told, [label, { role }]) => told.replaceAll(role, label),
    text,
  );
}
