import type { Revision } from "../../../harness/migrations/revision.ts";

/** A revision that never was in a folder. */
export function scratchRevision(upSql: string, change: Partial<Revision> = {}): Revision {
  return {
    id: "001_first",
    previousId: null,
    upFile: "sql/001_first.up.sql",
    upSql,
    upTransactional: true,
    downFile: "sql/001_first.down.sql",
    downSql: "select 1;",
    downTransactional: true,
    ...change,
  };
}
