import type { Subject } from "../subject.ts";
import { durable } from "./durable.ts";
import { firstWins } from "./first-wins.ts";
import { flow } from "./flow.ts";
import { input } from "./input.ts";
import { once } from "./once.ts";
import type { ReplayBinding } from "./replay-binding.ts";
import { sameId } from "./same-id.ts";
import { withOutbox } from "./with-outbox.ts";

export const replaySubject: Subject<ReplayBinding> = {
  name: "replay",
  laws: [once, sameId, firstWins, durable, withOutbox, input, flow],
  part: (binding) => binding?.replay,
};
