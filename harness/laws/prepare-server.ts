import { buildTemplates, type Templates } from "../migrations/build-templates.ts";
import type { Selection } from "../migrations/revision.ts";
import { openDatabase } from "../postgres/database.ts";
import type { ServerAddress } from "../postgres/server.ts";
import { enterTenancy, openAdminSession, type Tenancy } from "../postgres/tenancy.ts";
import type { Binding } from "./binding.ts";
import { checkFunctions } from "./check-functions.ts";
import { lendRights } from "./lend-rights.ts";

export interface Preparation {
  readonly runId: string;
  readonly selection: Selection;
  readonly binding: Binding | undefined;
  /** Exact names of roles, by label; others get names of the run's own. */
  readonly roleNames?: Readonly<Record<string, string>>;
}

/** A server that has all that laws are tried on. */
export interface PreparedServer {
  readonly tenancy: Tenancy;
  readonly templates: Templates;
  /** Server settings by which the migrations learn the roles' names. */
  readonly settings: Readonly<Record<string, string>>;
  /** What the application's role was lent, if it could do nothing by itself. */
  readonly lent?: string;
}

/**
 * Makes the run's roles, the templates before and at the revision under test, and looks whether what the binding names
 * is there. Fails with the SQL error of a migration, `ROLE_NOT_CREATED` or `FUNCTIONS_MISSING`. What it makes bears the
 * run's name or mark, and stays until `clearTenancy` or the end of the server, also when it fails.
 */
export async function prepareServer(
  address: ServerAddress,
  { runId, selection, binding, roleNames = {} }: Preparation,
): Promise<PreparedServer> {
  const labels = new Set([...Object.keys(binding?.roles ?? {}), ...Object.keys(roleNames)]);
  const tenancy = await enterTenancy(address, {
    runId,
    roleLabels: [...labels],
    roleNames,
  });
  const settings = settingsOf(tenancy, binding);
  const templates = await buildTemplates(tenancy, selection, { settings });
  if (binding === undefined) return { tenancy, templates, settings };
  const lent = await inspect(tenancy, templates.target, binding);
  return { tenancy, templates, settings, ...(lent === undefined ? {} : { lent }) };
}

function settingsOf(tenancy: Tenancy, binding: Binding | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(binding?.roles ?? {}).flatMap(([label, { setting }]) => {
      const login = tenancy.roles[label];
      return setting === undefined || login === undefined ? [] : [[setting, login.role]];
    }),
  );
}

async function inspect(
  tenancy: Tenancy,
  target: string,
  binding: Binding,
): Promise<string | undefined> {
  await using owner = await openDatabase(tenancy, target).connect({
    name: "owner",
    role: "deployer",
  });
  await checkFunctions(owner, binding);
  await using admin = await openAdminSession(tenancy.address);
  return await lendRights(tenancy, binding, { admin, owner });
}
