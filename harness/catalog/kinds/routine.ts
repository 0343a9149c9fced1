import { amount, flag, list, role, set, text, word, type Attributes } from "../attribute.ts";
import { defineKind, type Address, type PrivilegeSource } from "../kind.ts";
import { isNotMember, isUserSchema } from "../scope.ts";

/** What functions, procedures and aggregates have in common: a row `p` of `pg_proc` in schema `n`. */
export function routines(letters: string, joins = ""): string {
  return `pg_proc p join pg_namespace n on n.oid = p.pronamespace ${joins}
    where p.prokind = any ('{${letters}}') and ${isUserSchema("n.nspname")} and ${isNotMember("pg_proc", "p.oid")}`;
}

export const routineAddress: Address = { catalog: "'pg_proc'", oid: "p.oid" };

export const routineParts = {
  schema: "quote_ident(n.nspname)",
  routine: "quote_ident(p.proname)",
  arguments: "oidvectortypes(p.proargtypes)",
};

export const routinePrivileges: PrivilegeSource = {
  list: "p.proacl",
  owner: "p.proowner",
  letter: "'f'",
};

export const routineAttributes: Attributes = {
  owner: role("p.proowner"),
  arguments: text("pg_get_function_arguments(p.oid)"),
  returns: text("pg_get_function_result(p.oid)"),
  parallel: word("p.proparallel", { s: "safe", r: "restricted", u: "unsafe" }),
};

/** Functions, window functions and procedures: everything that `create or replace` and `alter` can set. */
export const routine = defineKind({
  kind: "function",
  from: routines("f,w,p"),
  address: routineAddress,
  // The constructors of a range type and of its multirange come and go with it.
  of: {
    catalog: "'pg_type'",
    oid: `select coalesce((select r.rngtypid from pg_range r where r.rngmultitypid = d.refobjid), d.refobjid)
      from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid
      and d.deptype = 'i' and d.refclassid = 'pg_type'::regclass limit 1`,
  },
  parts: {
    ...routineParts,
    word: "case p.prokind when 'p' then 'procedure' else 'function' end",
  },
  name: (parts) => `${parts.word} ${parts.schema}.${parts.routine}(${parts.arguments})`,
  attributes: {
    ...routineAttributes,
    window: flag("p.prokind = 'w'"),
    language: text("select lanname from pg_language l where l.oid = p.prolang"),
    volatility: word("p.provolatile", { i: "immutable", s: "stable", v: "volatile" }),
    strict: flag("p.proisstrict"),
    leakproof: flag("p.proleakproof"),
    "security definer": flag("p.prosecdef"),
    cost: amount("p.procost"),
    rows: amount("p.prorows"),
    settings: set("p.proconfig"),
    body: text("p.prosrc"),
    "parsed body": text("pg_get_function_sqlbody(p.oid)"),
    library: text("p.probin"),
    support: text("nullif(p.prosupport::oid, 0)::regproc"),
    transforms: list("select array_agg(each::regtype) from unnest(p.protrftypes) each"),
  },
  privileges: routinePrivileges,
});
