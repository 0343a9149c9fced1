/** Who logs in where. */
export interface PasswordQuestion {
  /** A host name, or the folder that holds the Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly role: string;
}

/**
 * The password that a text such as psql reads from `PGPASSFILE` has for a login, if any: in lines
 * `host:port:database:role:password`, the first that fits. A `*` fits all, and a backslash takes a colon or a backslash
 * as it is. See https://www.postgresql.org/docs/current/libpq-pgpass.html.
 */
export function passwordFor(question: PasswordQuestion, text: string): string | undefined {
  const { host, port, database, role } = question;
  const asked = [host, String(port), database, role];
  return text
    .split(/\r?\n/u)
    .filter((line) => !line.startsWith("#"))
    .map(fieldsOf)
    .find((fields) => asked.every((each, index) => fields[index] === "*" || fields[index] === each))
    ?.at(asked.length);
}

function fieldsOf(line: string): string[] {
  return Array.from(line.matchAll(/(?:^|:)((?:\\.|[^:\\])*)/gu), ([, field = ""]) =>
    field.replaceAll(/\\(.)/gu, "$1"),
  );
}
