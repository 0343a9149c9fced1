import { openCast } from "../../explore/actor.ts";
import { delayFlushes } from "../../explore/delay-flushes.ts";
import { createRecorder, type Recorder } from "../../explore/recorder.ts";
import { anyIsolation } from "../../explore/schedule.ts";
import type { Stage } from "../../explore/stage.ts";
import { inOrder } from "../../explore/trial.ts";
import { isTrue } from "../answered.ts";
import type { Law } from "../law.ts";
import type { Lease, LockBinding } from "./lock-binding.ts";
import { beginWithSnapshot, by, isLive, readLeases } from "./lock-calls.ts";
import { askWhileInHand, enter, type LockPlay, lockSchedule } from "./lock-scenes.ts";
import { lockSequences } from "./lock-sequences.ts";
import { lockPairs } from "./lock-programs.ts";

export const neverShorter: Law<LockBinding> = {
  id: "lock.never-shorter",
  claim: "extend never moves an expiry backwards",
  situations: [
    "extended for less",
    "extended behind a snapshot",
    "extended after a wait",
    "extended before a crash",
  ],
  trial: inOrder(
    lockSchedule("extends for less than is left", forLess, anyIsolation),
    lockSchedule(
      "extends for less than another session did meanwhile",
      behindSnapshot,
      anyIsolation,
    ),
    lockSchedule("waits for a session that extends for more", afterWait, anyIsolation),
    lockSequences((recorder, { before, operation, after }) => {
      if (operation.kind !== "extend") return;
      demandNoEarlier(recorder, before.leases, after.leases);
    }),
    beforeCrash,
    lockPairs({ ann: ["extend"], other: ["extend"] }),
  ),
};

function demandNoEarlier(
  recorder: Recorder,
  before: ReadonlyMap<string, Lease>,
  after: ReadonlyMap<string, Lease>,
): void {
  for (const [name, lease] of before) {
    const ends = after.get(name)?.expiresMicros;
    recorder.demand(ends !== undefined && ends >= lease.expiresMicros, {
      expected: `the lease on ${name} ends no earlier than before extend was asked for`,
      happened: ends === undefined ? "it is gone" : "it ends earlier",
    });
  }
}

async function forLess(play: LockPlay): Promise<void> {
  const { binding, judge, stage, isolation } = play;
  const ann = await enter(play, "ann", isolation);
  await ann.asks(binding.acquire(by("ann", 3600)));
  const before = await readLeases(binding, ann);
  if (!isLive(before.get("alpha"))) return;
  if (!isTrue(await ann.asks(binding.extend(by("ann", 60))))) return;
  stage.tally.meet("extended for less");
  demandNoEarlier(judge, before, await readLeases(binding, ann));
}

/** The session waits for no flush of its commits: what it was granted must not be forgotten all the same. */
async function beforeCrash(stage: Stage<LockBinding>): Promise<void> {
  const { binding, tally } = stage;
  const recorder = createRecorder("the server is killed after an extension");
  await using mortal = await stage.openMortal();
  await delayFlushes(mortal.server);
  let before: ReadonlyMap<string, Lease>;
  {
    await using cast = await openCast(mortal.database, recorder);
    const ann = await cast.enter("ann", { settings: { synchronous_commit: "off" } });
    await ann.asks(binding.acquire(by("ann", 600)));
    if (!isTrue(await ann.asks(binding.extend(by("ann", 3600))))) return;
    before = await readLeases(binding, ann);
  }
  const tell = recorder.begin("server", "is killed and started again");
  await mortal.server.kill();
  await mortal.server.start();
  tell("");
  tally.count("faults");
  tally.meet("extended before a crash");
  await using cast = await openCast(mortal.database, recorder);
  demandNoEarlier(recorder, before, await readLeases(binding, await cast.enter("ben")));
}

async function behindSnapshot(play: LockPlay): Promise<void> {
  const { binding, judge, stage, isolation } = play;
  const first = await enter(play, "ann-1");
  const second = await enter(play, "ann-2", isolation);
  await first.asks(binding.acquire(by("ann", 600)));
  await beginWithSnapshot(second, judge, binding);
  await first.asks(binding.extend(by("ann", 3600)));
  const before = await readLeases(binding, first);
  await second.asks(binding.extend(by("ann", 900)));
  await second.does("commit");
  stage.tally.meet("extended behind a snapshot");
  demandNoEarlier(judge, before, await readLeases(binding, first));
}

async function afterWait(play: LockPlay): Promise<void> {
  const { binding, judge, stage, isolation } = play;
  const first = await enter(play, "ann-1");
  const second = await enter(play, "ann-2", isolation);
  await first.asks(binding.acquire(by("ann", 600)));
  await first.does("begin");
  await first.asks(binding.extend(by("ann", 3600)));
  const before = await readLeases(binding, first);
  const { call } = await askWhileInHand(play, second, binding.extend(by("ann", 900)), {
    actor: first,
    end: "commit",
  });
  await call.answer();
  stage.tally.meet("extended after a wait");
  demandNoEarlier(judge, before, await readLeases(binding, first));
}
