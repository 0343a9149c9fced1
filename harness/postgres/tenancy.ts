import { randomBytes } from "node:crypto";
import { escapeLiteral } from "pg";
import { z } from "zod";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import { sql } from "./query.ts";
import { quoteName } from "./quote-name.ts";
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
  const deployer = newLogin(`${tenancyPrefix(options.runId)}_deployer`);
  const roles = Object.fromEntries(
    options.roleLabels.map((label) => [
      label,
      newLogin(options.roleNames?.[label] ?? `${tenancyPrefix(options.runId)}_${label}`),
    ]),
  );
  await using admin = await openAdminSession(address);
  for (const each of [deployer, ...Object.values(roles)]) {
    await createRole(admin, each, address.kind === "external" ? options.runId : undefined);
  }
  return { address, runId: options.runId, deployer, roles };
}

/** Drops every database and role of the run, open sessions or not. What it does not find is no error. */
export async function leaveTenancy(tenancy: Tenancy): Promise<void> {
  await using admin = await openAdminSession(tenancy.address);
  await dropDatabases(admin, tenancy.runId);
  await dropRoles(
    admin,
    [...Object.values(tenancy.roles), tenancy.deployer].map(({ role }) => role),
  );
}

/**
 * Drops what a run has on a server whose tenancy nobody knows any more, since the run was killed or is being ended: the
 * databases and roles that bear its name, and roles that were named by hand and bear its mark.
 */
export async function clearTenancy(address: ServerAddress, runId: string): Promise<void> {
  await using admin = await openAdminSession(address);
  while (!(await dropAll(admin, runId)));
}

/**
 * Whoever is still at work in the run may have begun to make a database when the others were dropped: then its owner
 * stays, and false is answered. Once the owner is gone there is nobody to make one for.
 */
async function dropAll(admin: Session, runId: string): Promise<boolean> {
  await dropDatabases(admin, runId);
  const named = await admin.all(sql.type(z.object({ name: z.string() }))`
    select rolname as name from pg_roles
    where starts_with(rolname, ${ofRun(runId)}) or shobj_description(oid, 'pg_authid') = ${guestMark(runId)}`);
  try {
    const roles = named.map(({ name }) => name);
    await dropRoles(admin, roles);
    return true;
  } catch (error) {
    if ((await databasesOf(admin, runId)).length === 0) throw error;
    return false;
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

function newLogin(role: string): Login {
  return { role, password: randomBytes(18).toString("base64url") };
}

/**
 * On a server that is not ours the admin, if it is no superuser, needs membership to give databases to the deployer and
 * to take them away from sessions that still use them; and a mark tells whose a role is that was named by hand.
 */
async function createRole(
  admin: Session,
  { role, password }: Login,
  guestOf: string | undefined,
): Promise<void> {
  const name = quoteName(role);
  const statements = [`create role ${name} login password ${escapeLiteral(password)}`];
  if (guestOf !== undefined) {
    statements.push(
      `grant ${name} to current_user`,
      `comment on role ${name} is ${escapeLiteral(guestMark(guestOf))}`,
    );
  }
  try {
    await admin.run(statements.join("; "));
  } catch (cause) {
    throw new RehearsalError(
      "ROLE_NOT_CREATED",
      `Role ${role} could not be created: ${cause instanceof Error ? cause.message : String(cause)}. ` +
        "Nothing was run. Name a role that is not on the server yet, or leave the name to the harness.",
      { cause },
    );
  }
}

function guestMark(runId: string): string {
  return `made by rehearsal ${runId}, which drops it when it ends`;
}

async function dropDatabases(admin: Session, runId: string): Promise<void> {
  for (const name of await databasesOf(admin, runId))
    await admin.run(`drop database if exists ${quoteName(name)} with (force)`);
}

async function databasesOf(admin: Session, runId: string): Promise<readonly string[]> {
  const named = await admin.all(sql.type(z.object({ name: z.string() }))`
    select datname as name from pg_database where starts_with(datname, ${ofRun(runId)})`);
  return named.map(({ name }) => name);
}

/** How the names of what a run makes begin. */
function ofRun(runId: string): string {
  return `${tenancyPrefix(runId)}_`;
}

async function dropRoles(admin: Session, roles: readonly string[]): Promise<void> {
  for (const role of roles) await admin.run(`drop role if exists ${quoteName(role)}`);
}
