import type { Subject } from "../subject.ts";
import { claimBatch } from "./claim-batch.ts";
import { claimExclusive } from "./claim-exclusive.ts";
import { claimNewest } from "./claim-newest.ts";
import { claimPersists } from "./claim-persists.ts";
import { drain } from "./drain.ts";
import { final } from "./final.ts";
import { fkSafe } from "./fk-safe.ts";
import { freshOnce } from "./fresh-once.ts";
import { input } from "./input.ts";
import { keyOrder } from "./key-order.ts";
import { noStarvation } from "./no-starvation.ts";
import { nothingLost } from "./nothing-lost.ts";
import type { OutboxBinding } from "./outbox-binding.ts";
import { ownerOnly } from "./owner-only.ts";
import { parked } from "./parked.ts";
import { payloadFrozen } from "./payload-frozen.ts";
import { reclaim } from "./reclaim.ts";
import { retry } from "./retry.ts";
import { superseded } from "./superseded.ts";
import { transactional } from "./transactional.ts";

export const outboxSubject: Subject<OutboxBinding> = {
  name: "outbox",
  laws: [
    transactional,
    freshOnce,
    payloadFrozen,
    superseded,
    nothingLost,
    claimExclusive,
    claimPersists,
    claimNewest,
    claimBatch,
    keyOrder,
    reclaim,
    ownerOnly,
    final,
    retry,
    parked,
    noStarvation,
    fkSafe,
    drain,
    input,
  ],
  part: (binding) => binding?.outbox,
};
