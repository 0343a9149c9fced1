import { randomBytes } from "node:crypto";
import type { DatabasePool } from "slonik";
import { inject } from "vitest";
import { readCatalog, type CatalogOptions } from "../../../harness/catalog/read-catalog.ts";
import type { CatalogSnapshot } from "../../../harness/catalog/catalog-snapshot.ts";
import { createTypedPool } from "../../../harness/postgres/pool.ts";
import type { ServerAddress } from "../../../harness/postgres/server.ts";
import { openSession } from "../../../harness/postgres/session.ts";

/** A database of its own on the specs' server, with two roles, entered as a superuser. */
export interface ScratchDatabase extends AsyncDisposable {
  readonly pool: DatabasePool;
  /** Real role names and the names that specs know them by: `admin`, `reader`, `writer`. */
  readonly roles: NonNullable<CatalogOptions["roles"]>;
  /** Runs statements, as one transaction; `<reader>`, `<writer>` and `<tablespace>` stand for the real names. */
  run(statements: string): Promise<void>;
  /** The catalog with the roles called as specs know them. */
  read(): Promise<CatalogSnapshot>;
  /** Puts `<tablespace>` back where its real name stands. */
  readable(text: string): string;
}

export async function openScratchDatabase(): Promise<ScratchDatabase> {
  const address = serverAddress();
  const tag = `catalog_${randomBytes(4).toString("hex")}`;
  const real = { reader: `${tag}_reader`, writer: `${tag}_writer`, tablespace: `${tag}_space` };
  const password = address.adminPassword === undefined ? {} : { password: address.adminPassword };
  const login = { role: address.adminRole, name: "catalog spec", ...password };
  const server = await openSession(address, { ...login, database: address.adminDatabase });
  await server.run("set allow_in_place_tablespaces = on");
  for (const statement of [
    `create database ${tag}`,
    `create role ${real.reader}`,
    `create role ${real.writer}`,
    `create tablespace ${real.tablespace} location ''`,
  ]) {
    await server.run(statement);
  }
  // Some attributes have no statement that changes them on a machine without shared libraries of one's own.
  const session = await openSession(address, {
    ...login,
    database: tag,
    settings: { allow_system_table_mods: "on" },
  });
  const pool = await createTypedPool({ ...address, ...login, database: tag });
  const roles = { [address.adminRole]: "admin", [real.reader]: "reader", [real.writer]: "writer" };
  return {
    pool,
    roles,
    async run(statements) {
      await session.run(
        Object.entries(real).reduce(
          (text, [name, realName]) => text.replaceAll(`<${name}>`, realName),
          statements,
        ),
      );
    },
    read: () => readCatalog(pool, { roles }),
    readable: (text) => text.replaceAll(real.tablespace, "<tablespace>"),
    async [Symbol.asyncDispose]() {
      await pool.end();
      await session[Symbol.asyncDispose]();
      for (const statement of [
        `drop database ${tag} with (force)`,
        `drop tablespace ${real.tablespace}`,
        `drop role ${real.reader}, ${real.writer}`,
      ]) {
        await server.run(statement);
      }
      await server[Symbol.asyncDispose]();
    },
  };
}

/** What the server of these specs is, for those that need a certain one. */
export function serverMajor(): number {
  return Math.floor(serverAddress().versionNum / 10_000);
}

/** The run's own, where the admin is a superuser. */
function serverAddress(): ServerAddress {
  return inject("rehearsal").tenancy.address;
}
