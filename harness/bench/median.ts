/** The middle one by size, or half-way between the two in the middle. There must be one at least. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.slice(Math.ceil(sorted.length / 2) - 1, Math.floor(sorted.length / 2) + 1);
  if (middle.length === 0) throw new Error("Nothing has no median.");
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}
