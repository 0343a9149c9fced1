/**
 * Goal: The documents at the top level say what is so: links lead somewhere, files that they name are there, and what
 * they list is what the code has.
 * Method: Links, paths and tables are taken out of the text and compared with the files and the laws.
 */
import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { apartSubject } from "../../harness/laws/apart/apart-subject.ts";
import { archiveSubject } from "../../harness/laws/archive/archive-subject.ts";
import { lockSubject } from "../../harness/laws/lock/lock-subject.ts";
import { migrationSubject } from "../../harness/laws/migration/migration-subject.ts";
import { outboxSubject } from "../../harness/laws/outbox/outbox-subject.ts";
import { replaySubject } from "../../harness/laws/replay/replay-subject.ts";

const root = resolve(import.meta.dirname, "../..");
const documents = globSync("{*,docs/*}.md", { cwd: root }).toSorted();

const subjects = [
  migrationSubject,
  lockSubject,
  replaySubject,
  archiveSubject,
  outboxSubject,
  apartSubject,
];
const laws = subjects.flatMap(({ laws: ofOne }) =>
  ofOne.map(({ id, claim, needs = [] }) => ({ id, claim, needs })),
);

test("they are all there", () => {
  expect(documents).toEqual([
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "GLOSSARY.md",
    "README.md",
    "docs/runbook-022.md",
  ]);
});

describe.for(documents)("%s", (document) => {
  test("its links lead to files and headings", () => {
    const links = [...text(document).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
    const dead = links.filter((link) => {
      const [path = "", heading] = link.split("#");
      if (!existsSync(join(root, dirname(document), path))) return true;
      return heading !== undefined && !headingsOf(path || document).includes(heading);
    });

    expect(dead).toEqual([]);
  });

  test("the files that it names are there", () => {
    const named = [...text(document).matchAll(/`((?:\.ci|[a-z]+)\/[\w./*<> -]*)`/g)]
      .map(([, path = ""]) => path.replaceAll(/<[^>]*>/g, "*"))
      // What a run makes is not there yet.
      .filter((path) => !path.startsWith("report/"));
    const missing = named.filter((path) => globSync(path, { cwd: root }).length === 0);

    expect(missing).toEqual([]);
  });
});

test("the README lists every law with its claim, in the order of reports", () => {
  const rows = [...text("README.md").matchAll(/^\| `([a-z]+\.[a-z-]+)` \| (.*) \|$/gm)];

  expect(rows.map(([, id, claim]) => ({ id, claim }))).toEqual(
    laws.map(({ id, claim }) => ({ id, claim })),
  );
});

test("the README names the laws that need Redis", () => {
  const sentence = /\*\*Redis\*\* is needed by ([^:]*?)\. /.exec(text("README.md"))?.[1] ?? "";
  const named = [...sentence.matchAll(/`([^`]+)`/g)].map(([, id = ""]) => id);

  const needy = laws.filter(({ needs }) => needs.includes("redis")).map(({ id }) => id);
  expect(new Set(named)).toEqual(new Set(needy));
});

test("the README shows the bindings as they are in the file", () => {
  const shown = /```ts\n(const binding: Binding[^]*?)```/.exec(text("README.md"))?.[1];

  expect(shown).toBeDefined();
  expect(text("fixtures/shop/binding.ts")).toContain(shown);
});

test("the changelog counts the laws right", () => {
  expect(/(\d+) laws/.exec(text("CHANGELOG.md"))?.[1]).toBe(String(laws.length));
});

test("the drawing of the house shows every room", () => {
  const drawing = /```text\n([^]*?)```/.exec(text("ARCHITECTURE.md"))?.[1] ?? "";
  const drawn = drawing.split("\n").flatMap((line) => {
    const names = /^ {3}([a-z]+(?: · [a-z]+)*) {2}/.exec(line)?.[1] ?? "";
    return names.split(" · ").filter((name) => name !== "");
  });

  expect(drawn.toSorted()).toEqual(readdirSync(join(root, "harness")).toSorted());
});

test("the production run that the README shows is the runbook's", () => {
  const shown = /```console\n([^]*?)```/.exec(text("README.md"))?.[1] ?? "";
  const runbook = text("docs/runbook-022.md").split("\n");
  const lines = shown
    .trimEnd()
    .split("\n")
    .map((line) => line.replace(/^\$ /, ""));

  expect(lines.length).toBeGreaterThan(10);
  expect(lines.filter((line) => !runbook.includes(line))).toEqual([]);
});

function text(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

/** As the anchors of rendered headings read. */
function headingsOf(document: string): string[] {
  return [...text(document).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, "")
      .replaceAll(/\s/g, "-"),
  );
}
