import type { Subject } from "../subject.ts";
import { applies } from "./applies.ts";
import { exact } from "./exact.ts";
import { leastPrivilege } from "./least-privilege.ts";
import { type MigrationPart, migrationPart } from "./migration-part.ts";
import { noMasking } from "./no-masking.ts";
import { preservesRows } from "./preserves-rows.ts";
import { reappliable } from "./reappliable.ts";
import { reversible } from "./reversible.ts";
import { rollbackGuard } from "./rollback-guard.ts";

export const migrationSubject: Subject<MigrationPart> = {
  name: "migration",
  laws: [
    applies,
    reversible,
    reappliable,
    preservesRows,
    exact,
    noMasking,
    leastPrivilege,
    rollbackGuard,
  ],
  part: migrationPart,
};
