import { z } from "zod";
import { openCast } from "../../explore/actor.ts";
import { createRecorder, type Recorder, showAnswer } from "../../explore/recorder.ts";
import type { Stage } from "../../explore/stage.ts";
import type { Database } from "../../postgres/database.ts";
import { sql } from "../../postgres/query.ts";
import type { Law } from "../law.ts";
import { type MigrationPart, operatorOf } from "./migration-part.ts";

export const leastPrivilege: Law<MigrationPart> = {
  id: "migration.least-privilege",
  claim:
    "it runs as the role that runs it in production; afterwards each role can do what it needs and PUBLIC nothing",
  situations: ["a role does what it must", "a role is refused", "PUBLIC was looked at"],
  isBound: ({ meant }) => meant !== undefined,
  async trial(stage) {
    const judge = createRecorder("up as a role that is no superuser, then as each role");
    await using database = await stage.binding.openBaseline();
    const operator = await operatorOf(stage, database, judge);
    const before = await openDoors(database);
    judge.demandEqual(await operator.up(), "done", "up");
    const opened = (await openDoors(database)).filter((door) => !before.includes(door));
    stage.tally.meet("PUBLIC was looked at");
    judge.demandEqual(opened, [], "what is open to those who should not have it");
    judge.demandEqual(stage.binding.lent ?? "", "", "what the application's role had to be lent");
    await tryRoles(stage, database, judge);
  },
};

const door = z.object({ door: z.string() });

/** What PUBLIC may do, and functions with their owner's rights whose names a caller could lead elsewhere. */
async function openDoors(database: Database): Promise<string[]> {
  await using session = await database.connect({ name: "reader", role: "deployer" });
  const doors = await session.all(sql.type(door)`
    with own as (
      select oid from pg_namespace
      where nspname not in ('pg_catalog', 'information_schema') and nspname !~ '^pg_(toast|temp)'
    )
    select format('PUBLIC may execute %s', p.oid::regprocedure) as door
      from pg_proc p where p.pronamespace in (select oid from own)
        and has_function_privilege('public', p.oid, 'execute')
    union all
    select format('PUBLIC may %s %s', lower(a.privilege_type), c.oid::regclass)
      from pg_class c, aclexplode(c.relacl) a
      where c.relnamespace in (select oid from own) and a.grantee = 0
    union all
    select format('PUBLIC may %s in schema %I', lower(a.privilege_type), n.nspname)
      from pg_namespace n, aclexplode(n.nspacl) a
      where n.oid in (select oid from own) and a.grantee = 0
    union all
    select format('%s runs with its owner''s rights on a search path of the caller''s', p.oid::regprocedure)
      from pg_proc p where p.pronamespace in (select oid from own) and p.prosecdef
        and not exists (select from unnest(p.proconfig) c where c ~ '^search_path=(.*, *)?"?pg_temp"?$')
    order by 1`);
  return doors.map((each) => each.door);
}

const refused = "42501";

async function tryRoles(
  { binding, tally }: Stage<MigrationPart>,
  database: Database,
  judge: Recorder,
): Promise<void> {
  await using cast = await openCast(database, judge);
  for (const { role, query } of binding.meant?.mustWork ?? []) {
    const actor = await cast.enter(role, { role });
    const answer = await actor.asks(query);
    tally.meet("a role does what it must");
    judge.demandEqual(
      answer.kind === "rows" ? "done" : showAnswer(answer),
      "done",
      `what ${role} must do`,
    );
  }
  for (const { role, query } of binding.meant?.mustFail ?? []) {
    const actor = await cast.enter(role, { role });
    const answer = await actor.asks(query);
    tally.meet("a role is refused");
    const told = answer.kind === "error" ? answer.sqlstate : showAnswer(answer);
    judge.demandEqual(told, refused, `the answer to ${role}, who must not do this`);
  }
}
