import { type Execution, isSameMove, type Move, type Schedule } from "./execution.ts";

/** Says at each place which of the moves is taken; nothing if none of them is the one that should come. */
export type Guide = (moves: readonly Move[], last: Move | undefined) => Move | undefined;

/**
 * Takes one run to its end, or to where its guide knows no move. The moves that were taken, and whether all sessions
 * have ended.
 */
export async function follow(
  execution: Execution,
  guide: Guide,
): Promise<{ schedule: Schedule; ended: boolean }> {
  const schedule: Move[] = [];
  for (;;) {
    const moves = execution.moves();
    if (moves.length === 0) return { schedule, ended: true };
    const move = guide(moves, schedule.at(-1));
    if (move === undefined) return { schedule, ended: false };
    await execution.take(move);
    schedule.push(move);
  }
}

/** Takes the moves of a schedule that was run before, by their names. */
export function replaying(schedule: Schedule): Guide {
  let at = 0;
  return (moves) => {
    const wanted = schedule[at];
    at += 1;
    return wanted === undefined ? undefined : moves.find((move) => isSameMove(move, wanted));
  };
}

/**
 * Reads a list of numbers as choices: 0 is "the session that took the last step goes on", others count the moves round,
 * and after the end of the list every choice is 0. So a smaller list with smaller numbers has fewer preemptions, and
 * fast-check shrinks towards them.
 */
export function choosing(choices: readonly number[]): Guide {
  let at = 0;
  return (moves, last) => {
    const choice = choices[at] ?? 0;
    at += 1;
    const first = moves.findIndex(({ session }) => session === last?.session);
    return moves[(Math.max(first, 0) + choice) % moves.length];
  };
}

/**
 * Gives each session a priority and lets the highest go on, but at `changes` places chosen at random the one that would go
 * drops to the lowest (PCT: Burckhardt et al., A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs,
 * 2010): a bug that needs so many orderings is found with a probability that is known. `random` is in [0, 1).
 */
export function prioritizing(
  options: { readonly sessions: number; readonly steps: number; readonly changes: number },
  random: () => number,
): Guide {
  const below = (bound: number): number => Math.floor(random() * bound);
  const priorities = Array.from({ length: options.sessions }, () => 1 + random());
  const places = new Set(Array.from({ length: options.changes }, () => below(options.steps)));
  let at = 0;
  return (moves) => {
    const priorityOf = ({ session }: Move): number => priorities[session] ?? 0;
    const highest = (): Move | undefined =>
      moves.toSorted((one, other) => priorityOf(other) - priorityOf(one))[0];
    const dropped = highest();
    if (places.has(at) && dropped !== undefined) priorities[dropped.session] = -at;
    at += 1;
    return highest();
  };
}
