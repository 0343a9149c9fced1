import type { Check } from "../report/production-record.ts";
import { readServerError, type ServerError } from "../source/server-error.ts";
import { RehearsalError } from "../verdict/rehearsal-error.ts";

/** What a check came to, whatever it is called. */
export type Finding = Omit<Check, "name">;

export function go(says: string, details: readonly string[] = []): Finding {
  return { verdict: "go", says, details };
}

export function noGo(says: string, details: readonly string[] = []): Finding {
  return { verdict: "no-go", says, details };
}

export function unknown(says: string, details: readonly string[] = []): Finding {
  return { verdict: "unknown", says, details };
}

export function noted(says: string, details: readonly string[] = []): Finding {
  return { verdict: "noted", says, details };
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
    return unknown(`could not be told: ${describeRefusal(said)}`);
  }
}

/** Why the server does not show something, in words a person can act on, and its own. */
export function describeRefusal({ sqlstate, message }: ServerError): string {
  return `${reasons[sqlstate] ?? `the server refused (${sqlstate})`}: ${message}`;
}

const reasons: Readonly<Record<string, string>> = {
  "3F000": "it is not there",
  "42501": "this role may not see it",
  "42P01": "it is not there",
  "55P03": "it is locked",
  "57014": "it took too long",
};
