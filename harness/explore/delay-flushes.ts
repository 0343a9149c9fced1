import type { PostgresServer } from "../postgres/server.ts";
import { openAdminSession } from "../postgres/tenancy.ts";

/**
 * Makes a server of one's own keep in memory, for seconds, what was committed without waiting for its flush, where
 * otherwise chance decides within a fifth of one: a kill then loses it. From the server's next start on it is certain;
 * until then, its processes are about to hear of it.
 */
export async function delayFlushes(server: PostgresServer): Promise<void> {
  await using admin = await openAdminSession(server.address);
  await admin.run("alter system set wal_writer_delay = '10s'");
  await admin.run("select pg_reload_conf()");
}
