import { hostname, userInfo } from "node:os";
import { resolve } from "node:path";
import { z } from "zod";
import type { Binding } from "../laws/binding.ts";
import { migrationsHash, type Selection } from "../migrations/revision.ts";
import { sql } from "../postgres/query.ts";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import type { Environment } from "../verify/environment.ts";
import { readSubject } from "../verify/read-input.ts";
import { loadProduction } from "./load-production.ts";
import { look, lookSettings } from "./look.ts";
import type { ProductionBinding } from "./production-binding.ts";
import type { CommonSettings } from "./settings.ts";
import { findTarget, type Target } from "./target.ts";

/** What a production command is about: a revision, a database, and what each calls the other's roles. Nothing is open. */
export interface Errand {
  readonly target: Target;
  /** As it was given. */
  readonly folder: string;
  readonly selection: Selection;
  /** Of the SQL of the revision and all before it; a rehearsal of the same SQL has the same. */
  readonly hash: string;
  readonly binding: Binding | undefined;
  readonly production: ProductionBinding | undefined;
  /** The role that owns what the migrations make. */
  readonly owner: string;
  /** What the binding's roles are called in production, by label. */
  readonly roles: Readonly<Record<string, string>>;
  /** Server settings by which the migrations learn the roles' names. */
  readonly sessionSettings: Readonly<Record<string, string>>;
  /** Folder of the records. */
  readonly records: string;
  /** User and machine. */
  readonly who: string;
}

/** Reads what is to be done and greets the database. Fails with a `RehearsalError` about what cannot be used. */
export async function readErrand(
  settings: CommonSettings,
  environment: Environment,
): Promise<Errand> {
  const { selection, bindings } = await readSubject(settings);
  const binding = bindings?.binding;
  const production =
    bindings === undefined ? undefined : await loadProduction(resolve(bindings.file));
  const roles = rolesOf(settings.role, binding, production);
  const target = await findTarget(settings.url, settings.passwordFile, environment);
  return {
    target,
    folder: settings.migrations,
    selection,
    hash: migrationsHash([...selection.before, selection.revision]),
    binding,
    production,
    owner: settings.owner ?? (await ownerOf(target)),
    roles,
    sessionSettings: Object.fromEntries(
      Object.entries(binding?.roles ?? {}).flatMap(([label, { setting }]) => {
        const name = roles[label];
        return setting === undefined || name === undefined ? [] : [[setting, name]];
      }),
    ),
    records: settings.records,
    who: `${userInfo().username}@${hostname()}`,
  };
}

function rolesOf(
  given: readonly string[],
  binding: Binding | undefined,
  production: ProductionBinding | undefined,
): Record<string, string> {
  const named = new Map(
    given.map((each) => [each.slice(0, each.indexOf("=")), each.slice(each.indexOf("=") + 1)]),
  );
  const labels = Object.keys(binding?.roles ?? {});
  const strange = [...named.keys()].filter((label) => !labels.includes(label));
  const entries = labels.map(
    (label) => [label, named.get(label) ?? production?.roleNames[label]] as const,
  );
  const nameless = entries.filter(([, name]) => name === undefined).map(([label]) => label);
  if (strange.length > 0 || nameless.length > 0)
    throw new RehearsalError(
      "ROLES_NOT_NAMED",
      `The bindings know the roles ${labels.join(", ") || "(none)"}. ` +
        (strange.length > 0
          ? `There is no ${strange.join(", ")} among them. Nothing was run.`
          : `Nothing was run. Say what they are called in production: ${nameless.map((label) => `--role ${label}=<name>`).join(" ")}`),
    );
  return Object.fromEntries(
    entries.flatMap(([label, name]) => (name === undefined ? [] : [[label, name]])),
  );
}

/** Whoever owns the ledger has run the migrations so far; without one whoever logs in will. */
async function ownerOf(target: Target): Promise<string> {
  await using session = await target.connect("greeting", lookSettings);
  const { owner } = await look(session, (looker) => looker.one(ownerQuery));
  return owner;
}

const ownerQuery = sql.type(z.object({ owner: z.string() }))`
  select coalesce((select pg_get_userbyid(relowner) from pg_class where oid = to_regclass('public.alembic_version')),
    current_user)::text as owner`;
