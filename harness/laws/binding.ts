import type { ArchiveBinding } from "./archive/archive-binding.ts";
import type { LockBinding } from "./lock/lock-binding.ts";
import type { MigrationBinding } from "./migration/migration-binding.ts";
import type { OutboxBinding } from "./outbox/outbox-binding.ts";
import type { ReplayBinding } from "./replay/replay-binding.ts";

/**
 * Which SQL plays which part: a stranger with lock, outbox or replay functions of their own writes one of these and
 * gets the laws of every part that it binds.
 */
export interface Binding {
  /** Short name of the subject, such as `m10`. */
  readonly name: string;
  /** The revision that the bindings are about, unless `--to` says otherwise; the folder's last one if left out. */
  readonly revision?: string;
  /** Roles that must be there before the first migration, by the label that the laws know them by. `app` calls the functions. */
  readonly roles: Readonly<Record<"app", RoleBinding>> & Readonly<Record<string, RoleBinding>>;
  /** Columns that hold a caller's instants, not our clock's, as `schema.table.column`: time does not move them. */
  readonly callersInstants: readonly string[];
  /** Every bound function with the types of its arguments, such as `m10_recovery.release_lock(text, text)`. */
  readonly functions: readonly string[];
  readonly migration?: MigrationBinding;
  readonly lock?: LockBinding;
  readonly replay?: ReplayBinding;
  readonly archive?: ArchiveBinding;
  readonly outbox?: OutboxBinding;
}

export interface RoleBinding {
  /** The server setting by which the migrations learn the role's name, if they do. */
  readonly setting?: string;
}
