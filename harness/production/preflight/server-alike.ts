import { z } from "zod";
import { sql } from "../../postgres/query.ts";
import { readServerFacts } from "../server-facts.ts";
import { go, noGo } from "../finding.ts";
import type { PreflightCheck } from "./preflight-check.ts";

/** The server takes writes, and reads the same SQL as the one that was rehearsed on. */
export const serverAlike: PreflightCheck = {
  name: "server",
  async look(looker, { rehearsed }) {
    const { version, standby } = await looker.one(serverQuery);
    if (standby) return noGo(`PostgreSQL ${version} is a standby: name the primary`);
    const found = await readServerFacts(looker);
    const { settings, extensions, encoding } = rehearsed.facts;
    const different = Object.entries(settings)
      .filter(([name, value]) => found.settings[name] !== value)
      .map(
        ([name, value]) =>
          `${name} is ${JSON.stringify(found.settings[name])}, rehearsed with ${JSON.stringify(value)}`,
      );
    const missing = Object.keys(extensions)
      .filter((name) => found.extensions[name] === undefined)
      .map((name) => `extension ${name} is missing`);
    const encodings =
      found.encoding === encoding
        ? []
        : [`the encoding is ${found.encoding}, rehearsed with ${encoding}`];
    const problems = [...different, ...missing, ...encodings];
    if (problems.length > 0) return noGo("it would not read the SQL as it was rehearsed", problems);
    return go(`PostgreSQL ${version}, rehearsed on ${rehearsed.version} with the same settings`);
  },
};

const serverQuery = sql.type(z.object({ version: z.string(), standby: z.boolean() }))`
  select split_part(current_setting('server_version'), ' ', 1) as version, pg_is_in_recovery() as standby`;
