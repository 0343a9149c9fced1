/** Functions with features that a gate could disturb, and calls that would show it. */
export interface HardBody {
  readonly what: string;
  /** Statements that make the functions, in a schema of their own with a table `t` of three rows. */
  readonly setup: string;
  /** Statements of one session, one after the other; errors are answers. */
  readonly calls: readonly string[];
  /** Who calls, if not the owner. */
  readonly as?: "app";
  /** What kind of gates the calls must meet, if not those of statements. */
  readonly gates?: "trigger";
}

/** What stands in each schema before the setup. */
export const table =
  "create table t (id integer primary key, v text);" +
  "insert into t values (1, 'a'), (2, 'b'), (3, 'c');";
