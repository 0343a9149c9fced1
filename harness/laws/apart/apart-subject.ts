import type { Subject } from "../subject.ts";
import type { Parts } from "./apart-parts.ts";
import { independent } from "./independent.ts";

/** Of a binding with one part only there is nothing to be apart from. */
export const apartSubject: Subject<Parts> = {
  name: "apart",
  laws: [independent],
  part: (binding) => {
    const { lock, replay, archive, outbox } = binding ?? {};
    const bound = [lock, replay, archive, outbox].filter((each) => each !== undefined);
    return bound.length < 2 ? undefined : binding;
  },
};
