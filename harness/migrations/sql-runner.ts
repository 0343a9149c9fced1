/** All that a migration needs of a session. Without values, the text may be anything that one simple query may be. */
export interface SqlRunner {
  run(sql: string, values?: readonly unknown[]): Promise<{ rows: unknown[] }>;
}
