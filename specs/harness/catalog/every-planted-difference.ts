import { constraints, indexes } from "./planted/constraints-and-indexes.ts";
import { databaseWide } from "./planted/database-wide.ts";
import { aggregates, routines } from "./planted/routines.ts";
import { columns, tables } from "./planted/tables.ts";
import {
  eventTriggers,
  extendedStatistics,
  policies,
  rules,
  triggers,
} from "./planted/triggers-and-rules.ts";
import { baseTypes, compositeTypes, domains, enums, rangeTypes } from "./planted/types.ts";
import { materializedViews, sequences, views } from "./planted/views-and-sequences.ts";

export const everyPlantedDifference = [
  ...databaseWide,
  ...tables,
  ...columns,
  ...constraints,
  ...indexes,
  ...views,
  ...materializedViews,
  ...sequences,
  ...routines,
  ...aggregates,
  ...triggers,
  ...eventTriggers,
  ...rules,
  ...policies,
  ...extendedStatistics,
  ...enums,
  ...compositeTypes,
  ...domains,
  ...rangeTypes,
  ...baseTypes,
];
