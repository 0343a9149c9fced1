import type { Program, Script } from "./program.ts";

/** Of each script of a program the places of the acts that are left; a session of which none is left keeps its place. */
export type Kept = readonly (readonly number[])[];

export function keepAll({ scripts }: Program): Kept {
  return scripts.map(({ acts }) => acts.map((_, at) => at));
}

export function keepActs(program: Program, kept: Kept): Program {
  const scripts = program.scripts.map(({ name, isolation, acts }, session): Script => {
    const own = kept[session] ?? [];
    return { name, isolation, acts: acts.filter((_, at) => own.includes(at)) };
  });
  return { ...program, scripts };
}

/** What is left with a session less, without the transaction around a session's calls, or with a call less. */
export function lessByOne(program: Program, kept: Kept): readonly Kept[] {
  const atWork = kept.flatMap((places, session) => (places.length > 0 ? [session] : []));
  const sessions = atWork.length > 2 ? atWork.map((session) => kept.with(session, [])) : [];
  const others = atWork.flatMap((session) =>
    lessOf(program, session, kept[session] ?? []).map((left) => kept.with(session, left)),
  );
  return sessions.concat(others);
}

function lessOf(
  program: Program,
  session: number,
  own: readonly number[],
): readonly (readonly number[])[] {
  const calls = own.filter((at) => kindOf(program, session, at) === "call");
  const isCommitted = own.some((at) => kindOf(program, session, at) === "commit");
  const fewer = calls.length > 1 ? calls.map((call) => own.filter((at) => at !== call)) : [];
  return isCommitted ? [calls, ...fewer] : fewer;
}

function kindOf({ scripts }: Program, session: number, at: number): string | undefined {
  return scripts[session]?.acts[at]?.kind;
}
