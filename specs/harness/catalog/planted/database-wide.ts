import { plant } from "../planted-difference.ts";

const inThisDatabase = (action: string): string =>
  `do $$ begin execute format('alter database %I ${action}', current_database()); end $$`;
/** An extension's script is a file on the server; its entry in the catalog is enough to tell it by. */
const extension = `insert into pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
  select pg_nextoid('pg_extension', 'oid', 'pg_extension_oid_index'), 'shop_tools', extowner, extnamespace, true, '1.0'
  from pg_extension where extname = 'plpgsql'`;
const set = (assignment: string): string =>
  `update pg_extension set ${assignment} where extname = 'shop_tools'`;
const table = "create table shop.t (a integer)";

export const databaseWide = [
  plant(
    ["database.owner", "database.connection limit"],
    "do $$ begin execute format('revoke all on database %I from current_user', current_database()); end $$",
    `${inThisDatabase("owner to <writer>")}; ${inThisDatabase("connection limit 7")}`,
    [
      "~ database: owner from 'admin' to 'writer'",
      "~ database: connection limit from nothing to 7",
    ],
    { inDatabase: true },
  ),
  plant(
    "setting.value",
    inThisDatabase("set shop.size = ''1''"),
    inThisDatabase("set shop.size = ''a=b''"),
    ["~ setting shop.size of the database: value from '1' to 'a=b'"],
  ),
  plant(
    "schema.owner",
    "revoke all on schema shop from current_user",
    "alter schema shop owner to <writer>",
    ["~ schema shop: owner from 'admin' to 'writer'"],
  ),
  plant("extension.owner", extension, set("extowner = '<writer>'::regrole"), [
    "~ extension shop_tools: owner from 'admin' to 'writer'",
  ]),
  plant("extension.schema", extension, set("extnamespace = 'shop'::regnamespace"), [
    "~ extension shop_tools: schema from 'pg_catalog' to 'shop'",
  ]),
  plant("extension.version", extension, set("extversion = '1.1'"), [
    "~ extension shop_tools: version from '1.0' to '1.1'",
  ]),
  plant("extension.relocatable", extension, set("extrelocatable = false"), [
    "~ extension shop_tools: relocatable from true to false",
  ]),
  plant(
    "extension.dumped tables",
    `${extension}; ${table}`,
    set("extconfig = array['shop.t'::regclass], extcondition = array['where a > 1']"),
    ["~ extension shop_tools: dumped tables from [] to [shop.t where a > 1]"],
  ),
  plant(
    "default privilege.grantable",
    "alter default privileges in schema shop grant select on tables to <reader>",
    "alter default privileges in schema shop grant select on tables to <reader> with grant option",
    [
      "~ default grant select on tables in schema shop to reader by admin: grantable from false to true",
    ],
  ),
  plant(
    "privilege.grantable",
    `${table}; grant select on shop.t to <reader>`,
    "grant select on shop.t to <reader> with grant option",
    ["~ grant select on table shop.t to reader: grantable from false to true"],
  ),
  plant(
    "comment.text",
    `${table}; comment on column shop.t.a is 'before'`,
    "comment on column shop.t.a is 'after'",
    ["~ comment on column shop.t.a: text from 'before' to 'after'"],
  ),
  plant(
    "security label.label",
    `${table}; insert into pg_seclabel values ('shop.t'::regclass, 'pg_class'::regclass, 0, 'vault', 'open')`,
    "update pg_seclabel set label = 'secret' where objoid = 'shop.t'::regclass",
    ["~ security label for vault on table shop.t: label from 'open' to 'secret'"],
  ),
];
