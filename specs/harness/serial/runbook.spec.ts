/**
 * Goal: docs/runbook-022.md is true: its commands, run in their order against a production under live traffic, print what
 * it says and end as it says, its SQL answers what it says, and no statement of the traffic waits for a lock for longer
 * than 100 ms by the server's own account.
 * Method: the blocks are taken out of the page in their order and run in a copy of the checkout, as `npx -y pnpm` would;
 * `verify` at quick effort, for what its laws are worth is shown elsewhere. `…` in what the page shows stands for anything.
 */
import { execFile } from "node:child_process";
import { createServer, type Server } from "node:http";
import { readFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { supportedMajors } from "../../../harness/postgres/postgres-choice.ts";
import { openRedis } from "../../../harness/redis/open-redis.ts";
import { readEnvironment } from "../../../harness/verify/environment.ts";
import { openRun, type Run } from "../../../harness/verify/open-run.ts";
import {
  type Checkout,
  checkout,
  type Ended,
  openCheckout,
  openTemporary,
  type Temporary,
} from "../processes/verify-process.ts";
import { findClients } from "../production/debian-clients.ts";
import { type Production, stageProduction } from "../production/stage-production.ts";
import { startTraffic, type Traffic } from "./live-traffic.ts";

const page = await readFile(join(checkout, "docs/runbook-022.md"), "utf8");

interface Block {
  readonly language: string;
  readonly text: string;
  /** What the page says between this block and the next one. */
  readonly prose: string;
}

const blocks: readonly Block[] = [
  ...page.matchAll(/^```(\w+)\n([^]*?)^```$([^]*?)(?=^```\w|$(?![^]))/gm),
].map(([, language = "", text = "", prose = ""]) => ({ language, text: text.trimEnd(), prose }));
const steps = blocks.flatMap((block, index) => {
  if (block.language === "text" || block.text.startsWith("export ")) return [];
  const next = blocks[index + 1];
  const expected = next?.language === "text" ? next.text : "";
  const code = Number(/exit code (\d)/i.exec(block.prose)?.[1] ?? 0);
  return [{ name: block.text.split("\n")[0] ?? "", ...block, expected, code }];
});

let run: Run;
let production: Production;
let copy: Checkout;
let temporary: Temporary;
let traffic: Traffic;
let health: Server;
let environment: Readonly<Record<string, string>>;
let major: number;
const opened = new AsyncDisposableStack();
beforeAll(async () => {
  run = opened.use(await openRun());
  const { path } = readEnvironment();
  const clients = await findClients(run.folder);
  const theirs = "reason" in clients ? 18 : clients.major;
  major = supportedMajors.find((each) => each === theirs) ?? 18;
  production = opened.use(
    await stageProduction(run.folder, {
      major: supportedMajors.find((each) => each === major) ?? 18,
    }),
  );
  const redis = await openRedis({ kind: "auto", image: "redis:8" }, run.folder, path);
  if ("unavailable" in redis) throw new Error(redis.unavailable);
  opened.use(redis);
  copy = opened.use(await openCheckout());
  temporary = opened.use(await openTemporary());
  health = createServer((_, response) => response.end("ok"));
  await new Promise<void>((listening) => health.listen(0, "127.0.0.1", listening));
  const { port } = z.object({ port: z.number() }).parse(health.address());
  environment = {
    PATH: [dirname(process.execPath), "reason" in clients ? path : clients.path].join(delimiter),
    TMPDIR: temporary.path,
    PRODUCTION: production.url(),
    REDIS: redis.address.url,
    HEALTH: `http://127.0.0.1:${port}/health`,
    PAUSE: "touch paused",
    RESUME: "rm paused",
  };
  traffic = await startTraffic(production);
}, 300_000);
afterAll(async () => {
  health.close();
  await opened.disposeAsync();
});

test("the page uses the variables that it sets", () => {
  const set = [...page.matchAll(/^export (\w+)=/gm)].map(([, name = ""]) => name);
  const used = new Set([...page.matchAll(/"\$(\w+)"/g)].map(([, name = ""]) => name));

  expect(set.toSorted()).toEqual([...used].toSorted());
  expect(Object.keys(environment)).toEqual(expect.arrayContaining(set));
});

describe("step by step", () => {
  test.for(steps)("$name", { timeout: 300_000 }, async ({ language, text, expected, code }) => {
    const ended = language === "sh" ? await command(text) : await statement(text);

    expect(ended).toMatchObject({ code, stdout: expect.stringMatching(shown(expected)) });
  });
});

test("nobody had to wait for any of it, and nothing is left", async () => {
  expect(await traffic.stop()).toBeGreaterThan(100);
  expect(await traffic.longWaits()).toEqual([]);
  expect(await temporary.leftovers()).toEqual([]);
});

/** In a shell, as pnpm does. */
async function command(text: string): Promise<Ended> {
  const [, script = "", args = ""] = /^npx -y pnpm (\S+)(.*)$/.exec(text) ?? [];
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(await readFile(join(copy.path, "package.json"), "utf8")));
  const here = script === "verify" ? " --effort quick" : "";
  const asked = `${scripts[script]}${args.replace("embedded:18", `embedded:${major}`)}${here}`;
  return await promisify(execFile)("sh", ["-c", asked], { cwd: copy.path, env: environment }).then(
    (printed) => ({ code: 0, ...printed }),
    ({ code, stdout, stderr }: Ended) => ({ code, stdout, stderr }),
  );
}

/** Columns apart by `|`, as `psql -At` prints them. */
async function statement(text: string): Promise<Ended> {
  await using session = await production.enter("m10_owner", "runbook");
  const rows = z.array(z.record(z.string(), z.unknown())).parse((await session.run(text)).rows);
  const printed = rows.map((row) => Object.values(row).map(asPsql).join("|")).join("\n");
  return { code: 0, stdout: printed, stderr: "" };
}

function asPsql(value: unknown): string {
  if (typeof value === "boolean") return value ? "t" : "f";
  return String(value);
}

/** A line that is only `…` stands for any lines, one within a line for anything in it. */
function shown(expected: string): RegExp {
  const lines = expected.split("\n").map((line) => {
    if (line === "…") return String.raw`(?:.*\n)*?`;
    return `${line.split("…").map(literally).join(".*")}\n?`;
  });
  return new RegExp(lines.join(""), "m");
}

function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}
