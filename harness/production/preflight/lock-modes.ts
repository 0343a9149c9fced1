/**
 * Which lock modes of tables exclude one another, from the weakest to the strongest. See
 * https://www.postgresql.org/docs/current/explicit-locking.html, table 13.2.
 */
const modes = [
  "AccessShareLock",
  "RowShareLock",
  "RowExclusiveLock",
  "ShareUpdateExclusiveLock",
  "ShareLock",
  "ShareRowExclusiveLock",
  "ExclusiveLock",
  "AccessExclusiveLock",
] as const;

/** For each mode the modes that it waits for, by place. */
const excluded: Readonly<Record<(typeof modes)[number], readonly number[]>> = {
  AccessShareLock: [7],
  RowShareLock: [6, 7],
  RowExclusiveLock: [4, 5, 6, 7],
  ShareUpdateExclusiveLock: [3, 4, 5, 6, 7],
  ShareLock: [2, 3, 5, 6, 7],
  ShareRowExclusiveLock: [2, 3, 4, 5, 6, 7],
  ExclusiveLock: [1, 2, 3, 4, 5, 6, 7],
  AccessExclusiveLock: [0, 1, 2, 3, 4, 5, 6, 7],
};

/** Whether who wants a table in one mode waits for who holds it in the other; a mode that is not known is in the way. */
export function conflicts(wanted: string, held: string): boolean {
  const mode = modes.find((each) => each === wanted);
  const place = modes.findIndex((each) => each === held);
  return mode === undefined || place === -1 || excluded[mode].includes(place);
}
