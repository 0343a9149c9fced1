import { z } from "zod";
import { sql } from "../../postgres/query.ts";
import { noted } from "../finding.ts";
import type { PreflightCheck } from "./preflight-check.ts";

/** A server tells nobody how much room its disk has left: what it does tell is noted. */
export const room: PreflightCheck = {
  name: "room",
  async look(looker) {
    const { size } = await looker.one(sizeQuery);
    return noted(
      `the database is ${size} large; the server does not tell what is free: look at its disk`,
    );
  },
};

const sizeQuery = sql.type(z.object({ size: z.string() }))`
  select pg_size_pretty(pg_database_size(current_database())) as size`;
