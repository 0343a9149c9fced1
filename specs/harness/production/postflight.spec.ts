/**
 * Goal: after a revision came, every function is really called as the application calls it, whatever is wrong with one is
 * said of that one, and nothing is left behind; the catalog is what was rehearsed, neither less nor more.
 * Method: functions of a staged production are broken one at a time and mended again; rows are read before and after.
 */
import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { readCatalogIn } from "../../../harness/catalog/read-catalog.ts";
import { applyRevision } from "../../../harness/migrations/apply-revision.ts";
import { sql } from "../../../harness/postgres/query.ts";
import type { Session } from "../../../harness/postgres/session.ts";
import { checkHealth } from "../../../harness/production/postflight/check-health.ts";
import { checkDrift, findDrift } from "../../../harness/production/drift.ts";
import type { Errand } from "../../../harness/production/errand.ts";
import { look } from "../../../harness/production/look.ts";
import { probeFunctions } from "../../../harness/production/postflight/probe-functions.ts";
import { rehearse, type Rehearsed } from "../../../harness/production/rehearse.ts";
import { findTarget } from "../../../harness/production/target.ts";
import { openRun, type Run } from "../../../harness/verify/open-run.ts";
import { openErrand } from "./open-errand.ts";
import { owner, type Production, stageProduction } from "./stage-production.ts";

let run: Run;
let production: Production;
let errand: Errand;
let rehearsed: Rehearsed;
let deployer: Session;
beforeAll(async () => {
  run = await openRun();
  production = await stageProduction(run.folder, { rows: 100 });
  errand = await openErrand(production.url());
  rehearsed = await rehearse(run, { ...errand, major: errand.target.major });
  deployer = await production.enter(owner);
  await applyRevision(deployer, errand.selection.revision, { settings: errand.sessionSettings });
  await deployer.run(
    `select m10_recovery.acquire_lock('busy', 'worker', 600); select m10_recovery.record_replay('o', 'd');
     select m10_recovery.archive_dead_letter('d', 'o', 1, null, '{}')`,
  );
});
afterAll(async () => {
  await deployer[Symbol.asyncDispose]();
  await production[Symbol.asyncDispose]();
  await run[Symbol.asyncDispose]();
});

describe("calling the functions", () => {
  test("all nine answer as they must, and no row is left or changed", async () => {
    const before = await rows();

    const probed = await probeFunctions(errand, errand.target);

    expect(probed.filter(([, { verdict }]) => verdict !== "go")).toEqual([]);
    expect(probed.map(([name]) => name).slice(0, 3)).toEqual([
      "acquire_lock",
      "extend_lock",
      "release_lock",
    ]);
    expect(probed.slice(0, 3).map(([, { says }]) => says)).toEqual(Array(3).fill("answers t"));
    expect(probed.at(-1)?.[1].says).toBe("all 9 called and rolled back");
    expect(await rows()).toEqual(before);
  });

  test("an event that was due before is claimed and given back", async () => {
    await deployer.run("select m10_recovery.publish_outbox('order', '1', 'paid', '{}')");
    onTestFinished(() => asDeployer("delete from m10_recovery.outbox"));
    const before = await rows();

    const probed = new Map(await probeFunctions(errand, errand.target));

    expect(probed.get("complete_outbox_event")?.says).toContain("another event was due first");
    expect(probed.get("functions")?.verdict).toBe("go");
    expect(await rows()).toEqual(before);
  });

  test("the application may log in itself", async () => {
    const caller = await findTarget(production.url("m10_app"), undefined, { path: "" });

    expect(new Map(await probeFunctions(errand, caller)).get("functions")?.verdict).toBe("go");
  });

  test("whoever may not act as the application cannot tell", async () => {
    const caller = await findTarget(production.url("m10_monitor"), undefined, { path: "" });

    const [[name, finding] = []] = await probeFunctions(errand, caller);

    expect({ name, verdict: finding?.verdict }).toEqual({ name: "functions", verdict: "unknown" });
    expect(finding?.says).toContain("--app-url");
  });

  test("a lock function that works proves nothing about publish_outbox", async () => {
    await breaking(
      "m10_recovery.publish_outbox(text, text, text, jsonb)",
      "begin raise exception 'out of order'; end",
    );

    const probed = new Map(await probeFunctions(errand, errand.target));

    expect(probed.get("acquire_lock")?.verdict).toBe("go");
    expect(probed.get("publish_outbox")).toMatchObject({
      verdict: "no-go",
      says: expect.stringContaining("out of order"),
    });
    expect(probed.get("functions")?.says).toBe(
      "not called: claim_outbox_events, complete_outbox_event",
    );
  });

  test("a wrong answer is one", async () => {
    await breaking("m10_recovery.release_lock(text, text)", "begin return false; end");

    const probed = new Map(await probeFunctions(errand, errand.target));

    expect(probed.get("release_lock")).toMatchObject({
      verdict: "no-go",
      says: 'answers {"answer":false}, not t',
    });
  });

  test("a function that the application may not call is named", async () => {
    const signature = "function m10_recovery.cleanup_expired_locks()";
    await deployer.run(`revoke execute on ${signature} from m10_app`);
    onTestFinished(() => asDeployer(`grant execute on ${signature} to m10_app`));

    const probed = new Map(await probeFunctions(errand, errand.target));

    expect(probed.get("cleanup_expired_locks")?.says).toContain("42501 permission denied");
  });
});

test("the catalog as rehearsed is go; two functions missing and two strangers are not", async () => {
  expect(await catalogFinding()).toMatchObject({ verdict: "go", details: [] });
  const renamed = ["release_lock(text, text)", "cleanup_expired_locks()"];
  for (const each of renamed)
    await deployer.run(`alter function m10_recovery.${each} rename to ${each.split("(")[0]}_old`);
  onTestFinished(async () => {
    for (const each of renamed)
      await deployer.run(
        `alter function m10_recovery.${each.replace("(", "_old(")} rename to ${each.split("(")[0]}`,
      );
  });

  const { verdict, says, details } = await catalogFinding();

  expect(verdict).toBe("no-go");
  expect(says).toContain("missing");
  expect(details).toContainEqual(expect.stringMatching(/^- function m10_recovery\.release_lock\(/));
  expect(details).toContainEqual(
    expect.stringMatching(/^\+ function m10_recovery\.cleanup_expired_locks_old\(/),
  );
});

describe("a health check", () => {
  test.each([
    { status: 200, verdict: "go" },
    { status: 503, verdict: "no-go" },
  ])("that answers $status is $verdict", async ({ status, verdict }) => {
    await using server = await serve(status);

    expect(await checkHealth(server.url)).toMatchObject({
      verdict,
      details: ["status"],
    });
  });

  test("that nobody answers is no go", async () => {
    const server = await serve(200);
    await server[Symbol.asyncDispose]();

    expect(await checkHealth(server.url)).toMatchObject({
      verdict: "no-go",
      says: expect.stringContaining("ECONNREFUSED"),
    });
  });
});

async function serve(status: number): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((_, response) => response.writeHead(status).end("status"));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return {
    url: `http://127.0.0.1:${port}/health`,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

async function asDeployer(statement: string): Promise<void> {
  await deployer.run(statement);
}

/** Gives a function another body to the end of the test. */
async function breaking(signature: string, body: string): Promise<void> {
  const { text } = await deployer.one(sql.type(z.object({ text: z.string() }))`
    select pg_get_functiondef(${signature}::regprocedure) as text`);
  await deployer.run(text.replace(/\$function\$[^]*\$function\$/u, `$function$${body}$function$`));
  onTestFinished(() => asDeployer(text));
}

async function rows(): Promise<unknown[]> {
  const tables = ["work_queue", "distributed_locks", "replay_log", "dead_letter_archive", "outbox"];
  const all: unknown[] = [];
  for (const table of tables)
    all.push((await deployer.run(`select * from m10_recovery.${table} order by 1`)).rows);
  return all;
}

async function catalogFinding() {
  await using session = await production.enter(owner, "spec");
  const catalog = await look(session, (looker) => readCatalogIn(looker));
  return checkDrift(findDrift(rehearsed, "target", catalog), "022");
}
