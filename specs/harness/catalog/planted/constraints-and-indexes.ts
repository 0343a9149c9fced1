import { plant } from "../planted-difference.ts";

const unique = "create table shop.t (a integer, constraint k unique (a))";
const foreign =
  "create table shop.p (a integer primary key); create table shop.t (a integer constraint k references shop.p)";
const inherited =
  "create table shop.p (a integer, constraint k check (a > 0)); create table shop.t (constraint k check (a > 0)) inherits (shop.p)";

export const constraints = [
  plant(
    "constraint.definition",
    "create table shop.t (a integer constraint k check (a > 0))",
    "alter table shop.t drop constraint k, add constraint k check (a > 1)",
    [
      "~ constraint k on table shop.t: definition from 'CHECK ((a > 0))' to 'CHECK ((a > 1))'",
      "= constraint k on table shop.t: dropped and made again",
    ],
  ),
  plant("constraint.deferrable", foreign, "alter table shop.t alter constraint k deferrable", [
    "~ constraint k on table shop.t: definition from 'FOREIGN KEY (a) REFERENCES shop.p(a)' to 'FOREIGN KEY (a) REFERENCES shop.p(a) DEFERRABLE'",
    "~ constraint k on table shop.t: deferrable from false to true",
  ]),
  plant(
    "constraint.initially deferred",
    foreign.replace(/\)$/, " deferrable)"),
    "alter table shop.t alter constraint k deferrable initially deferred",
    [
      "~ constraint k on table shop.t: definition from 'FOREIGN KEY (a) REFERENCES shop.p(a) DEFERRABLE' to 'FOREIGN KEY (a) REFERENCES shop.p(a) DEFERRABLE INITIALLY DEFERRED'",
      "~ constraint k on table shop.t: initially deferred from false to true",
    ],
  ),
  plant(
    "constraint.validated",
    "create table shop.t (a integer); alter table shop.t add constraint k check (a > 0) not valid",
    "alter table shop.t validate constraint k",
    [
      "~ constraint k on table shop.t: definition from 'CHECK ((a > 0)) NOT VALID' to 'CHECK ((a > 0))'",
      "~ constraint k on table shop.t: validated from false to true",
    ],
  ),
  plant(
    "constraint.enforced",
    foreign,
    "alter table shop.t alter constraint k not enforced",
    [
      "~ constraint k on table shop.t: definition from 'FOREIGN KEY (a) REFERENCES shop.p(a)' to 'FOREIGN KEY (a) REFERENCES shop.p(a) NOT ENFORCED'",
      "~ constraint k on table shop.t: validated from true to false",
      "~ constraint k on table shop.t: enforced from true to false",
      "~ constraint k on table shop.t: triggers enabled from [enabled] to []",
    ],
    {
      since: 18,
    },
  ),
  plant(
    "constraint.no inherit",
    "create table shop.t (a integer constraint k check (a > 0) no inherit)",
    "alter table shop.t drop constraint k, add constraint k check (a > 0)",
    [
      "~ constraint k on table shop.t: definition from 'CHECK ((a > 0)) NO INHERIT' to 'CHECK ((a > 0))'",
      "~ constraint k on table shop.t: no inherit from true to false",
      "= constraint k on table shop.t: dropped and made again",
    ],
  ),
  plant(
    "constraint.declared here",
    "create table shop.p (a integer, constraint k check (a > 0)); create table shop.t () inherits (shop.p)",
    "alter table shop.t no inherit shop.p",
    [
      "~ column shop.t.a: declared here from false to true",
      "~ column shop.t.a: times inherited from 1 to 0",
      "~ constraint k on table shop.t: declared here from false to true",
      "~ constraint k on table shop.t: times inherited from 1 to 0",
      "~ table shop.t: inherits from [shop.p] to []",
    ],
  ),
  plant("constraint.times inherited", inherited, "alter table shop.t no inherit shop.p", [
    "~ column shop.t.a: declared here from false to true",
    "~ column shop.t.a: times inherited from 1 to 0",
    "~ constraint k on table shop.t: times inherited from 1 to 0",
    "~ table shop.t: inherits from [shop.p] to []",
  ]),
  plant(
    "constraint.parent",
    `create table shop.p (a integer, constraint up unique (a)) partition by list (a); ${unique}`,
    "alter table shop.p attach partition shop.t for values in (1)",
    [
      "~ column shop.t.a: declared here from true to false",
      "~ column shop.t.a: times inherited from 0 to 1",
      "~ constraint k on table shop.t: declared here from true to false",
      "~ constraint k on table shop.t: times inherited from 0 to 1",
      "~ constraint k on table shop.t: parent from nothing to 'up'",
      "~ index shop.k: attached to from [] to [shop.up]",
      "~ table shop.t: inherits from [] to [shop.p]",
      "~ table shop.t: partition bound from nothing to 'FOR VALUES IN (1)'",
    ],
  ),
  plant("constraint.triggers enabled", foreign, "alter table shop.t disable trigger all", [
    "~ constraint k on table shop.t: triggers enabled from [enabled] to [disabled, enabled]",
  ]),
  plant(
    "constraint.definition",
    "create domain shop.d as integer constraint k check (value > 0)",
    "alter domain shop.d drop constraint k; alter domain shop.d add constraint k check (value > 1)",
    [
      "~ constraint k on domain shop.d: definition from 'CHECK ((VALUE > 0))' to 'CHECK ((VALUE > 1))'",
      "= constraint k on domain shop.d: dropped and made again",
    ],
  ),
];

const index = "create table shop.t (a integer, b text); create index i on shop.t (a)";
const again = (definition: string): string => `drop index shop.i; ${definition}`;
const flagged = (assignment: string): string =>
  `update pg_index set ${assignment} where indexrelid = 'shop.i'::regclass`;

export const indexes = [
  plant("index.definition", index, again("create index i on shop.t (a desc)"), [
    "~ index shop.i: definition from 'CREATE INDEX i ON shop.t USING btree (a)' to 'CREATE INDEX i ON shop.t USING btree (a DESC)'",
    "= index shop.i: dropped and made again",
  ]),
  plant("index.access method", index, again("create index i on shop.t using hash (a)"), [
    "~ index shop.i: definition from 'CREATE INDEX i ON shop.t USING btree (a)' to 'CREATE INDEX i ON shop.t USING hash (a)'",
    "~ index shop.i: access method from 'btree' to 'hash'",
    "= index shop.i: dropped and made again",
  ]),
  plant("index.unique", index, again("create unique index i on shop.t (a)"), [
    "~ index shop.i: definition from 'CREATE INDEX i ON shop.t USING btree (a)' to 'CREATE UNIQUE INDEX i ON shop.t USING btree (a)'",
    "~ index shop.i: unique from false to true",
    "= index shop.i: dropped and made again",
  ]),
  plant(
    "index.nulls not distinct",
    "create table shop.t (a integer); create unique index i on shop.t (a)",
    again("create unique index i on shop.t (a) nulls not distinct"),
    [
      "~ index shop.i: definition from 'CREATE UNIQUE INDEX i ON shop.t USING btree (a)' to 'CREATE UNIQUE INDEX i ON shop.t USING btree (a) NULLS NOT DISTINCT'",
      "~ index shop.i: nulls not distinct from false to true",
      "= index shop.i: dropped and made again",
    ],
    { since: 15 },
  ),
  plant(
    "index.primary",
    "create table shop.t (a integer not null); create unique index i on shop.t (a)",
    "alter table shop.t add constraint i primary key using index i",
    ["+ constraint i on table shop.t", "~ index shop.i: primary from false to true"],
  ),
  plant(
    "index.exclusion",
    index,
    "drop index shop.i; alter table shop.t add constraint i exclude (a with =)",
    [
      "+ constraint i on table shop.t",
      "~ index shop.i: exclusion from false to true",
      "= index shop.i: dropped and made again",
    ],
  ),
  plant(
    "index.immediate",
    unique,
    "alter table shop.t drop constraint k, add constraint k unique (a) deferrable",
    [
      "~ constraint k on table shop.t: definition from 'UNIQUE (a)' to 'UNIQUE (a) DEFERRABLE'",
      "~ constraint k on table shop.t: deferrable from false to true",
      "~ constraint k on table shop.t: triggers enabled from [] to [enabled]",
      "~ index shop.k: immediate from true to false",
      "= constraint k on table shop.t: dropped and made again",
      "= index shop.k: dropped and made again",
    ],
  ),
  plant(
    "index.valid",
    `create table shop.p (a integer) partition by list (a); create table shop.t partition of shop.p for values in (1);
     create index i on only shop.p (a); create index ti on shop.t (a)`,
    "alter index shop.i attach partition shop.ti",
    [
      "~ index shop.i: valid from false to true",
      "~ index shop.ti: attached to from [] to [shop.i]",
    ],
  ),
  plant("index.ready", index, flagged("indisready = false"), [
    "~ index shop.i: ready from true to false",
  ]),
  plant("index.live", index, flagged("indislive = false"), [
    "~ index shop.i: live from true to false",
  ]),
  plant("index.clustered", index, "alter table shop.t cluster on i", [
    "~ index shop.i: clustered from false to true",
  ]),
  plant(
    "index.replica identity",
    "create table shop.t (a integer not null); create unique index i on shop.t (a)",
    "alter table shop.t replica identity using index i",
    [
      "~ index shop.i: replica identity from false to true",
      "~ table shop.t: replica identity from 'default' to 'index'",
    ],
  ),
  plant("index.predicate", index, again("create index i on shop.t (a) where a > 0"), [
    "~ index shop.i: definition from 'CREATE INDEX i ON shop.t USING btree (a)' to 'CREATE INDEX i ON shop.t USING btree (a) WHERE (a > 0)'",
    "~ index shop.i: predicate from nothing to '(a > 0)'",
    "= index shop.i: dropped and made again",
  ]),
  plant(
    "index.operator classes",
    "create table shop.t (b text); create index i on shop.t (b)",
    again("create index i on shop.t (b text_pattern_ops)"),
    [
      "~ index shop.i: definition from 'CREATE INDEX i ON shop.t USING btree (b)' to 'CREATE INDEX i ON shop.t USING btree (b text_pattern_ops)'",
      "~ index shop.i: operator classes from [pg_catalog.text_ops] to [pg_catalog.text_pattern_ops]",
      "= index shop.i: dropped and made again",
    ],
  ),
  plant(
    "index.column statistics",
    "create table shop.t (a integer); create index i on shop.t (a, (a + 1))",
    "alter index shop.i alter column 2 set statistics 500",
    ["~ index shop.i: column statistics from [default, default] to [default, 500]"],
  ),
  plant("index.options", index, "alter index shop.i set (fillfactor = 70)", [
    "~ index shop.i: definition from 'CREATE INDEX i ON shop.t USING btree (a)' to 'CREATE INDEX i ON shop.t USING btree (a) WITH (fillfactor='70')'",
    "~ index shop.i: options from [] to [fillfactor=70]",
  ]),
  plant("index.tablespace", index, "alter index shop.i set tablespace <tablespace>", [
    "~ index shop.i: tablespace from nothing to '<tablespace>'",
  ]),
  plant(
    "index.attached to",
    `create table shop.p (a integer) partition by list (a); create table shop.t partition of shop.p for values in (1);
     create table shop.u partition of shop.p for values in (2); create index i on only shop.p (a);
     create index ti on shop.t (a)`,
    "alter index shop.i attach partition shop.ti",
    ["~ index shop.ti: attached to from [] to [shop.i]"],
  ),
  plant(
    "index.column options",
    "create table shop.t (v tsvector); create index i on shop.t using gist (v)",
    again("create index i on shop.t using gist (v tsvector_ops (siglen = 100))"),
    [
      "~ index shop.i: definition from 'CREATE INDEX i ON shop.t USING gist (v)' to 'CREATE INDEX i ON shop.t USING gist (v tsvector_ops (siglen='100'))'",
      "~ index shop.i: column options from [] to [1 siglen=100]",
      "= index shop.i: dropped and made again",
    ],
  ),
];
