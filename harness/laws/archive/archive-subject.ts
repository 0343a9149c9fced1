import type { Subject } from "../subject.ts";
import { anyPayload } from "./any-payload.ts";
import type { ArchiveBinding } from "./archive-binding.ts";
import { beforeTrim } from "./before-trim.ts";
import { input } from "./input.ts";
import { movesOn } from "./moves-on.ts";
import { nothingDiscarded } from "./nothing-discarded.ts";
import { once } from "./once.ts";

export const archiveSubject: Subject<ArchiveBinding> = {
  name: "archive",
  laws: [once, nothingDiscarded, anyPayload, movesOn, input, beforeTrim],
  part: (binding) => binding?.archive,
};
