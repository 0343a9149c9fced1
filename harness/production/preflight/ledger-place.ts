import { alembicLedger, readLedger, spoken } from "../../migrations/ledger.ts";
import { RehearsalError } from "../../verdict/rehearsal-error.ts";
import { go, noGo } from "../finding.ts";
import type { PreflightCheck } from "./preflight-check.ts";

/** The ledger is at the revision before. */
export const ledgerPlace: PreflightCheck = {
  name: "ledger",
  async look(looker, { selection: { revision } }) {
    const { id, previousId } = revision;
    const found = await readLedger(looker, alembicLedger).catch((error: unknown) => {
      if (previousId !== null || !isMissing(error)) throw error;
      return null;
    });
    if (found === previousId) return go(`at ${spoken(found)}, and ${id} is next`);
    if (found === id) return noGo(`at ${id} already: there is nothing to apply`);
    return noGo(
      `at ${spoken(found)}, and ${id} stands on ${spoken(previousId)}: bring the database there first`,
    );
  },
};

/** The first revision makes it. */
function isMissing(error: unknown): boolean {
  return error instanceof RehearsalError && error.code === "LEDGER_MISSING";
}
