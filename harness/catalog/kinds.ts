import type { Kind } from "./kind.ts";
import { aggregate } from "./kinds/aggregate.ts";
import { baseType } from "./kinds/base-type.ts";
import { column } from "./kinds/column.ts";
import { comment } from "./kinds/comment.ts";
import { compositeType } from "./kinds/composite-type.ts";
import { constraint } from "./kinds/constraint.ts";
import { database } from "./kinds/database.ts";
import { defaultPrivilege } from "./kinds/default-privilege.ts";
import { domain } from "./kinds/domain.ts";
import { enumType } from "./kinds/enum-type.ts";
import { eventTrigger } from "./kinds/event-trigger.ts";
import { extendedStatistics } from "./kinds/extended-statistics.ts";
import { extension } from "./kinds/extension.ts";
import { materializedView } from "./kinds/materialized-view.ts";
import { policy } from "./kinds/policy.ts";
import { rangeType } from "./kinds/range-type.ts";
import { routine } from "./kinds/routine.ts";
import { rule } from "./kinds/rule.ts";
import { schema } from "./kinds/schema.ts";
import { securityLabel } from "./kinds/security-label.ts";
import { sequence } from "./kinds/sequence.ts";
import { setting } from "./kinds/setting.ts";
import { table } from "./kinds/table.ts";
import { tableIndex } from "./kinds/table-index.ts";
import { trigger } from "./kinds/trigger.ts";
import { view } from "./kinds/view.ts";

/** Every kind of object that a snapshot holds. Adding one here is all it takes. */
export const kinds: readonly Kind[] = [
  database,
  setting,
  schema,
  extension,
  enumType,
  compositeType,
  domain,
  rangeType,
  baseType,
  table,
  view,
  materializedView,
  column,
  constraint,
  tableIndex,
  sequence,
  routine,
  aggregate,
  trigger,
  eventTrigger,
  rule,
  policy,
  extendedStatistics,
  defaultPrivilege,
  comment,
  securityLabel,
];
