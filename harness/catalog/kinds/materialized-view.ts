import { flag, role, text } from "../attribute.ts";
import { defineKind } from "../kind.ts";
import {
  keeping,
  relationAddress,
  relationParts,
  relationPrivileges,
  relations,
} from "./relation.ts";

/** PostgreSQL has only permanent ones; their persistence is read all the same. */
export const materializedView = defineKind({
  kind: "materialized view",
  from: relations("m"),
  address: relationAddress,
  parts: relationParts,
  name: ({ schema, relation }) => `materialized view ${schema}.${relation}`,
  attributes: {
    owner: role("c.relowner"),
    definition: text("pg_get_viewdef(c.oid)"),
    populated: flag("c.relispopulated"),
    ...keeping,
  },
  privileges: relationPrivileges,
});
