/** What befalls a session that is held at a gate. */
export type FaultKind =
  /** Its statement is cancelled, as by an administrator or a timeout. */
  | "cancel"
  /** The server ends its connection. */
  | "terminate"
  /** Its end of the connection is gone; the server goes on with the statement and cannot answer it. */
  | "drop";

/** Which session of a program is struck, and where. */
export interface Fault {
  readonly kind: FaultKind;
  readonly session: number;
  /**
   * At the gate of its first call after which nothing but its commit is left, or counted from 1; nothing can befall it
   * where it has touched nothing yet.
   */
  readonly gate: number | "last";
}

/** What became of a transaction whose answer was lost; asked of the server. */
export type Fate = "committed" | "aborted";

export function describeFault(kind: FaultKind): string {
  return descriptions[kind];
}

const descriptions: Readonly<Record<FaultKind, string>> = {
  cancel: "is cancelled, as by Ctrl-C",
  terminate: "is ended by the server, as by pg_terminate_backend",
  drop: "loses its connection, and the server goes on",
};
