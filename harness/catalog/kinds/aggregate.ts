import { amount, flag, text, word, type Attribute } from "../attribute.ts";
import { defineKind } from "../kind.ts";
import {
  routineAddress,
  routineAttributes,
  routineParts,
  routinePrivileges,
  routines,
} from "./routine.ts";

const called = (oid: string): Attribute => text(`nullif(${oid}::oid, 0)::regprocedure`);

const writes = (letter: string): Attribute =>
  word(letter, { r: "read only", s: "shareable", w: "read write" });

/** Aggregates: their functions and states, which of them work in moving windows, and what parallel workers may do. */
export const aggregate = defineKind({
  kind: "aggregate",
  from: routines("a", "join pg_aggregate g on g.aggfnoid = p.oid"),
  address: routineAddress,
  parts: routineParts,
  name: (parts) => `aggregate ${parts.schema}.${parts.routine}(${parts.arguments})`,
  attributes: {
    ...routineAttributes,
    kind: word("g.aggkind", { n: "normal", o: "ordered set", h: "hypothetical set" }),
    "direct arguments": amount("g.aggnumdirectargs"),
    transition: called("g.aggtransfn"),
    "state type": text("format_type(g.aggtranstype, null)"),
    "state size": amount("g.aggtransspace"),
    "initial state": text("g.agginitval"),
    final: called("g.aggfinalfn"),
    "final gets arguments": flag("g.aggfinalextra"),
    "final writes": writes("g.aggfinalmodify"),
    combine: called("g.aggcombinefn"),
    serialize: called("g.aggserialfn"),
    deserialize: called("g.aggdeserialfn"),
    "sort operator": text("nullif(g.aggsortop, 0)::regoperator"),
    "moving transition": called("g.aggmtransfn"),
    "moving inverse": called("g.aggminvtransfn"),
    "moving state type": text(
      "case when g.aggmtranstype <> 0 then format_type(g.aggmtranstype, null) end",
    ),
    "moving state size": amount("g.aggmtransspace"),
    "moving initial state": text("g.aggminitval"),
    "moving final": called("g.aggmfinalfn"),
    "moving final gets arguments": flag("g.aggmfinalextra"),
    "moving final writes": writes("g.aggmfinalmodify"),
  },
  privileges: routinePrivileges,
});
