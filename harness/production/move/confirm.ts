import { RehearsalError } from "../../verdict/rehearsal-error.ts";
import type { Target } from "../target.ts";

/** Whoever changes a database says its name once more. Fails with `NOT_CONFIRMED`. */
export function demandConfirmed(
  target: Pick<Target, "database">,
  confirmed: string | undefined,
): void {
  if (confirmed === target.database) return;
  const said = confirmed === undefined ? "It was not confirmed" : `"${confirmed}" is not its name`;
  throw new RehearsalError(
    "NOT_CONFIRMED",
    `This would change the database ${target.database}. ${said}, so nothing was done. Add --confirm ${target.database}`,
  );
}
