import type { Tenancy } from "../postgres/tenancy.ts";
import type { RedisAddress } from "../redis/server.ts";
import type { Effort } from "../verdict/effort.ts";
import type { HowToOpen } from "./how-to-open.ts";

/**
 * One rehearsal as the workers that try the laws need it: open servers, migrated templates and how much to try. Plain
 * data, so that it can be handed to another thread or process.
 */
export interface Rehearsal {
  readonly tenancy: Tenancy;
  /** Databases to clone: before the revision under test, and at it. */
  readonly templates: { readonly baseline: string; readonly target: string };
  readonly redis: RedisAddress | { readonly unavailable: string };
  readonly migrations: { readonly folder: string; readonly to: string };
  /** Server settings that the migrations read, such as those that tell them the roles' names. */
  readonly settings: Readonly<Record<string, string>>;
  /** Absolute path of the file that exports the binding; none where only the migration laws run. */
  readonly bindings?: string;
  readonly effort: Effort;
  readonly seed: number;
  /** Ids or globs; every law if empty. */
  readonly laws: readonly string[];
  readonly keep: boolean;
  /** How a law opens a server of its own. */
  readonly howToOpen: HowToOpen;
  /** Set where the application's role could not call the functions and was lent the owner's rights to try them. */
  readonly lent?: string;
}
