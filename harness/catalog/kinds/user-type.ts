import { role } from "../attribute.ts";
import type { Address, PrivilegeSource } from "../kind.ts";
import { isNotMember, isUserSchema } from "../scope.ts";

/**
 * What all kinds of types have in common: a row `t` of `pg_type` in schema `n`. Row types of tables and the array type
 * that every type brings along are left out: they come and go with what they are for.
 */
export function userTypes(condition: string, joins = ""): string {
  return `pg_type t join pg_namespace n on n.oid = t.typnamespace ${joins}
    where ${condition} and ${isUserSchema("n.nspname")} and ${isNotMember("pg_type", "t.oid")}`;
}

export const typeAddress: Address = { catalog: "'pg_type'", oid: "t.oid" };

export const typeParts = {
  schema: "quote_ident(n.nspname)",
  type: "quote_ident(t.typname)",
};

export const typeOwner = { owner: role("t.typowner") };

export const typePrivileges: PrivilegeSource = {
  list: "t.typacl",
  owner: "t.typowner",
  letter: "'T'",
};
