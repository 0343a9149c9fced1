import { z } from "zod";
import { sql } from "./query.ts";
import type { ServerAddress } from "./server.ts";
import { openAdminSession } from "./tenancy.ts";

/** What a server says that it is. Its answer also shows that it takes sessions. */
export type ServerVersion = Pick<ServerAddress, "version" | "versionNum">;

/** Fails with the driver's error if the server refuses. */
export async function readVersion(
  address: Omit<ServerAddress, keyof ServerVersion>,
): Promise<ServerVersion> {
  await using admin = await openAdminSession({ ...address, version: "", versionNum: 0 });
  return await admin.one(versionQuery);
}

const versionQuery = sql.type(z.object({ version: z.string(), versionNum: z.int() }))`
  select split_part(current_setting('server_version'), ' ', 1) as version,
    current_setting('server_version_num')::int as "versionNum"`;
