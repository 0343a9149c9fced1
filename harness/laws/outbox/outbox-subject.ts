import type { Subject } from "../subject.ts";
import { claimBatch } from "./claim-batch.ts";
import { claimExclusive } from "./claim-exclusive.ts";
import { claimNewest } from "./claim-newest.ts";
import { claimPersists } from "./claim-persists.ts";
import { freshOnce } from "./fresh-once.ts";
import { keyOrder } from "./key-order.ts";
import { nothingLost } from "./nothing-lost.ts";
import type { OutboxBinding } from "./outbox-binding.ts";
import { payloadFrozen } from "./payload-frozen.ts";
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
  ],
  part: (binding) => binding?.outbox,
};
