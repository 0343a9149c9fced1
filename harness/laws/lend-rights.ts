import { z } from "zod";
import { quoteName } from "../postgres/quote-name.ts";
import { sql } from "../postgres/query.ts";
import type { Session } from "../postgres/session.ts";
import type { Tenancy } from "../postgres/tenancy.ts";
import type { Binding } from "./binding.ts";

/**
 * Makes the application's role a member of the owner where the migrations let it do nothing, as older ones do that
 * grant to nobody: the other laws can then still be tried. Answers what was lent and why, for every law's evidence, or
 * nothing where the role can do its work. `admin` may grant roles; `owner` is in the migrated database.
 */
export async function lendRights(
  tenancy: Tenancy,
  binding: Binding,
  { admin, owner }: { readonly admin: Session; readonly owner: Session },
): Promise<string | undefined> {
  const { app } = tenancy.roles;
  if (app === undefined) return undefined;
  const refused = await owner.all(uncallable(app.role, binding.functions));
  if (refused.length === 0) return undefined;
  await admin.run(`grant ${quoteName(tenancy.deployer.role)} to ${quoteName(app.role)}`);
  const names = refused.map(({ signature }) => signature.replace(/\(.*/s, "")).join(", ");
  const what = refused.length === binding.functions.length ? "any bound function" : names;
  return (
    `the migrations do not let the application's role use ${what}; ` +
    "it was lent the owner's rights so that the law could be tried"
  );
}

/**
 * Functions that the role may not call, or that run with its rights while it may touch no table beside them: calling
 * them could only be refused.
 */
function uncallable(role: string, signatures: readonly string[]) {
  return sql.type(z.object({ signature: z.string() }))`
    select signature
    from unnest(${sql.array([...signatures], "text")}) with ordinality as bound(signature, place)
    join pg_proc p on p.oid = to_regprocedure(signature)
    where not has_function_privilege(${role}, p.oid, 'execute')
      or not has_schema_privilege(${role}, p.pronamespace, 'usage')
      or not p.prosecdef and not exists (
        select 1 from pg_class c
        where c.relnamespace = p.pronamespace and c.relkind in ('r', 'p')
          and has_table_privilege(${role}, c.oid, 'select, insert, update, delete'))
    order by place`;
}
