import type { KnownGates } from "./describe-cause.ts";
import { gateLockClass } from "../gates/gate-locks.ts";
import { scriptGateKey, scriptGates } from "../gates/gate-function.ts";
import type { FaultKind } from "./fault.ts";
import type { InstalledGates } from "../gates/install-gates.ts";
import type { Script } from "./program.ts";
import type { ToldStep } from "./scene.ts";
import type { Finding } from "./serial-judge.ts";

/** What a script for psql tells again. */
export interface ScriptMatter {
  readonly title: string;
  readonly cause: string;
  readonly finding: Finding;
  readonly scripts: readonly Script[];
  readonly told: readonly ToldStep[];
  /** The gates that sessions met, whether they were held there or not. */
  readonly met: ReadonlySet<string>;
  /** The statements that make the state before, and those that read the state after. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/**
 * Writes a schedule for people with psql: one section for each session, steps numbered as in the witness. Where a session
 * is passed over with nothing but its commit left, the script has a transaction around the call; where it is passed over
 * within a call, the script puts gates there that hold it, and has a section for who opens them.
 */
export function writeScript(matter: ScriptMatter, gates: KnownGates & InstalledGates): string {
  const stops = findStops(matter, gates);
  const held = stops.filter(({ kind }) => kind === "gate");
  const sections = matter.scripts.map(({ name }, session) => ({
    title: name,
    entries: [headOfSession(matter, session, held)].concat(stepsOf(matter, session, stops)),
  }));
  const opening = { title: "gates", entries: openingOf(matter, held) };
  const before = [preparation(matter, held.length > 0 ? gates : undefined)];
  const all = [
    { title: "before", entries: before },
    ...(held.length > 0 ? [opening] : []),
    ...sections,
    { title: "afterwards", entries: [readingOf(matter)] },
  ];
  return [introduction(matter, held.length > 0)].concat(all.map(renderSection)).join("\n");
}

interface Section {
  readonly title: string;
  readonly entries: readonly Entry[];
}

/** What is typed into one psql at one step. */
interface Entry {
  readonly step: number;
  readonly says: string;
  readonly sql: readonly string[];
}

function renderSection({ title, entries }: Section): string {
  const lines = entries
    .filter(({ says, sql }) => says !== "" || sql.length > 0)
    .flatMap(({ step, says, sql }) => [`-- ${step}. ${says}`.trimEnd()].concat(sql));
  return [`\n-- === ${title} ===`, ...lines, ""].join("\n");
}

/** A place where a session is passed over; steps by their numbers. */
interface Stop {
  readonly session: number;
  /** The steps that sent the call, that led to this place, and that lead on from it. */
  readonly sentAt: number;
  readonly at: number;
  readonly until: number;
  readonly hit: number;
  /** What it takes to stop there: a gate, a transaction that stays open, or nothing since one is open anyway. */
  readonly kind: "gate" | "commit" | "nothing";
  /** What befalls it there instead of going on. */
  readonly fault: FaultKind | undefined;
}

function findStops({ told, scripts }: ScriptMatter, gates: KnownGates): readonly Stop[] {
  return told.flatMap(({ session, comesTo }, index): Stop[] => {
    if (comesTo.kind !== "held") return [];
    const isOwn = (step: ToldStep): boolean => step.session === session;
    const next = told.findIndex((step, place) => place > index && isOwn(step));
    const fault = told[next]?.fault;
    if (next - index < 2 && fault === undefined) return [];
    const sent = told.findLastIndex(
      (step, place) => place <= index && isOwn(step) && step.sends.length > 0,
    );
    const isWithin = scripts[session]?.acts.some(({ kind }) => kind === "begin") === true;
    const kind = !gates.isLastGate(comesTo.gate) ? "gate" : isWithin ? "nothing" : "commit";
    return [
      { session, sentAt: sent + 1, at: index + 1, until: next + 1, hit: comesTo.hit, kind, fault },
    ];
  });
}

function introduction({ title, cause, finding }: ScriptMatter, needsGates: boolean): string {
  const window = needsGates
    ? "-- The window lies within a call: the script puts gates into functions that hold a session there, and changes nothing else."
    : "-- The window lies between statements: the SQL is as it is, without gates.";
  return [
    `-- ${title}`,
    `-- ${cause}`,
    `-- Expected: ${finding.expected}`,
    `-- Happened: ${finding.happened}`,
    "--",
    "-- Take a throwaway database with the migrations in it and one psql for each section. Carry out the steps in the order of",
    "-- their numbers, each in its own section. A step that waits comes back when a later one frees it.",
    window,
  ].join("\n");
}

function preparation({ before, met, scripts }: ScriptMatter, gates?: InstalledGates): Entry {
  const sql = before.map((text) => `${text};`);
  if (gates === undefined) return { step: 0, says: "", sql };
  const names = new Set(
    [...met].map((label) => {
      const place = gates.places.get(label);
      return place?.kind === "statement" ? place.function : label;
    }),
  );
  const definitions = [...names].flatMap((name) => gates.definitions.get(name) ?? []);
  const installed = [
    "begin; set local search_path = ''; set local check_function_bodies = off;",
    scriptGates(scripts.length),
    ...definitions.map((text) => `${text.trimEnd()};`),
    "commit;",
  ];
  return { step: 0, says: "", sql: [...sql, ...installed] };
}

/** Whoever opens the gates holds all of them from the beginning. */
function openingOf({ scripts }: ScriptMatter, held: readonly Stop[]): readonly Entry[] {
  const call = (verb: string, { session, hit }: Stop): string =>
    `select ${verb}(${gateLockClass}, ${scriptGateKey(session + 1, hit)});`;
  const closed = { step: 0, says: "", sql: held.map((stop) => call("pg_advisory_lock", stop)) };
  const opened = held
    .filter(({ fault }) => fault === undefined || fault === "drop")
    .toSorted((one, other) => one.until - other.until)
    .map((stop) => ({
      step: stop.until,
      says: `lets ${scripts[stop.session]?.name} go on`,
      sql: [call("pg_advisory_unlock", stop)],
    }));
  return [closed, ...opened];
}

function headOfSession({ scripts }: ScriptMatter, session: number, held: readonly Stop[]): Entry {
  const isolation = scripts[session]?.isolation ?? "read committed";
  const hits = held.filter((stop) => stop.session === session).map(({ hit }) => hit);
  const settings = [
    ...(isolation === "read committed" ? [] : [`default_transaction_isolation = '${isolation}'`]),
    ...(hits.length === 0 ? [] : [`rehearsal.slot = '${session + 1}'`]),
    ...(hits.length === 0 ? [] : [`rehearsal.stops = '${hits.join(",")}'`]),
  ];
  return { step: 0, says: "", sql: settings.map((setting) => `set ${setting};`) };
}

function stepsOf(
  { told }: ScriptMatter,
  session: number,
  stops: readonly Stop[],
): readonly Entry[] {
  const own = stops.filter((stop) => stop.session === session);
  return told.flatMap((each, index): Entry[] => {
    if (each.session !== session) return [];
    const step = index + 1;
    const staysOpen = own.some(({ kind, sentAt }) => kind === "commit" && sentAt === step);
    const closed = own.find(({ kind, until }) => kind === "commit" && until === step);
    const isUndone = closed?.fault === "cancel" || closed?.fault === "terminate";
    const sends = each.sends.map(({ text }) => `${text};`);
    const isDone = own.some(({ kind, at }) => kind !== "gate" && at === step);
    const does = sends.length > 0 ? "" : `${each.does} `;
    const sql = [
      ...(staysOpen ? ["begin;"] : []),
      ...sends,
      ...(closed === undefined ? [] : [isUndone ? "rollback;" : "commit;"]),
    ];
    const comesTo = isDone ? "answered, and not committed yet" : each.answer;
    return [{ step, says: comesTo === "" ? does.trim() : `${does}→ ${comesTo}`, sql }];
  });
}

function readingOf({ told, after }: ScriptMatter): Entry {
  return { step: told.length + 1, says: "", sql: after.map((text) => `${text};`) };
}
