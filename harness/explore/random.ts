import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xorshift128plus } from "pure-rand/generator/xorshift128plus";

/** A repeatable stream of choices. */
export interface Random {
  /** A whole number from 0 up to, not including, `bound`. */
  below(bound: number): number;
  pick<Value>(from: readonly [Value, ...Value[]]): Value;
}

export function createRandom(seed: number): Random {
  const generator = xorshift128plus(seed);
  const below = (bound: number): number => uniformInt(generator, 0, bound - 1);
  return { below, pick: (from) => from[below(from.length)] ?? from[0] };
}
