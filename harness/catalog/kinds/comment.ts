import { text } from "../attribute.ts";
import { defineKind } from "../kind.ts";

/** The oids below are initdb's own (`FirstNormalObjectId` in access/transam.h); of those only `public` is the user's. */
const isUsers = (catalog: string, oid: string): string =>
  `(${oid} >= 16384 or ${catalog} = 'pg_namespace'::regclass and ${oid} = to_regnamespace('public'))`;

/** Where the comments and labels of this database's objects and of the database itself are. */
export function remarks(ofObjects: string, ofShared: string, said: string): string {
  return `(select classoid, objoid, objsubid, ${said} from ${ofObjects} d
      where ${isUsers("classoid", "objoid")} and not exists (select from pg_depend member
        where member.classid = d.classoid and member.objid = d.objoid and member.deptype = 'e')
    union all
    select classoid, objoid, 0, ${said} from ${ofShared}
      where classoid = 'pg_database'::regclass
        and objoid = (select oid from pg_database where datname = current_database()))`;
}

/** A name for an object that no kind reads yet. */
export const identified = `(select format('%s %s', type, identity)
  from pg_identify_object(x.catalog, x.object, x.column))`;

/** Comments on objects of every kind there is. */
export const comment = defineKind({
  kind: "comment",
  from: `${remarks("pg_description", "pg_shdescription", "description")} x (catalog, object, "column", said)`,
  of: { catalog: "x.catalog", oid: "x.object", column: "x.column" },
  ofOtherwise: identified,
  parts: {},
  name: (_, of) => `comment on ${of}`,
  attributes: { text: text("x.said") },
});
