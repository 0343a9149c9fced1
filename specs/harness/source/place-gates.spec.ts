/**
 * Goal: Gates stand before everything in a function that could meet another session and nowhere else, no line moves, and
 * what cannot be gated faithfully is refused with the reason.
 * Method: Definitions as the server prints them, with every shape of statement. A gate reads ‹n› in what comes out.
 */
import { expect, test } from "vitest";
import { placeGates, type PlacedGates } from "../../../harness/source/place-gates.ts";

test.each([
  [
    "SQL statements",
    "begin insert into t values (1); update t set a = 2; end",
    "begin ‹1›insert into t values (1); ‹2›update t set a = 2; ‹3›end",
  ],
  ["perform of a table", "begin perform from t; end", "begin ‹1›perform from t; ‹2›end"],
  [
    "perform of a function that touches",
    "begin perform touching(1); end",
    "begin ‹1›perform touching(1); ‹2›end",
  ],
  [
    "perform of one that does not",
    "begin perform harmless(1); end",
    "begin perform harmless(1); ‹1›end",
  ],
  ["return", "begin if a then return; end if; end", "begin if a then ‹1›return; end if; ‹2›end"],
  ["a last return", "begin x := 1; return; end", "begin x := 1; ‹1›return; end"],
  [
    "dynamic statements, calls and blocks of code",
    "begin execute 'x' using 1; call p(1); do $$ begin end $$; end",
    "begin ‹1›execute 'x' using 1; ‹2›call p(1); ‹3›do $$ begin end $$; ‹4›end",
  ],
  [
    "cursors",
    "declare c cursor for select 1; r int; begin open c; fetch c into r; move next in c; close c; end",
    "declare c cursor for select 1; r int; begin ‹1›open c; ‹2›fetch c into r; ‹3›move next in c; close c; ‹4›end",
  ],
  [
    "ends of transactions",
    "begin commit; rollback and chain; end",
    "begin ‹1›commit; ‹2›rollback and chain; ‹3›end",
  ],
  [
    "what only computes",
    "begin x := 1 + coalesce(x, 2); get diagnostics x = row_count; null; raise notice '%', x; assert x > 1; end",
    "begin x := 1 + coalesce(x, 2); get diagnostics x = row_count; null; raise notice '%', x; assert x > 1; ‹1›end",
  ],
  [
    "assignments that ask",
    "begin x := (select 1); x = count(*) from t; x := a is distinct from x; x := (table t limit 1); a[1] := schema_a.touching(2); end",
    "begin ‹1›x := (select 1); ‹2›x = count(*) from t; x := a is distinct from x; ‹3›x := (table t limit 1); ‹4›a[1] := schema_a.touching(2); ‹5›end",
  ],
  [
    "quoted functions",
    `begin x := "Touching"(1); x := "no(select"; end`,
    `begin ‹1›x := "Touching"(1); x := "no(select"; ‹2›end`,
  ],
  [
    "options of raise",
    "begin raise exception using table = 't', message = 'x'; raise notice using message = (select 'x'); end",
    "begin raise exception using table = 't', message = 'x'; ‹1›raise notice using message = (select 'x'); ‹2›end",
  ],
  [
    "if and elsif that ask",
    "begin if x = 1 then null; elsif exists (select 1) then x := 2; else delete from t; end if; end",
    "begin ‹1›if x = 1 then null; elsif exists (select 1) then x := 2; else ‹2›delete from t; end if; ‹3›end",
  ],
  [
    "case",
    "begin case x when 1, 2 then delete from t; else null; end case; case when (select true) then null; end case; end",
    "begin case x when 1, 2 then ‹1›delete from t; else null; end case; ‹2›case when (select true) then null; end case; ‹3›end",
  ],
  [
    "a case expression in a condition",
    "begin if (case when x then 1 else 2 end) = 1 then null; end if; end",
    "begin if (case when x then 1 else 2 end) = 1 then null; end if; ‹1›end",
  ],
  [
    "loops and their labels",
    "begin <<l>> for i in 1..2 loop loop exit l when a; continue l; end loop; end loop l; <<m>> while b loop b := false; end loop m; end",
    "begin <<l>> for i in 1..2 loop loop exit l when a; continue l; end loop; end loop l; <<m>> while b loop b := false; end loop m; ‹1›end",
  ],
  [
    "loops over queries",
    "declare q cursor (n integer) for select n; begin <<l>> for r in select 1 loop null; end loop l; for r in execute 'x' loop null; end loop; for r in q(1) loop null; end loop; end",
    "declare q cursor (n integer) for select n; begin ‹1›<<l>> for r in select 1 loop null; end loop l; ‹2›for r in execute 'x' loop null; end loop; ‹3›for r in q(1) loop null; end loop; ‹4›end",
  ],
  [
    "bounds and arrays that ask",
    "begin for i in reverse 9..(select 1) by 2 loop null; end loop; foreach x in array (select a) loop exit when (select true); end loop; end",
    "begin ‹1›for i in reverse 9..(select 1) by 2 loop null; end loop; ‹2›foreach x in array (select a) loop ‹3›exit when (select true); end loop; ‹4›end",
  ],
  [
    "a while whose condition asks, each time round",
    "begin while exists (select 1) loop if a then continue; end if; x := 1; end loop; end",
    "begin ‹1›while exists (select 1) loop if a then ‹2›continue; end if; x := 1; ‹3›end loop; ‹4›end",
  ],
  [
    "blocks, their declarations and handlers",
    "begin declare y int := (select 1); begin y := 1; exception when others or sqlstate '22012' then delete from t; end; end",
    "begin ‹1›declare y int := (select 1); begin y := 1; exception when others or sqlstate '22012' then ‹2›delete from t; end; ‹3›end",
  ],
  [
    "ends of outermost handlers",
    "begin return; exception when others then x := 1; when not_null_violation then raise; end",
    "begin ‹1›return; exception when others then x := 1; ‹2›when not_null_violation then raise; end",
  ],
  [
    "an end behind branches that all leave",
    "begin if a then return; else raise exception 'x'; end if; end",
    "begin if a then ‹1›return; else raise exception 'x'; end if; end",
  ],
  [
    "an end behind a labelled block",
    "begin <<l>> begin exit l; return; end l; end",
    "begin <<l>> begin exit l; ‹1›return; end l; ‹2›end",
  ],
  [
    "options, labels and aliases",
    "#variable_conflict use_column\n<<l>> declare y integer; z alias for x; begin l.y := z; end l;",
    "#variable_conflict use_column\n<<l>> declare y integer; z alias for x; begin l.y := z; ‹1›end l;",
  ],
  [
    "variables that are called like words",
    `begin "loop" := 1; perform := 2; exception = 3; "loop" = x; end`,
    `begin "loop" := 1; perform := 2; exception = 3; "loop" = x; ‹1›end`,
  ],
  [
    "row types",
    "declare r t%rowtype; begin r.a := 1; end",
    "declare r t%rowtype; begin r.a := 1; ‹1›end",
  ],
  [
    "keywords in comments and strings",
    "begin -- ; end\n x := ' select '; /* ; /* */ loop */ a[1] := $q$; end $q$; end",
    "begin -- ; end\n x := ' select '; /* ; /* */ loop */ a[1] := $q$; end $q$; ‹1›end",
  ],
  [
    "functions that are created",
    "begin create function g() returns int begin atomic; select case when true then 1 end; end; delete from t; end",
    "begin ‹1›create function g() returns int begin atomic; select case when true then 1 end; end; ‹2›delete from t; ‹3›end",
  ],
])("gates %s", (_, body, gated) => {
  expect(readable(place(body))).toBe(gated);
});

test.each([
  ["one value", "RETURNS integer", "begin x := 1; end"],
  ["nothing", "RETURNS void", "begin x := 1; ‹1›end"],
  ["a set", "RETURNS SETOF integer", "begin x := 1; ‹1›end"],
  ["a table", "RETURNS TABLE(n integer)", "begin x := 1; ‹1›end"],
])("where a function answers %s, its end is gated if it may be reached", (_, returns, gated) => {
  expect(readable(place("begin x := 1; end", returns))).toBe(gated);
});

test("sets that are returned in parts are gated where a query is asked", () => {
  const body =
    "begin return next 1; return next (select 2); return query select 3; return query execute 'x'; end";

  expect(readable(place(body, "RETURNS SETOF integer"))).toBe(
    "begin return next 1; ‹1›return next (select 2); ‹2›return query select 3; ‹3›return query execute 'x'; ‹4›end",
  );
});

test("OUT parameters and procedures may reach their end, too", () => {
  const out = define("begin x := 1; end", "RETURNS integer").replace("(", "(OUT o integer, ");
  const procedure = define("begin x := 1; end", "").replace("FUNCTION", "PROCEDURE");

  expect(readable(gate(out))).toBe("begin x := 1; ‹1›end");
  expect(readable(gate(procedure))).toBe("begin x := 1; ‹1›end");
});

test("a gate is told with its line in the body and what it stands before", () => {
  const placed = place(
    "\nbegin\n  <<each>>\n  for r in select 1  -- rows\n  loop delete from t; end loop;\n  update t\n     set a = 1;\nend\n",
  );

  expect(placed).toMatchObject({
    kind: "gated",
    gates: [
      { number: 1, line: 4, text: "for r in select 1  -- rows" },
      { number: 2, line: 5, text: "delete from t; end loop;" },
      { number: 3, line: 6, text: "update t" },
      { number: 4, line: 8, text: "end" },
    ],
  });
});

test("everything around the body stays as it is", () => {
  const definition = define("begin return; end", "RETURNS void")
    .replace("()", `(language text DEFAULT 'LANGUAGE sql AS $x$'::text, VARIADIC "OUT" integer[])`)
    .replace("AS ", "SECURITY DEFINER\n SET search_path TO 'pg_catalog', 'pg_temp'\nAS ");

  const placed = gate(definition);

  expect(placed.kind === "gated" && placed.definition.replace(/if .* then end if; /, "")).toBe(
    definition,
  );
});

test.each([
  [
    "SQL",
    "CREATE OR REPLACE FUNCTION f()\n RETURNS integer\n LANGUAGE sql\nBEGIN ATOMIC\n SELECT 1;\nEND",
    "written in sql: statement gates need PL/pgSQL",
  ],
  [
    "C",
    "CREATE OR REPLACE FUNCTION f()\n RETURNS integer\n LANGUAGE c\nAS '$libdir/x', $function$y$function$",
    "written in c: statement gates need PL/pgSQL",
  ],
  [
    "no function",
    "CREATE TABLE t (language text)",
    "no definition of a function as the server prints it",
  ],
  [
    "a body in single quotes",
    "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS 'begin end'",
    "no body between dollar quotes",
  ],
  [
    "an unfinished body",
    define("begin x := 1;", "RETURNS void"),
    "its statements cannot be told apart at line 1: a statement is expected where nothing stands",
  ],
  [
    "an unfinished condition",
    define("begin\nif x; end if; end", "RETURNS void"),
    "its statements cannot be told apart at line 2: then is expected where ; stands",
  ],
  [
    "more than a block",
    define("begin end; begin end", "RETURNS void"),
    "its statements cannot be told apart at line 1: the end of the body is expected where begin stands",
  ],
  [
    "what the parser refuses",
    define("begin y := 1; end", "RETURNS void"),
    'cannot be parsed: "y" is not a known variable',
  ],
])("refuses %s", (_, definition, reason) => {
  expect(gate(definition)).toEqual({ kind: "refused", reason });
});

test.each([
  ["is no expression", () => "1; delete from t", /^cannot be parsed with gates: /],
  [
    "moves lines",
    (number: number) => `gate(\n${number})`,
    /^with gates it would be another function$/,
  ],
  [
    "does more",
    (number: number) => `gate(${number}) then x := 1; end if; if true`,
    /^its gates would not stand/,
  ],
])("refuses where the call of a gate %s", (_, gateCall, reason) => {
  const placed = placeGates(define("begin delete from t; end", "RETURNS void"), {
    gateCall,
    touches: () => false,
  });

  expect(placed).toEqual({ kind: "refused", reason: expect.stringMatching(reason) });
});

function place(body: string, returns = "RETURNS void"): PlacedGates {
  return gate(define(body, returns));
}

function gate(definition: string): PlacedGates {
  return placeGates(definition, {
    gateCall: (number) => `gate(${number})`,
    touches: (name) => /^(schema_a\.touching|touching|Touching)$/.test(name),
  });
}

/** As `pg_get_functiondef` prints it. Bodies may use the variables a, b, c, r, x and perform, exception and "loop". */
function define(body: string, returns: string): string {
  return `CREATE OR REPLACE FUNCTION f(a integer[], b boolean, c refcursor, r record, x integer, perform integer, exception integer, "loop" integer)\n ${returns}\n LANGUAGE plpgsql\nAS $function$${body}$function$\n`;
}

/** The body with gates as ‹n›, or why there is none. */
function readable(placed: PlacedGates): string {
  if (placed.kind === "refused") return placed.reason;
  const body = placed.definition.split("$function$")[1] ?? "";
  return body.replaceAll(/if gate\((\d+)\) then end if; /g, "‹$1›");
}
