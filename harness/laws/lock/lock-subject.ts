import type { Subject } from "../subject.ts";
import type { LockBinding } from "./lock-binding.ts";
import { ownerOnly } from "./owner-only.ts";
import { refusedLeavesNothing } from "./refused-leaves-nothing.ts";

export const lockSubject: Subject<LockBinding> = {
  name: "lock",
  laws: [ownerOnly, refusedLeavesNothing],
  part: (binding) => binding?.lock,
};
