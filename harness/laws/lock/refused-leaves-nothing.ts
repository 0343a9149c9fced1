import { schedule } from "../../explore/schedule.ts";
import type { Law } from "../law.ts";
import type { LockBinding } from "./lock-binding.ts";
import { answered } from "./lock-sequences.ts";

export const refusedLeavesNothing: Law<LockBinding> = {
  id: "lock.refused-leaves-nothing",
  claim:
    "a refusal leaves no lock of any kind: an open transaction with only refusals in it delays and refuses nobody",
  situations: ["refusal"],
  trial: schedule(
    "a refused caller stays in its transaction",
    async ({ binding, cast, judge, stage }) => {
      const lease = { name: "alpha", holder: "ann", ttlSeconds: 600 };
      const ann = await cast.enter("ann");
      const ben = await cast.enter("ben");
      await ann.asks(binding.acquire(lease));
      await ben.does("begin");
      const refused = await ben.asks(binding.acquire({ ...lease, holder: "ben" }));
      judge.demandEqual(answered(refused), false, "ben's answer while ann holds the lease");
      stage.tally.meet("refusal");

      const extending = await ann.starts(binding.extend({ ...lease, ttlSeconds: 900 }));
      judge.demandEqual(extending.waitsFor, [], "whom ann's extend waits for");
      judge.demandEqual(answered(await extending.answer()), true, "ann's answer to extend");
      const releasing = await ann.starts(binding.release(lease));
      judge.demandEqual(releasing.waitsFor, [], "whom ann's release waits for");
      judge.demandEqual(answered(await releasing.answer()), true, "ann's answer to release");
    },
  ),
};
