import type { Check } from "../../report/production-record.ts";
import { readServerError } from "../../source/server-error.ts";
import type { Session } from "../../postgres/session.ts";
import { RehearsalError } from "../../verdict/rehearsal-error.ts";
import { look } from "../look.ts";
import {
  type Finding,
  noGo,
  type PreflightCheck,
  type PreflightContext,
  unknown,
} from "./preflight-check.ts";

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

/**
 * What the server refuses to show cannot be told, and a ledger that says nothing of use is no go; anything else that
 * fails is thrown.
 */
export async function orUnknown(find: () => Promise<Finding>): Promise<Finding> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof RehearsalError && error.code.startsWith("LEDGER_"))
      return noGo(error.message);
    const said = readServerError(error);
    if (said === undefined) throw error;
    const how = reasons[said.sqlstate] ?? `the server refused (${said.sqlstate})`;
    return unknown(`could not be told: ${how}: ${said.message}`);
  }
}

const reasons: Readonly<Record<string, string>> = {
  "42501": "this role may not see it",
  "57014": "it took too long",
  "55P03": "it is locked",
};
