import { z } from "zod";
import { sql } from "../postgres/query.ts";
import type { Session } from "../postgres/session.ts";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import type { Binding } from "./binding.ts";

/** Fails, naming all of them, if functions that the binding names are not in the database. */
export async function checkFunctions(session: Session, binding: Binding): Promise<void> {
  const missing = await session.all(sql.type(z.object({ signature: z.string() }))`
    select signature from unnest(${sql.array([...binding.functions], "text")}) as signature
    where to_regprocedure(signature) is null`);
  if (missing.length === 0) return;
  throw new RehearsalError(
    "FUNCTIONS_MISSING",
    `The binding "${binding.name}" names functions that the migrations do not make:\n` +
      missing.map(({ signature }) => `  ${signature}\n`).join("") +
      "Nothing was tried. Bind other functions with --bindings, or test another revision with --to.",
  );
}
