import type { Attributes } from "./attribute.ts";

/** What `pg_description` and `pg_depend` call an object: SQL expressions for catalog, oid and column. */
export interface Address {
  readonly catalog: string;
  readonly oid: string;
  /** The column's number; the whole object if left out. */
  readonly column?: string;
}

/**
 * One kind of object: where the catalog keeps it, what it is called and what is said of it. Everything that hangs on
 * any object (comments, security labels, privileges) is read for it without a word here but `privileges`.
 */
export interface Kind<Part extends string = string> {
  /** What a person calls it, as in `3 columns`. */
  readonly kind: string;
  /** What follows `from`, conditions included. Joins must not multiply rows: a row is an object. */
  readonly from: string;
  readonly address?: Address;
  /** The object that it belongs to and goes with, such as the table of a column. */
  readonly of?: Address;
  /** A name for what `of` points at where no kind reads it. Not asked for otherwise. */
  readonly ofOtherwise?: string;
  /** What the name is made of: texts, quoted as SQL would. */
  readonly parts: Readonly<Record<Part, string>>;
  /** Role names among the parts, to be shown by label. */
  readonly roleParts?: readonly NoInfer<Part>[];
  /** The readable name, by which two catalogs are compared; `of` is the name of what it belongs to. */
  name(parts: Readonly<Record<Part, string>>, of: string): string;
  readonly attributes: Attributes;
  readonly privileges?: PrivilegeSource;
}

/** Where an object's access control list is. A null list is filled in with what `acldefault` gives. */
export interface PrivilegeSource {
  readonly list: string;
  /** The oid of the owner. */
  readonly owner: string;
  /** The letter that `acldefault` knows the kind of object by, as an expression. */
  readonly letter: string;
}

/** Names the parts for the compiler and forgets them again, so that kinds of all shapes stand in one list. */
export function defineKind<Part extends string>(kind: Kind<Part>): Kind {
  return kind;
}
