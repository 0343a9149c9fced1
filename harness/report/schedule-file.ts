import { z } from "zod";
import type { Frozen } from "./frozen.ts";

const place = z.int().min(0);

/** `report/witnesses/<law>/schedule.json`: one schedule that shows a law broken, and all that it takes to run it again. */
export const scheduleFile = z.strictObject({
  law: z.string(),
  claim: z.string(),
  migrations: z.strictObject({ folder: z.string(), to: z.string(), hash: z.string() }),
  bindings: z.string().nullable(),
  appRole: z.string().nullable(),
  /** Which server, as `--postgres` names it. */
  postgres: z.string(),
  trial: z.string(),
  expected: z.string(),
  happened: z.string(),
  cause: z.string(),
  /** For a reader: what each step did and came to. */
  steps: z.array(z.strictObject({ who: z.string(), does: z.string(), answer: z.string() })),
  recorded: z.strictObject({
    state: z.string(),
    program: z.string(),
    kept: z.array(z.array(place)),
    steps: z.array(z.strictObject({ session: place, from: z.string() })),
  }),
});

export type ScheduleFile = Frozen<z.infer<typeof scheduleFile>>;
