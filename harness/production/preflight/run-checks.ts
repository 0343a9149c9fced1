import type { Session } from "../../postgres/session.ts";
import { type Finding, orUnknown } from "../finding.ts";
import { look } from "../look.ts";
import type { PreflightCheck, PreflightContext } from "./preflight-check.ts";

/** Makes checks one after the other, each in a transaction of its own, and tells each as it ends. */
export async function runChecks(
  session: Session,
  checks: readonly PreflightCheck[],
  context: PreflightContext,
  tell: (name: string, finding: Finding) => void,
): Promise<void> {
  for (const { name, look: find } of checks)
    tell(name, await orUnknown(() => look(session, (looker) => find(looker, context))));
}
