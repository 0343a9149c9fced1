import { role, text } from "../attribute.ts";
import { defineKind } from "../kind.ts";
import {
  options,
  relationAddress,
  relationParts,
  relationPrivileges,
  relations,
} from "./relation.ts";

export const view = defineKind({
  kind: "view",
  from: relations("v"),
  address: relationAddress,
  parts: relationParts,
  name: ({ schema, relation }) => `view ${schema}.${relation}`,
  attributes: {
    owner: role("c.relowner"),
    definition: text("pg_get_viewdef(c.oid)"),
    options,
  },
  privileges: relationPrivileges,
});
