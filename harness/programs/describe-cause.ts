import type { Lane } from "./lane.ts";
import type { ToldStep } from "./scene.ts";

/** What a sentence needs to know of gates. */
export type KnownGates = Pick<Lane, "placeOf" | "isLastGate" | "quote">;

/**
 * Says in one sentence what came in between what: where a session was passed over, what the others did meanwhile, and what
 * it came to after that. `names` are those of the sessions.
 */
export function describeCause(
  told: readonly ToldStep[],
  names: readonly string[],
  gates: KnownGates,
): string {
  const passedOver = findPassedOver(told, gates);
  if (passedOver === undefined)
    return "Nobody came in between: the calls themselves bring another end each time.";
  const { at, until } = passedOver;
  const { session } = told[at] ?? { session: 0 };
  const name = names[session] ?? "";
  const between = told.slice(at + 1, until);
  const others = names.flatMap((other, index) => {
    const last = between.findLast((step) => step.session === index);
    return index === session || last === undefined ? [] : [describeMeanwhile(other, last, between)];
  });
  const struck = told[until]?.fault === undefined ? [] : [`it ${told[until].does}`];
  const ends = told
    .slice(until + struck.length)
    .filter(({ comesTo }) => comesTo.kind === "answered");
  const answers = ends
    .filter(({ answer }) => answer !== "")
    .map((step) => `${names[step.session] ?? ""}: ${shorten(step.answer)}`);
  const end = answers.length === 0 ? "" : `; then ${answers.join(", ")}`;
  return `While ${describePlace(name, { told, at }, gates)}, ${[...others, ...struck].join(" and ")}${end}.`;
}

interface PassedOver {
  /** The step that led there, and the one that leads on, as places among all that is told. */
  readonly at: number;
  readonly until: number;
}

/** Where a session was struck; else where one could have gone on, or waited, and others took steps, first those that only gates show. */
function findPassedOver(told: readonly ToldStep[], gates: KnownGates): PassedOver | undefined {
  const all = told.flatMap((step, at): (PassedOver & { rank: number })[] => {
    if (step.comesTo.kind === "answered") return [];
    const next = told.findIndex((later, place) => place > at && later.session === step.session);
    const until = next === -1 ? told.length : next;
    if (told[until]?.fault !== undefined) return [{ at, until, rank: 0 }];
    return until - at < 2 ? [] : [{ at, until, rank: rankOf(step, gates) }];
  });
  return all.toSorted((one, other) => one.rank - other.rank)[0];
}

function rankOf({ comesTo }: ToldStep, gates: KnownGates): number {
  if (comesTo.kind === "waits") return 3;
  return comesTo.kind === "held" && gates.isLastGate(comesTo.gate) ? 2 : 1;
}

function describePlace(
  name: string,
  { told, at }: { readonly told: readonly ToldStep[]; readonly at: number },
  gates: KnownGates,
): string {
  const step = told[at];
  if (step?.comesTo.kind !== "held") {
    const sent = told
      .slice(0, at + 1)
      .findLast(({ session, sends }) => session === step?.session && sends.length > 0);
    return `${name} waited in ${shorten(sent?.sends.at(-1)?.gist ?? "what it had begun")}`;
  }
  const { gate } = step.comesTo;
  if (gates.isLastGate(gate)) return `what ${name} had done was not committed yet`;
  const place = gates.placeOf(gate);
  if (place?.kind === "trigger")
    return `the ${place.event} of ${name} on ${place.table} had its snapshot and had changed nothing`;
  return `${name} stood before ${gates.quote(gate)}`;
}

function describeMeanwhile(name: string, last: ToldStep, between: readonly ToldStep[]): string {
  const begun = between.find(({ session, sends }) => session === last.session && sends.length > 0);
  const text = begun?.sends.at(-1)?.gist ?? "what it had begun";
  const did = shorten(text);
  if (last.comesTo.kind === "answered")
    return `${name} did ${did}${last.answer === "" ? "" : `: ${shorten(last.answer)}`}`;
  if (last.comesTo.kind === "waits") return `${name} came to wait in ${did}`;
  return `${name} came ${last.answer} in ${did}`;
}

function shorten(text: string): string {
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters - 1)}…` : text;
}

const mostCharacters = 80;
