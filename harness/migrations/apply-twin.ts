import { basename } from "node:path";
import { patchSource } from "../source/patch.ts";
import type { Twin } from "../source/twin.ts";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import type { Revision } from "./revision.ts";

/**
 * The revisions with the twin's one place broken; nothing is written to disk. Throws `TWIN_DOES_NOT_APPLY` if no
 * revision has the file that it names, and `PATCH_DOES_NOT_APPLY` if the lines it takes out are not there once.
 */
export function applyTwin(revisions: readonly Revision[], twin: Twin): Revision[] {
  const broken = revisions.map((revision) => applied(revision, twin));
  if (broken.every((revision, index) => revision === revisions[index])) {
    const files = revisions.flatMap(({ upFile, downFile }) => [upFile, downFile]);
    throw new RehearsalError(
      "TWIN_DOES_NOT_APPLY",
      `The twin "${twin.what}" breaks ${twin.file}, which is none of ${files.map((file) => basename(file)).join(", ")}.`,
    );
  }
  return broken;
}

function applied(revision: Revision, twin: Twin): Revision {
  const patch = { find: twin.takeOut, replace: twin.putIn };
  if (basename(revision.upFile) === twin.file)
    return { ...revision, upSql: patchSource(revision.upSql, patch, twin.file) };
  if (basename(revision.downFile) === twin.file)
    return { ...revision, downSql: patchSource(revision.downSql, patch, twin.file) };
  return revision;
}
