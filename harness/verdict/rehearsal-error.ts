/**
 * What could not be done, to what, with what consequence, and what to do next, in one message. The driver's or the
 * system's own error is the `cause`. `exitCode` is what a command line ends with when nobody handles it: 2 for bad
 * input, 3 when the trouble lies with the machine, so that nothing could be told about the migration.
 */
export class RehearsalError extends Error {
  override readonly name = "RehearsalError";
  readonly code: string;
  readonly exitCode: 2 | 3;

  constructor(code: string, message: string, options: { cause?: unknown; exitCode?: 2 | 3 } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.exitCode = options.exitCode ?? 2;
  }
}
