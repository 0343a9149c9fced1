import { plant } from "../planted-difference.ts";

const owned = (type: string): string => `revoke all on type shop.${type} from current_user, public`;

export const enums = [
  plant(
    "enum.owner",
    `create type shop.e as enum ('a'); ${owned("e")}`,
    "alter type shop.e owner to <writer>",
    ["~ type shop.e: owner from 'admin' to 'writer'"],
  ),
  plant(
    "enum.labels",
    "create type shop.e as enum ('a', 'c')",
    "alter type shop.e add value 'b' before 'c'",
    ["~ type shop.e: labels from [a, c] to [a, b, c]"],
  ),
];

export const compositeTypes = [
  plant(
    "composite type.owner",
    `create type shop.c as (a integer); ${owned("c")}`,
    "alter type shop.c owner to <writer>",
    ["~ type shop.c: owner from 'admin' to 'writer'"],
  ),
  plant(
    "composite type.columns",
    "create type shop.c as (a integer, b integer)",
    "alter type shop.c drop attribute a; alter type shop.c add attribute a integer",
    ["~ type shop.c: columns from [a, b] to [b, a]", "= column shop.c.a: position from 1 to 3"],
  ),
];

const domain = "create domain shop.d as text";
const again = (definition: string): string =>
  `drop domain shop.d; create domain shop.d as ${definition}`;

export const domains = [
  plant("domain.owner", `${domain}; ${owned("d")}`, "alter domain shop.d owner to <writer>", [
    "~ domain shop.d: owner from 'admin' to 'writer'",
  ]),
  plant("domain.base type", domain, again("varchar(10)"), [
    "~ domain shop.d: base type from 'text' to 'character varying(10)'",
    "= domain shop.d: dropped and made again",
  ]),
  plant("domain.collation", domain, again('text collate "C"'), [
    `~ domain shop.d: collation from '"default"' to '"C"'`,
    "= domain shop.d: dropped and made again",
  ]),
  plant(
    "domain.not null",
    domain,
    "alter domain shop.d set not null",
    ["~ domain shop.d: not null from false to true"],
    { until: 16 },
  ),
  plant(
    "domain.not null",
    domain,
    "alter domain shop.d set not null",
    ["+ constraint d_not_null on domain shop.d", "~ domain shop.d: not null from false to true"],
    { since: 17 },
  ),
  plant("domain.default", domain, "alter domain shop.d set default 'x'", [
    "~ domain shop.d: default from nothing to ''x'::text'",
  ]),
];

const range = (subtype: string, rest = ""): string =>
  `create type shop.r as range (subtype = ${subtype}${rest})`;
const ranged = (subtype: string, rest = ""): string => `drop type shop.r; ${range(subtype, rest)}`;

export const rangeTypes = [
  plant(
    "range type.owner",
    `${range("text")}; ${owned("r")}`,
    "alter type shop.r owner to <writer>",
    ["~ type shop.r: owner from 'admin' to 'writer'"],
  ),
  plant("range type.subtype", range("integer"), ranged("smallint"), [
    "- function shop.r(integer, integer) (with 2 privileges)",
    "- function shop.r(integer, integer, text) (with 2 privileges)",
    "+ function shop.r(smallint, smallint) (with 2 privileges)",
    "+ function shop.r(smallint, smallint, text) (with 2 privileges)",
    "~ type shop.r: subtype from 'integer' to 'smallint'",
    "~ type shop.r: operator class from 'pg_catalog.int4_ops' to 'pg_catalog.int2_ops'",
    "= type shop.r: dropped and made again",
  ]),
  plant(
    "range type.operator class",
    range("text"),
    ranged("text", ", subtype_opclass = text_pattern_ops"),
    [
      "~ type shop.r: operator class from 'pg_catalog.text_ops' to 'pg_catalog.text_pattern_ops'",
      "= type shop.r: dropped and made again",
    ],
  ),
  plant("range type.collation", range("text"), ranged("text", ', collation = "C"'), [
    `~ type shop.r: collation from '"default"' to '"C"'`,
    "= type shop.r: dropped and made again",
  ]),
  plant(
    "range type.canonical",
    range("integer"),
    `drop type shop.r; create type shop.r;
     create function shop.tidy(shop.r) returns shop.r language internal immutable as 'int4range_canonical';
     create type shop.r as range (subtype = integer, canonical = shop.tidy)`,
    [
      "+ function shop.tidy(shop.r) (with 2 privileges)",
      "~ type shop.r: canonical from nothing to 'shop.tidy'",
      "= type shop.r: dropped and made again",
    ],
  ),
  plant(
    "range type.subtype difference",
    range("float8"),
    ranged("float8", ", subtype_diff = float8mi"),
    [
      "~ type shop.r: subtype difference from nothing to 'float8mi'",
      "= type shop.r: dropped and made again",
    ],
  ),
  plant(
    "range type.multirange type",
    range("text"),
    "alter type shop.r_multirange rename to several",
    [
      "~ function shop.r_multirange(): returns from 'shop.r_multirange' to 'shop.several'",
      "~ function shop.r_multirange(shop.r): returns from 'shop.r_multirange' to 'shop.several'",
      "~ function shop.r_multirange(shop.r[]): returns from 'shop.r_multirange' to 'shop.several'",
      "~ type shop.r: multirange type from 'shop.r_multirange' to 'shop.several'",
    ],
  ),
];

const base = `create type shop.w;
  create function shop.w_in(cstring) returns shop.w language internal immutable as 'textin';
  create function shop.w_out(shop.w) returns cstring language internal immutable as 'textout';
  create type shop.w (input = shop.w_in, output = shop.w_out)`;
/** Most of a base type stands for good once it is made, so it is changed where it stands. */
const set = (assignment: string): string =>
  `update pg_type set ${assignment} where oid = 'shop.w'::regtype`;

export const baseTypes = [
  plant("base type.owner", `${base}; ${owned("w")}`, "alter type shop.w owner to <writer>", [
    "~ type shop.w: owner from 'admin' to 'writer'",
  ]),
  plant("base type.defined", base, set("typisdefined = false"), [
    "~ type shop.w: defined from true to false",
  ]),
  plant("base type.input", base, set("typinput = 'byteain'::regproc"), [
    "~ type shop.w: input from 'shop.w_in' to 'byteain'",
  ]),
  plant("base type.output", base, set("typoutput = 'byteaout'::regproc"), [
    "~ type shop.w: output from 'shop.w_out' to 'byteaout'",
  ]),
  plant(
    "base type.receive",
    base,
    "create function shop.w_get(internal) returns shop.w language internal as 'textrecv'; alter type shop.w set (receive = shop.w_get)",
    [
      "+ function shop.w_get(internal) (with 2 privileges)",
      "~ type shop.w: receive from nothing to 'shop.w_get'",
    ],
  ),
  plant(
    "base type.send",
    base,
    "create function shop.w_put(shop.w) returns bytea language internal as 'textsend'; alter type shop.w set (send = shop.w_put)",
    [
      "+ function shop.w_put(shop.w) (with 2 privileges)",
      "~ type shop.w: send from nothing to 'shop.w_put'",
    ],
  ),
  plant("base type.modifier input", base, "alter type shop.w set (typmod_in = varchartypmodin)", [
    "~ type shop.w: modifier input from nothing to 'varchartypmodin'",
  ]),
  plant(
    "base type.modifier output",
    base,
    "alter type shop.w set (typmod_out = varchartypmodout)",
    ["~ type shop.w: modifier output from nothing to 'varchartypmodout'"],
  ),
  plant("base type.analyze", base, "alter type shop.w set (analyze = array_typanalyze)", [
    "~ type shop.w: analyze from nothing to 'array_typanalyze'",
  ]),
  plant("base type.subscript", base, set("typsubscript = 'array_subscript_handler'::regproc"), [
    "~ type shop.w: subscript from nothing to 'array_subscript_handler'",
  ]),
  plant("base type.element", base, set("typelem = 'text'::regtype"), [
    "~ type shop.w: element from nothing to 'text'",
  ]),
  plant("base type.length", base, set("typlen = 8"), ["~ type shop.w: length from -1 to 8"]),
  plant("base type.by value", base, set("typbyval = true"), [
    "~ type shop.w: by value from false to true",
  ]),
  plant("base type.alignment", base, set("typalign = 'd'"), [
    "~ type shop.w: alignment from 'int4' to 'double'",
  ]),
  plant("base type.storage", base, "alter type shop.w set (storage = extended)", [
    "~ type shop.w: storage from 'plain' to 'extended'",
  ]),
  plant("base type.category", base, set("typcategory = 'S'"), [
    "~ type shop.w: category from 'U' to 'S'",
  ]),
  plant("base type.preferred", base, set("typispreferred = true"), [
    "~ type shop.w: preferred from false to true",
  ]),
  plant("base type.delimiter", base, set("typdelim = ';'"), [
    "~ type shop.w: delimiter from ',' to ';'",
  ]),
  plant("base type.collation", base, set(`typcollation = '"C"'::regcollation`), [
    `~ type shop.w: collation from nothing to '"C"'`,
  ]),
  plant("base type.default", base, set("typdefault = 'x'"), [
    "~ type shop.w: default from nothing to 'x'",
  ]),
];
