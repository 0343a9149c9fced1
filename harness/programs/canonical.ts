/**
 * A number that only tells rows apart, such as an identity: which one a row gets depends on the schedule, and only the
 * order of numbers of one scope may mean something.
 */
export class Id {
  readonly number: number;
  readonly scope: string;

  constructor(number: number, scope: string) {
    this.number = number;
    this.scope = scope;
  }
}

/** Null stays null. */
export function id(number: number | null, scope = ""): Id | null {
  return number === null ? null : new Id(number, scope);
}

/** A value with its ids counted through in their order, each scope from 1: equal if nothing but the numbers drawn differed. */
export function countThrough(value: unknown): unknown {
  const drawn = new Map<string, Set<number>>();
  change(value, ({ number, scope }) => {
    drawn.set(scope, (drawn.get(scope) ?? new Set()).add(number));
  });
  const ranks = new Map(
    [...drawn].map(([scope, numbers]) => [
      scope,
      [...numbers].toSorted((one, other) => one - other),
    ]),
  );
  return change(
    value,
    ({ number, scope }) => `${scope}#${(ranks.get(scope)?.indexOf(number) ?? 0) + 1}`,
  );
}

function change(value: unknown, to: (id: Id) => unknown): unknown {
  if (value instanceof Id) return to(value);
  if (Array.isArray(value)) return value.map((each) => change(each, to));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, change(each, to)]));
}
