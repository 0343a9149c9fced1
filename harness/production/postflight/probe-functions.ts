import { plainText } from "../../postgres/query.ts";
import { quoteName } from "../../postgres/quote-name.ts";
import type { Session } from "../../postgres/session.ts";
import { readServerError } from "../../source/server-error.ts";
import type { Errand } from "../errand.ts";
import { type Finding, go, noGo, noted, unknown } from "../finding.ts";
import type { Probe, ProductionBinding } from "../production-binding.ts";
import type { Target } from "../target.ts";

/** What was found on each function, by what a person calls it, in the order of calls. */
export type Probed = readonly (readonly [name: string, finding: Finding])[];

/**
 * Calls every bound function as the application's role in one transaction that is rolled back. `caller` is who logs in: the
 * application itself, or a role that may act as it. Counters go on, since no rollback takes them back.
 */
export async function probeFunctions(errand: Errand, caller: Target): Promise<Probed> {
  const { binding, production, roles } = errand;
  if (binding === undefined || production?.probe === undefined)
    return [["functions", noted("the bindings say of no function how it is called")]];
  await using session = await caller.connect("probe", {
    lock_timeout: "200ms",
    statement_timeout: "10s",
    idle_in_transaction_session_timeout: "30s",
  });
  const app = roles["app"];
  if (app !== undefined && caller.role !== app) {
    const refused = await session.answer(plainText(`set role ${quoteName(app)}`));
    if (refused.kind !== "rows")
      return [
        [
          "functions",
          unknown(
            `${caller.role} may not act as ${app}, who calls them: log in as it with --app-url, or grant ${app} to ${caller.role}`,
          ),
        ],
      ];
  }
  await session.run("begin");
  const calls: (readonly [string, Finding])[] = [];
  try {
    await callAll(session, production.probe, calls);
  } finally {
    await session.run("rollback");
  }
  return [...calls, ["functions", summary(binding.functions, calls)]];
}

/** Stops at the first call that goes wrong: the transaction is over then. */
async function callAll(
  session: Session,
  probe: NonNullable<ProductionBinding["probe"]>,
  calls: (readonly [string, Finding])[],
): Promise<void> {
  const call: Probe = async ({ function: signature, query, expected, isRight }) => {
    const name = nameOf(signature);
    try {
      const rows = await session.all(query);
      const right = isRight(rows);
      const shown = rows.map((row) => JSON.stringify(row)).join(", ") || "no row";
      const finding = right ? go(`answers ${expected}`) : noGo(`answers ${shown}, not ${expected}`);
      calls.push([name, finding]);
      if (!right) throw new WrongAnswer();
      return rows;
    } catch (error) {
      const said = readServerError(error);
      if (said === undefined) throw error;
      calls.push([name, noGo(`fails: ${said.sqlstate} ${said.message}`)]);
      throw new WrongAnswer();
    }
  };
  try {
    await probe(call);
  } catch (error) {
    if (!(error instanceof WrongAnswer)) throw error;
  }
}

class WrongAnswer extends Error {
  override readonly name = "WrongAnswer";
}

function summary(functions: readonly string[], calls: Probed): Finding {
  const called = new Set(calls.map(([name]) => name));
  const silent = functions.map(nameOf).filter((name) => !called.has(name));
  if (silent.length > 0) return noGo(`not called: ${silent.join(", ")}`);
  const wrong = calls.some(([, { verdict }]) => verdict !== "go");
  return wrong
    ? noGo("not all answer as they must")
    : go(`all ${functions.length} called and rolled back`);
}

/** `schema.name(types)` is shown as its name. */
function nameOf(signature: string): string {
  return signature.slice(signature.indexOf(".") + 1, signature.indexOf("("));
}
