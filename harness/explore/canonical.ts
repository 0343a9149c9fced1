/** A number that only tells rows apart: which one a row got depends on the schedule, only their order may mean something. */
export class Id {
  readonly number: number;

  constructor(number: number) {
    this.number = number;
  }
}

/** Null stays null. */
export function id(number: number | null): Id | null {
  return number === null ? null : new Id(number);
}

/** A value with its ids counted through in their order, from 1: equal if nothing but the numbers drawn differed. */
export function countThrough(value: unknown): unknown {
  const numbers = new Set<number>();
  visit(value, (each) => {
    numbers.add(each.number);
    return each;
  });
  const ranks = new Map(
    [...numbers].toSorted((one, other) => one - other).map((number, at) => [number, at + 1]),
  );
  return visit(value, (each) => `#${ranks.get(each.number) ?? 0}`);
}

function visit(value: unknown, change: (id: Id) => unknown): unknown {
  if (value instanceof Id) return change(value);
  if (Array.isArray(value)) return value.map((each) => visit(each, change));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, visit(each, change)]),
  );
}
