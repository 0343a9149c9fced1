import { delayFlushes } from "../../explore/delay-flushes.ts";
import { createRecorder, type Recorder, showAnswer } from "../../explore/recorder.ts";
import { inOrder } from "../../explore/trial.ts";
import { atEffort, type MortalDatabase, type Stage } from "../../explore/stage.ts";
import { plainText, type Query, readableText } from "../../postgres/query.ts";
import type { Session } from "../../postgres/session.ts";
import type { Law } from "../law.ts";
import type { ReplayBinding, ReplayCall, ReplayRecord } from "./replay-binding.ts";
import { readRecords } from "./replay-calls.ts";
import { replayFaults } from "./replay-programs.ts";

export const durable: Law<ReplayBinding> = {
  id: "replay.durable",
  claim:
    "after a commit and a SIGKILL of the server the record is there, whatever the session's synchronous_commit",
  situations: ["the server killed right after a commit"],
  trial: inOrder(killedAfterCommits, replayFaults),
};

async function killedAfterCommits(stage: Stage<ReplayBinding>): Promise<void> {
  const mortal = await stage.openMortal();
  await delayFlushes(mortal.server);
  const attempts = atEffort(stage, { quick: 1, default: 2, thorough: 12 });
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const recorder = createRecorder("the server is killed right after a commit");
    const lastIsFill = attempt % 2 === 0;
    const inTransaction = Math.ceil(attempt / 2) % 2 === 0;
    await killAfterCommit(stage, mortal, recorder, { attempt, lastIsFill, inTransaction });
    stage.tally.count("faults");
    stage.tally.meet("the server killed right after a commit");
  }
}

interface Attempt {
  /** Names what it records: the rows of attempts before are still there. */
  readonly attempt: number;
  /** Whether the last commit fills in an id, or records a replay. */
  readonly lastIsFill: boolean;
  /** Whether the transaction, rather than the session, says that its commit need not wait. */
  readonly inTransaction: boolean;
}

async function killAfterCommit(
  { binding }: Stage<ReplayBinding>,
  { server, database }: MortalDatabase,
  recorder: Recorder,
  { attempt, lastIsFill, inTransaction }: Attempt,
): Promise<void> {
  const call: ReplayCall = { originalId: `m-${attempt}`, deadLetterId: "d-1", replayedBy: "ann" };
  {
    const settings = { synchronous_commit: inTransaction ? "on" : "off" };
    await using ann = await database.connect({ name: "ann", role: "app", settings });
    for (const newId of lastIsFill ? [null, "n-1"] : [null]) {
      await does(recorder, ann, plainText("begin"));
      if (inTransaction) await does(recorder, ann, plainText("set local synchronous_commit = off"));
      await does(recorder, ann, binding.record({ ...call, newId }));
      await does(recorder, ann, plainText("commit"));
    }
    await server.kill();
    recorder.begin("server", "is killed")("");
  }
  await server.start();
  recorder.begin("server", "is started again")("");
  await using reader = await database.connect({ name: "reader", role: "app" });
  const record = (await readRecords(binding, { session: reader })).find(
    ({ originalId }) => originalId === call.originalId,
  );
  recorder.demand(record !== undefined, {
    expected: "the record that was committed is there",
    happened: "it is gone: the next call would be told that nothing was replayed",
  });
  if (lastIsFill) demandFilled(recorder, record);
}

function demandFilled(recorder: Recorder, record: ReplayRecord | undefined): void {
  recorder.demandEqual(record?.newId, "n-1", "the new message's id that was committed");
}

async function does(recorder: Recorder, session: Session, query: Query): Promise<void> {
  const tell = recorder.begin(session.name, readableText(query));
  const answer = await session.answer(query);
  tell(answer.kind === "rows" && answer.rows.length === 0 ? "" : showAnswer(answer));
}
