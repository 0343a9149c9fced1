import { z } from "zod";
import type { Database } from "../../../harness/postgres/database.ts";
import { plainText, sql } from "../../../harness/postgres/query.ts";
import { quoteName } from "../../../harness/postgres/quote-name.ts";
import type { Answer, Session } from "../../../harness/postgres/session.ts";
import { readServerError } from "../../../harness/source/server-error.ts";

export interface Calls {
  readonly schema: string;
  readonly role: string;
  readonly calls: readonly string[];
  /** Of the session, such as `rehearsal.slot`. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface Played {
  /** What was answered and said to each call, and the rows that are left; instants only as far as there are any. */
  readonly seen: readonly unknown[];
  /** Labels of the gates that were met, in order. */
  readonly gates: readonly string[];
}

/** Runs calls one after the other in a session whose path is the schema. */
export async function play(database: Database, asked: Calls): Promise<Played> {
  await using session = await database.connect({
    name: "player",
    role: asked.role,
    settings: { ...asked.settings, search_path: asked.schema },
  });
  const seen: unknown[] = [];
  const gates: string[] = [];
  session.listen(({ message, detail }) => {
    if (message === "rehearsal gate") gates.push(gateDetail.parse(JSON.parse(detail ?? "")).gate);
    else seen.push({ message, detail });
  });
  for (const call of asked.calls)
    seen.push({ call, answer: told(await session.answer(plainText(call))) });
  seen.push(...(await rowsOf(database, asked.schema)));
  return { seen, gates };
}

const gateDetail = z.object({ gate: z.string() });

/** An error with the lines that it happened in. */
function told(answer: Answer): unknown {
  if (answer.kind !== "error") return withoutInstants(answer);
  return { ...answer, cause: readServerError(answer.cause) };
}

const instant = z.union([z.date(), z.string().regex(/^\d{4}-\d\d-\d\d[ T]/)]);

function withoutInstants(value: unknown): unknown {
  if (instant.safeParse(value).success) return "an instant";
  if (Array.isArray(value)) return value.map(withoutInstants);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, withoutInstants(each)]),
  );
}

const named = z.object({ name: z.string(), kind: z.enum(["r", "S"]) });
const row = z.object({ row: z.record(z.string(), z.unknown()) });

async function rowsOf(database: Database, schema: string): Promise<unknown[]> {
  await using owner = await database.connect({ name: "reader", role: "deployer" });
  const found = await owner.all(sql.type(named)`
    select relname as name, relkind as kind from pg_class
    where relnamespace = ${schema}::regnamespace and relkind in ('r', 'S') order by 1`);
  const rows: unknown[] = [];
  for (const { name, kind } of found)
    rows.push({ name, rows: await readRows(owner, quoteName(schema, name), kind) });
  return rows;
}

async function readRows(owner: Session, name: string, kind: "r" | "S"): Promise<unknown> {
  const columns = kind === "S" ? "last_value, is_called" : "*";
  const text = `select to_jsonb(each) as row from (select ${columns} from ${name}) as each order by 1`;
  const { rows } = await owner.run(text);
  return withoutInstants(z.array(row).parse(rows));
}
