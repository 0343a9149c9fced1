/**
 * Goal: The house stands as its plan draws it: imports point down, each floor keeps to itself, files stay small.
 * Method: Every source file is read, its imports are parsed out of the text, and the plan's rules are tried on them.
 */
import { globSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const root = resolve(import.meta.dirname, "../..");

interface Source {
  /** From the root of the project, such as `harness/laws/law.ts`. */
  readonly path: string;
  readonly text: string;
  /** Files of the project that it imports, types included, as paths from the root. */
  readonly imports: readonly string[];
}

const sources = globSync("{harness,specs,fixtures,scripts}/**/*.ts", { cwd: root }).map(readSource);

/** From the ground up. Rooms of one row may use one another as long as no files go round in a circle. */
const floors: readonly (readonly string[])[] = [
  ["verdict", "history", "schedule", "source", "report"],
  ["host"],
  ["postgres", "redis"],
  ["catalog"],
  ["migrations"],
  ["gates"],
  ["explore", "programs"],
  ["laws"],
  ["mutation"],
  ["kit"],
  ["verify"],
  ["bench", "production"],
];

test("every room of the harness is on the plan", () => {
  const rooms = new Set(harness().map(({ path }) => roomOf(path)));

  expect([...rooms].filter((room) => floorOf(room) === -1)).toEqual([]);
});

test("imports inside the harness point down", () => {
  const upward = harness().flatMap(({ path, imports }) =>
    imports
      .filter((target) => floorOf(roomOf(target)) > floorOf(roomOf(path)))
      .map((target) => `${path} imports ${target}`),
  );

  expect(upward).toEqual([]);
});

test("nothing in the harness knows specs, fixtures or scripts", () => {
  const outward = harness().flatMap(({ path, imports }) =>
    imports
      .filter((target) => !target.startsWith("harness/"))
      .map((target) => `${path}: ${target}`),
  );

  expect(outward).toEqual([]);
});

test("scripts use the harness only, fixtures use neither specs nor scripts", () => {
  const allowed: Readonly<Record<string, RegExp>> = {
    scripts: /^(harness|scripts)\//,
    fixtures: /^(harness|fixtures)\//,
  };
  const strayed = sources.flatMap(({ path, imports }) => {
    const may = allowed[path.split("/")[0] ?? ""];
    return imports
      .filter((target) => may !== undefined && !may.test(target))
      .map((target) => `${path} imports ${target}`);
  });

  expect(strayed).toEqual([]);
});

test("no files import one another in a circle", () => {
  expect(findCircle()).toBeUndefined();
});

test("drivers are known in their own rooms only", () => {
  const drivers =
    /(?:^import (?!type).* from |\bimport\()"(pg|slonik|@slonik\/.*|@redis\/client|testcontainers|@testcontainers\/.*)"/m;
  const rooms = new Set(["postgres", "redis", "host"]);
  const found = harness()
    .filter(({ path, text }) => !rooms.has(roomOf(path)) && drivers.test(text))
    .map(({ path }) => path);

  expect(found).toEqual([]);
});

test("the pure band does no I/O and reads no clock", () => {
  const impure =
    /from "(node:(fs|fs\/promises|child_process|net|os|timers)[^"]*|vitest)"|Date\.now|performance\.now/;
  const found = harness()
    .filter(({ path }) => floorOf(roomOf(path)) === 0)
    .filter(({ text }) => impure.test(text))
    .map(({ path }) => path);

  expect(found).toEqual([]);
});

test("the environment is read in one place", () => {
  const places = new Set([
    "harness/verify/environment.ts",
    // What testcontainers and Node's workers read by themselves has to be set and looked at where they look.
    "harness/host/docker.ts",
    "scripts/keep-compiled.ts",
  ]);
  const readers = sources
    .filter(({ path }) => path !== "specs/harness/architecture.spec.ts")
    .filter(({ text }) => text.includes("process.env"))
    .map(({ path }) => path);

  expect(readers.filter((path) => !places.has(path))).toEqual([]);
});

test("nothing in the harness is about one migration", () => {
  const words =
    /m10|distributed_locks|dead_letter_archive|acquire_lock|publish_outbox|claim_outbox/i;
  const found = harness()
    .filter(({ text }) => words.test(withoutComments(text)))
    .map(({ path }) => path);

  expect(found).toEqual([]);
});

describe("files", () => {
  test("none is longer than four hundred lines", () => {
    const long = sources.filter(({ text }) => text.split("\n").length > 401);

    expect(long.map(({ path }) => path)).toEqual([]);
  });

  test("none is a barrel or a bucket", () => {
    const buckets =
      /^(index|utils?|helpers?|types|common|core|misc|shared)\.ts$|\/(utils?|helpers?|common|core|types)\//;
    const named = harness().filter(
      ({ path }) => buckets.test(basename(path)) || buckets.test(path),
    );
    const passOn = sources.filter(({ text }) => /^export (\*|\{[^}]*\}) from /m.test(text));

    expect([...named, ...passOn].map(({ path }) => path)).toEqual([]);
  });

  test("none exports by default but bindings and configuration", () => {
    const found = sources
      .filter(({ text }) => /^export default /m.test(text))
      .filter(({ path }) => !/^fixtures\/[^/]+\/binding\.ts$/.test(path));

    expect(found.map(({ path }) => path)).toEqual([]);
  });

  test("each is kebab-case and imported with its extension", () => {
    const odd = sources.filter(({ path }) => !/^[a-z0-9-]+(\.spec)?\.ts$/.test(basename(path)));
    const bare = sources.filter(({ text }) => /from "\.[^"]*(?<!\.ts)"/.test(text));

    expect([...odd, ...bare].map(({ path }) => path)).toEqual([]);
  });

  test("every imported file is there", () => {
    const paths = new Set(sources.map(({ path }) => path));
    const missing = sources.flatMap(({ path, imports }) =>
      imports.filter((target) => !paths.has(target)).map((target) => `${path}: ${target}`),
    );

    expect(missing).toEqual([]);
  });

  test("every spec says its goal and its method", () => {
    const silent = sources
      .filter(({ path }) => path.endsWith(".spec.ts"))
      .filter(({ text }) => !/^\/\*\*\n \* Goal: [\s\S]*?\n \* Method: /.test(text));

    expect(silent.map(({ path }) => path)).toEqual([]);
  });
});

function readSource(path: string): Source {
  const text = readFileSync(join(root, path), "utf8");
  const targets = [...text.matchAll(/(?:from|import|import\()\s*"(\.[^"]+)"/g)].map(([, target]) =>
    relative(root, resolve(root, dirname(path), target ?? "")),
  );
  return { path, text, imports: targets };
}

/** Comments may show an example of a name. */
function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
}

function harness(): readonly Source[] {
  return sources.filter(({ path }) => path.startsWith("harness/"));
}

function roomOf(path: string): string {
  return path.split("/")[1] ?? "";
}

function floorOf(room: string): number {
  return floors.findIndex((rooms) => rooms.includes(room));
}

/** The files of a circle of imports in order, or undefined if there is none. */
function findCircle(): readonly string[] | undefined {
  const importsOf = new Map(sources.map(({ path, imports }) => [path, imports]));
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]): readonly string[] | undefined => {
    if (way.includes(path)) return [...way.slice(way.indexOf(path)), path];
    if (done.has(path)) return undefined;
    for (const target of importsOf.get(path) ?? []) {
      const circle = visit(target, [...way, path]);
      if (circle !== undefined) return circle;
    }
    done.add(path);
    return undefined;
  };
  for (const { path } of sources) {
    const circle = visit(path, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}
