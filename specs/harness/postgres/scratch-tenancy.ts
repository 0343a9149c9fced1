import { randomBytes } from "node:crypto";
import { inject } from "vitest";
import "../../../harness/kit/describe-laws.ts";
import {
  createDatabase,
  type Database,
  databaseName,
  type DatabaseOptions,
} from "../../../harness/postgres/database.ts";
import { enterTenancy, leaveTenancy, type Tenancy } from "../../../harness/postgres/tenancy.ts";

/** Roles of a spec's own on the specs' server, `app` among them. Disposing it takes all of it away. */
export interface ScratchTenancy extends AsyncDisposable {
  readonly tenancy: Tenancy;
  /** A database with what `setup` makes as the deployer. */
  create(setup?: string, options?: DatabaseOptions): Promise<Database>;
}

export async function openScratchTenancy(): Promise<ScratchTenancy> {
  const { address } = inject("rehearsal").tenancy;
  const runId = `spec${randomBytes(4).toString("hex")}`;
  const tenancy = await enterTenancy(address, { runId, roleLabels: ["app"] });
  let created = 0;
  return {
    tenancy,
    async create(setup = "", options = {}) {
      created += 1;
      const name = databaseName(tenancy, String(created));
      const database = await createDatabase(tenancy, name, "template0", options);
      if (setup !== "") {
        await using deployer = await database.connect({ name: "setup", role: "deployer" });
        await deployer.run(setup);
      }
      return database;
    },
    [Symbol.asyncDispose]: () => leaveTenancy(tenancy),
  };
}
