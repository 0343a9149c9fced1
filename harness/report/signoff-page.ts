import type { Page, PagePart } from "./page.ts";
import type { Check, ProductionRecord } from "./production-record.ts";
import type { Signoff } from "./signoff.ts";

/** What is signed: how far the revision has come, what each command saw and did, and room for names. */
export function signoffPage(signoff: Signoff): Page {
  const { revision, database, state, records, roles } = signoff;
  return {
    title: `Sign-off of ${revision.to}`,
    parts: [
      {
        kind: "table",
        head: ["", ""],
        rows: [
          ["State", state],
          ["Revision", `${revision.from ?? "no revision"} → ${revision.to}`],
          ["SQL", `sha256 ${revision.hash}`],
          ["Database", `${database.name} at ${database.server} (${database.place})`],
          ["Server", `PostgreSQL ${database.version}`],
          ["Made by", `Rehearsal ${signoff.rehearsal}`],
        ],
      },
      { kind: "heading", text: "What was run" },
      {
        kind: "table",
        head: ["began", "command", "verdict", "seconds", "by", "as", "record"],
        rows: records.map(({ record, file, sha256 }) => [
          record.startedAt,
          record.command,
          words[record.verdict],
          secondsOf(record),
          record.who,
          record.database.role,
          `${file}\nsha256 ${sha256}`,
        ]),
      },
      ...records.flatMap(({ record }) => sectionOf(record)),
      { kind: "heading", text: "Sign-off" },
      {
        kind: "table",
        head: ["Role", "Name", "Date", "Signature"],
        rows: roles.map((role) => [role, "", "", ""]),
      },
    ],
  };
}

function sectionOf(record: ProductionRecord): readonly PagePart[] {
  const facts = Object.entries(record.facts).map(([name, fact]) => ["", name, fact]);
  return [
    { kind: "heading", text: `${record.command}, ${record.startedAt}` },
    {
      kind: "table",
      head: ["verdict", "check", "found"],
      rows: [...record.checks.map(rowOf), ...facts],
    },
  ];
}

function rowOf({ name, verdict, says, details }: Check): string[] {
  const shown = details.slice(0, mostDetails);
  const left = details.length - shown.length;
  const more = left === 0 ? [] : [`… ${left} more in the record`];
  return [words[verdict], name, [says, ...shown, ...more].join("\n")];
}

const mostDetails = 20;

const words: Readonly<Record<Check["verdict"], string>> = {
  go: "go",
  "no-go": "no go",
  unknown: "cannot tell",
  noted: "noted",
};

function secondsOf({ startedAt, endedAt }: ProductionRecord): string {
  return ((Date.parse(endedAt) - Date.parse(startedAt)) / 1000).toFixed(1);
}
