import { randomBytes } from "node:crypto";
import pg from "pg";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import type { ServerAddress } from "./server.ts";
import { openSession, type Session } from "./session.ts";

/** A role of this run that can log in. */
export interface Login {
  readonly role: string;
  readonly password: string;
}

/**
 * What a run owns on a server: roles and databases whose names begin with `rehearsal_<run id>`. Roles belong to the
 * whole server, so two runs side by side on one server never meet. Plain data, handed to workers.
 */
export interface Tenancy {
  readonly address: ServerAddress;
  readonly runId: string;
  /** Owns the databases and runs the migrations; no superuser, as managed services give. */
  readonly deployer: Login;
  /** What the binding calls its roles (`app`, `monitor`) and who plays them here. */
  readonly roles: Readonly<Record<string, Login>>;
}

export interface TenancyOptions {
  readonly runId: string;
  /** The binding's labels for roles that must be there before the first migration. */
  readonly roleLabels: readonly string[];
  /** Exact role names for labels, for migrations that grant to a name written in their SQL. */
  readonly roleNames?: Readonly<Record<string, string>>;
}

/** Makes the run's roles. {@link leaveTenancy} takes them away. Fails if a role asked for by name is there already. */
export async function enterTenancy(
  address: ServerAddress,
  options: TenancyOptions,
): Promise<Tenancy> {
  const login = (role: string): Login => ({
    role,
    password: randomBytes(18).toString("base64url"),
  });
  const deployer = login(`${tenancyPrefix(options.runId)}_deployer`);
  const roles = Object.fromEntries(
    options.roleLabels.map((label) => [
      label,
      login(options.roleNames?.[label] ?? `${tenancyPrefix(options.runId)}_${label}`),
    ]),
  );
  await using admin = await openAdminSession(address);
  for (const { role, password } of [deployer, ...Object.values(roles)]) {
    await createRole(admin, role, password);
  }
  if (address.kind === "external") {
    // Without this an admin that is no superuser could neither give databases to the deployer nor take them away.
    await admin.run(`grant ${pg.escapeIdentifier(deployer.role)} to current_user`);
  }
  return { address, runId: options.runId, deployer, roles };
}

/** Drops every database and role of the run, open sessions or not. What it does not find is no error. */
export async function leaveTenancy(tenancy: Tenancy): Promise<void> {
  await using admin = await openAdminSession(tenancy.address);
  const { rows } = await admin.run("select datname from pg_database where datname like $1", [
    `${tenancyPrefix(tenancy.runId)}\\_%`,
  ]);
  for (const row of rows as { datname: string }[]) {
    await admin.run(`drop database if exists ${pg.escapeIdentifier(row.datname)} with (force)`);
  }
  for (const { role } of [...Object.values(tenancy.roles), tenancy.deployer]) {
    await admin.run(`drop role if exists ${pg.escapeIdentifier(role)}`);
  }
}

export function tenancyPrefix(runId: string): string {
  return `rehearsal_${runId}`;
}

/** A session as whoever may create databases and roles. */
export function openAdminSession(address: ServerAddress, database?: string): Promise<Session> {
  return openSession(address, {
    database: database ?? address.adminDatabase,
    role: address.adminRole,
    ...(address.adminPassword === undefined ? {} : { password: address.adminPassword }),
    name: "admin",
  });
}

async function createRole(admin: Session, role: string, password: string): Promise<void> {
  try {
    await admin.run(
      `create role ${pg.escapeIdentifier(role)} login password ${pg.escapeLiteral(password)}`,
    );
  } catch (cause) {
    throw new RehearsalError(
      "ROLE_NOT_CREATED",
      `Role ${role} could not be created: ${cause instanceof Error ? cause.message : String(cause)}. ` +
        "Nothing was run. Name a role that is not on the server yet, or leave the name to the harness.",
      { cause },
    );
  }
}
