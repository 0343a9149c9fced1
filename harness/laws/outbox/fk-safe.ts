import { schedule } from "../../explore/schedule.ts";
import type { Law } from "../law.ts";
import type { OutboxBinding } from "./outbox-binding.ts";
import { answered } from "../answered.ts";
import { claimBy, event, idsOf } from "./outbox-calls.ts";
import { enter, type OutboxPlay } from "./outbox-scenes.ts";

export const fkSafe: Law<OutboxBinding> = {
  id: "outbox.fk-safe",
  claim: "a claim is not skipped because someone inserts a row that references the event",
  situations: ["a referencing row is not committed"],
  async trial(stage) {
    // The table that references is not one of the subject's, so it goes into a database of its own.
    const database = await stage.clone();
    const referenced = schedule<OutboxBinding>("a row references the event", references);
    await referenced({ ...stage, database });
  },
};

async function references(play: OutboxPlay): Promise<void> {
  const { binding, cast, judge, stage } = play;
  const owner = await cast.enter("owner", { role: "deployer" });
  const actor = await enter(play, "caller");
  await owner.does("create schema referencing");
  await owner.does(
    "create table referencing.delivery " +
      `(event_id bigint not null references ${binding.table} (${binding.idColumn}))`,
  );
  const id = Number(answered(await actor.asks(binding.publish(event(1)))));
  await owner.does("begin");
  await owner.does(`insert into referencing.delivery values (${id})`);
  stage.tally.meet("a referencing row is not committed");
  const claimed = await actor.starts(binding.claim(claimBy("p")));
  judge.demandEqual(claimed.waitsFor, [], "whom the claim waits for");
  judge.demandEqual(idsOf(await claimed.answer()), [id], "what is claimed");
  const completed = await actor.starts(
    binding.complete({ eventId: id, processor: "p", success: true }),
  );
  judge.demandEqual(completed.waitsFor, [], "whom complete waits for");
  judge.demandEqual(answered(await completed.answer()), true, "the answer to complete");
  await owner.does("commit");
}
