import { z } from "zod";
import { createRecorder, type Recorder, showAnswer } from "../../explore/recorder.ts";
import type { Stage } from "../../explore/stage.ts";
import type { Database } from "../../postgres/database.ts";
import { readableText, sql } from "../../postgres/query.ts";
import type { Answer } from "../../postgres/session.ts";
import type { Law } from "../law.ts";
import type { RoleStatement } from "./migration-binding.ts";
import type { MigrationPart } from "./migration-part.ts";
import { openDoors } from "./open-doors.ts";
import { operatorOf } from "./operator.ts";

export const leastPrivilege: Law<MigrationPart> = {
  id: "migration.least-privilege",
  claim:
    "it runs as the role that runs it in production; afterwards each role can do what it needs and PUBLIC nothing",
  situations: ["a role does what it must", "a role is refused", "PUBLIC was looked at"],
  isBound: ({ meant }) => meant !== undefined,
  async trial(stage) {
    const judge = createRecorder("up as a role that is no superuser");
    await using database = await stage.binding.openBaseline();
    await demandNoSuperuser(database, judge);
    const operator = await operatorOf(stage, database, judge);
    const before = await openDoors(database);
    judge.demandEqual(await operator.up(), "done", "up");
    const opened = (await openDoors(database)).filter((door) => !before.includes(door));
    stage.tally.meet("PUBLIC was looked at");
    judge.demandEqual(opened, [], "what is open to those who should not have it");
    judge.demandEqual(stage.binding.lent ?? "", "", "what the application's role had to be lent");
    await tryRoles(stage, database);
  },
};

const privileged = z.object({ superuser: z.boolean() });

async function demandNoSuperuser(database: Database, judge: Recorder): Promise<void> {
  const session = await database.lend({ name: "deployer", role: "deployer" });
  const { superuser } = await session.one(sql.type(privileged)`
    select rolsuper as superuser from pg_roles where rolname = current_user`);
  judge.demandEqual(superuser, false, "whether the deployer is a superuser");
  await database.rest(session);
}

/** What a role without the privilege is told. */
const insufficientPrivilege = "42501";

async function tryRoles(
  { binding, tally }: Stage<MigrationPart>,
  database: Database,
): Promise<void> {
  const { revision } = await binding.selection();
  const ask = async ({
    role,
    query,
  }: RoleStatement): Promise<{ judge: Recorder; answer: Answer }> => {
    const judge = createRecorder(`up, then as ${role}`);
    judge.begin("deployer", `applies ${revision.id}`)("done");
    const tell = judge.begin(role, readableText(query));
    const session = await database.lend({ name: role, role });
    const answer = await session.answer(query);
    await database.rest(session);
    tell(answer.kind === "rows" ? "done" : showAnswer(answer));
    tally.count("comparisons");
    return { judge, answer };
  };
  for (const statement of binding.meant?.mustWork ?? []) {
    const { judge, answer } = await ask(statement);
    tally.meet("a role does what it must");
    judge.demand(answer.kind === "rows", {
      expected: `${statement.role} can do this`,
      happened: showAnswer(answer),
    });
  }
  for (const statement of binding.meant?.mustFail ?? []) {
    const { judge, answer } = await ask(statement);
    tally.meet("a role is refused");
    judge.demand(answer.kind === "error" && answer.sqlstate === insufficientPrivilege, {
      expected: `${statement.role} is refused this for want of a privilege`,
      happened: answer.kind === "rows" ? "it is done" : showAnswer(answer),
    });
  }
}
