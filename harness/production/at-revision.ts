import { alembicLedger, readLedger, spoken } from "../migrations/ledger.ts";
import type { Revision } from "../migrations/revision.ts";
import { type Finding, go, noGo } from "./finding.ts";
import type { Looker } from "./look.ts";

/** The ledger is at the revision. */
export async function atRevision(looker: Looker, { id }: Revision): Promise<Finding> {
  const found = await readLedger(looker, alembicLedger);
  return found === id ? go(`at ${found}`) : noGo(`at ${spoken(found)}, not at ${id}`);
}
