import type { Subject } from "../subject.ts";
import { bounded } from "./bounded.ts";
import { cleanup } from "./cleanup.ts";
import { exclusive } from "./exclusive.ts";
import { expiredIsLost } from "./expired-is-lost.ts";
import { fenced } from "./fenced.ts";
import { input } from "./input.ts";
import { live } from "./live.ts";
import type { LockBinding } from "./lock-binding.ts";
import { neverShorter } from "./never-shorter.ts";
import { ownerOnly } from "./owner-only.ts";
import { reentrant } from "./reentrant.ts";
import { refusedLeavesNothing } from "./refused-leaves-nothing.ts";
import { rollback } from "./rollback.ts";
import { wholeTtl } from "./whole-ttl.ts";

export const lockSubject: Subject<LockBinding> = {
  name: "lock",
  laws: [
    exclusive,
    live,
    reentrant,
    ownerOnly,
    expiredIsLost,
    wholeTtl,
    neverShorter,
    fenced,
    bounded,
    refusedLeavesNothing,
    cleanup,
    rollback,
    input,
  ],
  part: (binding) => binding?.lock,
};
