import type { Database } from "../postgres/database.ts";
import { type Query, readableText } from "../postgres/query.ts";
import type { Lane } from "./lane.ts";
import type { Session } from "../postgres/session.ts";

/** Makes the state that programs start from, and remembers how. */
export interface Setting {
  do(query: Query): Promise<void>;
  /** Lets so many seconds pass. */
  advance(seconds: number): Promise<void>;
  /** The statements that made it, in order. */
  readonly statements: readonly string[];
}

function createSetting(session: Session, database: Database): Setting {
  const statements: string[] = [];
  return {
    statements,
    async do(query) {
      await session.all(query);
      statements.push(readableText(query));
    },
    async advance(seconds) {
      const moved = await database.advance(seconds);
      statements.push(`-- ${seconds} s pass\n${moved.join(";\n")}`);
    },
  };
}

/** Makes a state in the empty tables of a lane, which its programs start from; the statements that made it. */
export async function prepareLane(
  lane: Lane,
  set: (setting: Setting) => Promise<void>,
): Promise<readonly string[]> {
  let statements: readonly string[] = [];
  await lane.prepare(async (database) => {
    const session = await database.lend({ name: "setter", role: "app" });
    const setting = createSetting(session, database);
    await set(setting);
    statements = setting.statements;
    await database.rest(session);
  });
  return statements;
}
