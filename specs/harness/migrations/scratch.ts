import { randomBytes } from "node:crypto";
import { inject } from "vitest";
import { createDatabase, databaseName, type Database } from "../../../harness/postgres/database.ts";
import type { Session } from "../../../harness/postgres/session.ts";
import { enterTenancy, leaveTenancy, type Tenancy } from "../../../harness/postgres/tenancy.ts";

/** An empty database of its own for each test of a file, and sessions of the role that migrates. */
export interface Scratch {
  open(): Promise<Database>;
  close(): Promise<void>;
}

export async function openScratch(name: string): Promise<Scratch> {
  const runId = `${name}${randomBytes(3).toString("hex")}`;
  const tenancy: Tenancy = await enterTenancy(inject("rehearsal").tenancy.address, {
    runId,
    roleLabels: [],
  });
  let opened = 0;
  return {
    open() {
      opened += 1;
      return createDatabase(tenancy, databaseName(tenancy, String(opened)), "template0");
    },
    close: () => leaveTenancy(tenancy),
  };
}

export function deployer(database: Database): Promise<Session> {
  return database.connect({ name: "deployer", role: "deployer" });
}
