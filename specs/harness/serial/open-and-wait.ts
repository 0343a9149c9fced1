/**
 * A process of its own for specs: begins a run, opens the servers named by its arguments (a PostgreSQL, then a Redis),
 * tells where they are, and waits to be killed. If it cannot, it tells why and ends.
 */
import { reapDeadRuns } from "../../../harness/host/end-run.ts";
import { createRunFolder } from "../../../harness/host/run-folder.ts";
import { openPostgres } from "../../../harness/postgres/open-postgres.ts";
import { parsePostgresChoice } from "../../../harness/postgres/postgres-choice.ts";
import { parseRedisChoice } from "../../../harness/redis/choice.ts";
import { openRedis } from "../../../harness/redis/open-redis.ts";
import { RehearsalError } from "../../../harness/verdict/rehearsal-error.ts";
import { readEnvironment } from "../../../harness/verify/environment.ts";

const [postgres = "embedded", redis = "none"] = process.argv.slice(2);
const { path, postgresImage, redisImage } = readEnvironment();

function tell(what: object): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}

await reapDeadRuns();
const run = await createRunFolder();
try {
  await openPostgres(
    parsePostgresChoice(postgres, {
      external: true,
      ...(postgresImage === undefined ? {} : { image: postgresImage }),
    }),
    run,
  );
  await openRedis(
    parseRedisChoice(redis, {
      external: true,
      ...(redisImage === undefined ? {} : { image: redisImage }),
    }),
    run,
    path,
  );
  tell({ run });
  // Something that keeps the process: what it opened servers for.
  setInterval(() => {}, 60_000);
} catch (error) {
  if (!(error instanceof RehearsalError)) throw error;
  tell({ run, code: error.code, exitCode: error.exitCode, message: error.message });
}
