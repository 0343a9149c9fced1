/** The revisions that the names of files make, and what is wrong with the names. */
export interface CheckedNames {
  /** `NNN_name`, in the order of their numbers. */
  readonly ids: readonly string[];
  readonly problems: readonly string[];
}

/** Sorts `.sql` file names into revisions. Numbers must follow one another, so that a lost file does not go unseen. */
export function checkNames(names: readonly string[]): CheckedNames {
  const ids = [...new Set(names.flatMap((name) => pattern.exec(name)?.[1] ?? []))].toSorted(
    (one, other) => Number(numberOf(one) - numberOf(other)) || one.localeCompare(other, "en"),
  );
  return {
    ids,
    problems: [
      ...names.filter((name) => !pattern.test(name)).map(misnamed),
      ...ids.flatMap((id, index) => outOfOrder(ids[index - 1], id)),
    ],
  };
}

const pattern = /^(\d+_[A-Za-z0-9_-]+)\.(?:up|down)\.sql$/;

function misnamed(name: string): string {
  return `${name} is named neither NNN_name.up.sql nor NNN_name.down.sql, so its place in the order is unknown`;
}

/** Numbers may be dates with a time, beyond what a double holds. */
function numberOf(id: string): bigint {
  return BigInt(/^\d+/.exec(id)?.[0] ?? "0");
}

function outOfOrder(before: string | undefined, id: string): string[] {
  if (before === undefined) return [];
  const step = numberOf(id) - numberOf(before);
  if (step === 1n) return [];
  if (step === 0n) return [`${before} and ${id} have one number, so which comes first is unknown`];
  return [`between ${before} and ${id} there is a gap: number ${numberOf(before) + 1n} is missing`];
}
