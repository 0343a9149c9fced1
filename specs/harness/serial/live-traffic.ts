import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Session } from "../../../harness/postgres/session.ts";
import type { Production } from "../production/stage-production.ts";

/** Readers, writers and a worker that never stops, on what is there before the revision comes. */
export interface Traffic {
  /** Stops it, and tells how many statements were answered. Fails if one failed. */
  stop(): Promise<number>;
  /** What the server's log has of statements of the traffic that waited for a lock for longer than its deadlock_timeout. */
  longWaits(): Promise<readonly string[]>;
}

/** Starts it; each session sends its next statement when the last one was answered. */
export async function startTraffic(production: Production): Promise<Traffic> {
  const texts = [
    "select m10_recovery.enqueue_work(1, 'replay', 1)",
    "select m10_recovery.enqueue_work(2, 'replay', 2, gen_random_uuid())",
    "select count(*) from m10_recovery.work_queue where priority = 1",
    "select * from m10_recovery.work_queue order by id desc limit 20",
  ];
  const sessions = await Promise.all(
    [...texts, "worker"].map((_, index) => production.enter("m10_app", `traffic ${index}`)),
  );
  const stopping = new AbortController();
  const loops = sessions.map((session, index) => {
    const text = texts[index];
    const once = text === undefined ? () => work(session) : () => session.run(text);
    return repeat(once, stopping.signal);
  });
  return {
    async stop() {
      stopping.abort();
      try {
        const counts = await Promise.all(loops);
        return counts.reduce((sum, count) => sum + count, 0);
      } finally {
        await Promise.allSettled(loops);
        for (const session of sessions) await session[Symbol.asyncDispose]();
      }
    },
    async longWaits() {
      const log = await readFile(join(production.server.address.host, "log"), "utf8");
      const pids = new Set(sessions.map(({ pid }) => String(pid)));
      return log
        .split("\n")
        .filter((line) => pids.has(/process (\d+) still waiting for/.exec(line)?.[1] ?? ""));
    },
  };
}

async function repeat(once: () => Promise<unknown>, stop: AbortSignal): Promise<number> {
  let count = 0;
  for (; !stop.aborted; count += 1) {
    await once();
    await pause(betweenStatementsMs);
  }
  return count;
}

/** So that it leaves the machine to what is tried, and still meets every lock that is held for as long as it counts. */
const betweenStatementsMs = 10;

async function work(worker: Session): Promise<void> {
  await worker.run(
    `select m10_recovery.complete_work(work_id, 'worker') from m10_recovery.claim_work('worker', 3)`,
  );
}
