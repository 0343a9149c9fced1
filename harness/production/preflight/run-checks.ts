import type { Check } from "../../report/production-record.ts";
import type { Session } from "../../postgres/session.ts";
import { orUnknown } from "../finding.ts";
import { look } from "../look.ts";
import type { PreflightCheck, PreflightContext } from "./preflight-check.ts";

/** Makes checks one after the other, each in a transaction of its own, and tells each as it ends. */
export async function runChecks(
  session: Session,
  checks: readonly PreflightCheck[],
  context: PreflightContext,
  tell: (check: Check) => void,
): Promise<readonly Check[]> {
  const made: Check[] = [];
  for (const { name, look: find } of checks) {
    const finding = await orUnknown(() => look(session, (looker) => find(looker, context)));
    const check = { name, ...finding };
    made.push(check);
    tell(check);
  }
  return made;
}
