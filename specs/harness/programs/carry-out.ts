import { z } from "zod";
import type { Database } from "../../../harness/postgres/database.ts";
import { plainText, sql } from "../../../harness/postgres/query.ts";
import type { Answer, Session } from "../../../harness/postgres/session.ts";

/** What a person sees who carries out a script. */
export interface Seen {
  /** What each session was answered, one statement after the other, those without rows left out. */
  readonly answers: Readonly<Record<string, readonly string[]>>;
  /** The rows that each statement at the end read. */
  readonly left: readonly (readonly unknown[])[];
}

/** Carries out the script of a witness: each section in a session of its own, steps in the order of their numbers. */
export async function carryOut(script: string, database: Database): Promise<Seen> {
  await using resources = new AsyncDisposableStack();
  const watcher = resources.use(await database.connect({ name: "watcher", role: "deployer" }));
  const typists = new Map<string, Typist>();
  const [prepared, ...steps] = stepsOf(script);
  await watcher.run(prepared?.statements.join(";") ?? "");
  for (const { section, statements } of steps) {
    const role = isSession(section) ? "app" : "deployer";
    const open = async (): Promise<Typist> =>
      createTypist(resources.use(await database.connect({ name: section, role })));
    const typist = typists.get(section) ?? (await open());
    typists.set(section, typist);
    typist.type(statements);
    for (const each of typists.values()) await comesToRest(each, watcher);
  }
  const left = typists.get("afterwards")?.answers ?? [];
  const sections = [...typists].filter(
    ([name]) => !["before", "afterwards", "gates"].includes(name),
  );
  return {
    answers: Object.fromEntries(
      sections.map(([name, { answers }]) => [name, answers.flatMap((each) => shown(each))]),
    ),
    left: left.map((each) => (each.kind === "rows" ? each.rows : [])),
  };
}

/** The other sections are not about one of the sessions. */
function isSession(section: string): boolean {
  return !["before", "gates", "afterwards"].includes(section);
}

interface Typist {
  readonly session: Session;
  readonly answers: Answer[];
  isIdle(): boolean;
  /** Sends them one after the other, behind what is not answered yet. */
  type(statements: readonly string[]): void;
}

function createTypist(session: Session): Typist {
  const answers: Answer[] = [];
  let waiting = 0;
  let last: Promise<void> = Promise.resolve();
  const ask = async (statement: string, before: Promise<void>): Promise<void> => {
    await before;
    answers.push(await session.answer(plainText(statement)));
    waiting -= 1;
  };
  return {
    session,
    answers,
    isIdle: () => waiting === 0,
    type(statements) {
      for (const statement of statements) {
        waiting += 1;
        last = ask(statement, last);
      }
    },
  };
}

const waits = z.object({ waits: z.boolean() });

/** Returns when a session has nothing on its way or waits for a lock. */
async function comesToRest(typist: Typist, watcher: Session): Promise<void> {
  for (;;) {
    const asked = await watcher.one(sql.type(waits)`
      select cardinality(pg_blocking_pids(${typist.session.pid})) > 0 as waits`);
    if (typist.isIdle() || asked.waits) return;
  }
}

interface ScriptStep {
  readonly step: number;
  readonly section: string;
  readonly statements: readonly string[];
}

/** The steps of all sections in the order of their numbers. */
function stepsOf(script: string): readonly ScriptStep[] {
  const [, ...sections] = script.split(/^-- === /mu);
  return sections
    .flatMap((text) => {
      const [head = "", ...steps] = text.split(/^-- (?=\d+\.)/mu);
      const section = head.split(" ===")[0] ?? "";
      return steps.map((step): ScriptStep => {
        const [number = "", ...lines] = step.split("\n");
        const body = lines.join("\n").trim();
        // Functions have statements within: what is prepared is one text.
        const statements = section === "before" ? [body] : body.split(/;$/mu);
        return {
          step: Number.parseInt(number, 10),
          section,
          statements: statements.filter((statement) => statement.trim() !== ""),
        };
      });
    })
    .toSorted((one, other) => one.step - other.step);
}

function shown(answer: Answer): string[] {
  if (answer.kind !== "rows") return [answer.kind === "error" ? answer.sqlstate : answer.kind];
  return answer.rows.map((row) => String(z.object({ answer: z.unknown() }).parse(row).answer));
}
