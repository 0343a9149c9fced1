import { z } from "zod";

/** What PostgreSQL says when it refuses a statement. */
export interface ServerError {
  readonly severity: string;
  readonly sqlstate: string;
  readonly message: string;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
  /** The calls it happened in, innermost first. */
  readonly where?: string | undefined;
  /** A character of the statement that was sent, from 1. */
  readonly position?: number | undefined;
  /** A statement that a function sent itself, and a character of it, from 1. */
  readonly internalQuery?: string | undefined;
  readonly internalPosition?: number | undefined;
}

const driverError = z
  .object({
    severity: z.string(),
    code: z.string().length(5),
    message: z.string(),
    detail: z.string().optional(),
    hint: z.string().optional(),
    where: z.string().optional(),
    position: z.coerce.number().int().positive().optional(),
    internalQuery: z.string().optional(),
    internalPosition: z.coerce.number().int().positive().optional(),
  })
  .transform(({ code, ...rest }): ServerError => ({ sqlstate: code, ...rest }));

/** Reads what the driver threw; undefined if it was not the server that spoke, as when the connection was lost. */
export function readServerError(thrown: unknown): ServerError | undefined {
  const parsed = driverError.safeParse(thrown);
  return parsed.success ? parsed.data : undefined;
}

/** Whether the server ended the session with this error: there is nobody left to say `rollback` to. */
export function endsSession(error: ServerError): boolean {
  return error.severity === "FATAL" || error.severity === "PANIC";
}
