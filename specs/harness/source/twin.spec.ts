/**
 * Goal: A twin's file reads like a conflict, and breaks one place of one revision or says why it cannot.
 * Method: Twins as text, applied to a revision made here.
 */
import { expect, test } from "vitest";
import { applyTwin } from "../../../harness/migrations/apply-twin.ts";
import type { Revision } from "../../../harness/migrations/revision.ts";
import { parseTwin } from "../../../harness/source/twin.ts";

const text = `-- twin of lock.exclusive: check-then-insert, so two callers
--   both see the name free
-- also breaks: lock.live, outbox.*
-- in: 001_lock.up.sql
-- take out:
insert into locks values (1)
    on conflict do nothing;
-- put in:
-- a comment of the broken SQL
insert into locks values (1);
`;

const revision: Revision = {
  id: "001_lock",
  previousId: null,
  upFile: "sql/001_lock.up.sql",
  upSql: "create table locks (id int);\ninsert into locks values (1)\n  on conflict do nothing;\n",
  upTransactional: true,
  downFile: "sql/001_lock.down.sql",
  downSql: "drop table locks;\n",
  downTransactional: true,
};

test("reads law, fault, further laws, file and both blocks", () => {
  expect(parseTwin(text)).toEqual({
    law: "lock.exclusive",
    what: "check-then-insert, so two callers both see the name free",
    alsoBreaks: ["lock.live", "outbox.*"],
    byPrograms: false,
    file: "001_lock.up.sql",
    takeOut: "insert into locks values (1)\n    on conflict do nothing;\n",
    putIn: "-- a comment of the broken SQL\ninsert into locks values (1);\n",
  });
});

test("reads a twin that only takes out, with CRLF", () => {
  const cut = text.slice(0, text.indexOf("-- a comment")).trimEnd().replaceAll("\n", "\r\n");

  expect(parseTwin(cut).putIn).toBe("");
});

test("reads a twin that breaks no other law", () => {
  const one = parseTwin(text.replace(/-- also breaks.*\n/, ""));

  expect(one.alsoBreaks).toEqual([]);
  expect(one.what).toBe(parseTwin(text).what);
});

test("breaks the file it names and nothing else", () => {
  const [broken] = applyTwin([revision], parseTwin(text));

  expect(broken).toEqual({
    ...revision,
    upSql:
      "create table locks (id int);\n-- a comment of the broken SQL\ninsert into locks values (1);\n",
  });
});

test("breaks a down file", () => {
  const twin = parseTwin(
    "-- twin of migration.reversible: forgets\n-- in: 001_lock.down.sql\n-- take out:\ndrop table locks;\n-- put in:\nselect 1;\n",
  );

  expect(applyTwin([revision], twin)[0]?.downSql).toBe("select 1;\n");
});

test.each([
  [
    "the law",
    text.replace("-- twin of lock.exclusive:", "-- twin:"),
    "look at -- twin of <law>: <what is wrong>.",
  ],
  ["the file", text.replace("-- in:", "-- into:"), "look at -- in: <file>."],
  ["the lines to take out", text.replace("-- take out:", "--"), "look at -- take out:."],
  ["the lines to put in", text.replace("-- put in:", ""), "look at -- put in:."],
])("names what is missing: %s", (_, broken, message) => {
  expect(() => parseTwin(broken, "a.sql")).toThrow(message);
});

test("refuses a twin that breaks nothing", () => {
  const idle =
    "-- twin of lock.exclusive: x\n-- in: a.sql\n-- take out:\n\n-- put in:\nselect 1;\n";

  expect(() => parseTwin(idle, "a.sql")).toThrow("a.sql takes out no line, so it breaks nothing.");
});

test("no longer applies when its file is gone", () => {
  const twin = { ...parseTwin(text), file: "002_lock.up.sql" };

  expect(() => applyTwin([revision], twin)).toThrow(
    "breaks 002_lock.up.sql, which is none of 001_lock.up.sql, 001_lock.down.sql.",
  );
});

test("no longer applies when its place has changed", () => {
  const changed = { ...revision, upSql: revision.upSql.replace("(1)", "(2)") };

  expect(() => applyTwin([changed], parseTwin(text))).toThrow("001_lock.up.sql: the 2 lines from");
});
