/** How much to try. `quick` tries every law with fewer runs; `thorough` has no time limit. */
export const efforts = ["quick", "default", "thorough"] as const;
export type Effort = (typeof efforts)[number];

/** How many runs, callers or rounds at each effort. */
export type ByEffort = Readonly<Record<Effort, number>>;
