import { inOrder } from "../../explore/trial.ts";
import type { Law } from "../law.ts";
import type { LockBinding } from "./lock-binding.ts";
import { answered, isLive, lockSequences, standing } from "./lock-sequences.ts";

export const ownerOnly: Law<LockBinding> = {
  id: "lock.owner-only",
  claim: "release and extend by anyone but the live holder answer false and change nothing",
  situations: ["a stranger releases", "a stranger extends"],
  trial: inOrder(
    lockSequences(
      "random calls in one session",
      (recorder, { before, operation, answer, after }, stage) => {
        if (operation.kind !== "release" && operation.kind !== "extend") return;
        const lease = before.get(operation.name);
        if (!isLive(lease) || lease.holder === operation.holder) return;
        stage.tally.meet(`a stranger ${operation.kind}s`);
        recorder.demandEqual(
          answered(answer),
          false,
          `${operation.kind} by ${operation.holder} of a lease that ${lease.holder} holds`,
        );
        recorder.demandEqual(standing(after), standing(before), "the leases after the refusal");
      },
    ),
  ),
};
