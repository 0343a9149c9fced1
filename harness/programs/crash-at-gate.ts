import type { Answer, Session } from "../postgres/session.ts";
import { follow, type Guide } from "../schedule/follow.ts";
import type { Witness, WitnessStep } from "../verdict/verdict.ts";
import type { Rest } from "./puppet.ts";
import { Discrepancy } from "../explore/discrepancy.ts";
import type { StartingState } from "./every-schedule.ts";
import { type Lane, openLane } from "./lane.ts";
import type { ActRecord } from "./player.ts";
import type { Act, Program } from "./program.ts";
import type { Fate } from "./fault.ts";
import { beginRun } from "./program-run.ts";
import { readFateAfterCrash } from "./read-fate.ts";
import { showAnswer } from "../explore/recorder.ts";
import type { ReadState } from "./read-state.ts";
import { createSerialJudge, type Finding } from "./serial-judge.ts";
import { prepareLane } from "./setting.ts";
import { atEffort, type MortalDatabase, type Stage } from "../explore/stage.ts";
import { tellSteps } from "./tell-breach.ts";
import type { Trial } from "../explore/trial.ts";

/** A few sessions with a call each, from one state. */
export interface Crash<Binding> {
  readonly state: Pick<StartingState<Binding>, "title" | "set">;
  readonly left: (binding: Binding) => ReadState;
  readonly program: (binding: Binding) => Program;
}

/**
 * Kills the server while the first session is held at a gate and the others have gone as far as they can, starts it again,
 * and lets those call again who got no answer. What was called before counts if it was committed. At default
 * effort that is the last gate before the commit; thorough ones take every gate.
 */
export function crashAtGate<Binding>(crash: Crash<Binding>): Trial<Binding> {
  return async (stage) => {
    const gates = atEffort(stage, { quick: 0, default: 1, thorough: Infinity });
    for (let gate = 1; gate <= gates; gate += 1) {
      const at = stage.effort === "thorough" ? gate : "last";
      const crashed = await crashOnce(stage, crash, at);
      if (crashed === undefined) return;
      stage.tally.count("faults");
      if (crashed.finding === undefined) continue;
      const again = await crashOnce(stage, crash, at);
      const repeatable = again?.finding?.happened === crashed.finding.happened;
      const trial = `${crash.program(stage.binding).title}, ${crash.state.title}, and the server is killed`;
      throw new Discrepancy({ trial, ...crashed.finding, steps: crashed.steps, repeatable });
    }
  };
}

interface Crashed {
  readonly finding: Finding | undefined;
  readonly steps: Witness["steps"];
}

/** Nothing if the first session does not come to such a gate. */
async function crashOnce<Binding>(
  stage: Stage<Binding>,
  { state, left, program: of }: Crash<Binding>,
  gate: number | "last",
): Promise<Crashed | undefined> {
  const program = of(stage.binding);
  const set = (setting: Parameters<typeof state.set>[1]) => state.set(stage.binding, setting);
  const readState = left(stage.binding);
  await using mortal = await stage.openMortal();
  await using lane = await openLane(mortal.database, {
    sessions: program.scripts.length,
    role: "app",
  });
  await prepareLane(lane, set);
  await lane.crew.cast(program);
  const run = await beginRun(lane, program);
  const way = toGate(lane, gate);
  await follow(run, way.guide);
  if (!way.stoodThere()) return undefined;
  const before = run.records();
  const rests = lane.controller.rests();
  const steps = [...tellSteps(program, run.told())];
  await mortal.server.kill();
  await mortal.server.start();
  steps.push({ who: "server", does: "is killed and started again", answer: "" });
  await using reader = await mortal.database.connect({ name: "reader", role: "deployer" });
  const fates: (Fate | undefined)[] = [];
  for (const rest of rests) fates.push(await readFateAfterCrash(reader, xidOf(rest)));
  const records = await callAgain(mortal, program, { before, rests, fates }, steps);
  const stateLeft = await readState(reader);
  const [judging] = await stage.openLanes();
  if (judging === undefined) throw new Error("a stage has a lane");
  await prepareLane(judging, set);
  const judge = createSerialJudge(judging, called(program, records), readState);
  let finding: Finding | undefined;
  for (const possible of allFates(records)) {
    const found = await judge.judge({ records: possible, state: stateLeft });
    if (found === undefined) return { finding: undefined, steps };
    finding ??= found;
  }
  return { finding, steps };
}

function xidOf(rest: Rest): string | null {
  if (rest.kind === "idle") return null;
  return (rest.kind === "held" ? rest.at : rest.since)?.xid ?? null;
}

/** Calls whose fate nobody knows may have been committed or not: every combination, none committed first. */
function allFates(records: readonly (readonly ActRecord[])[]): readonly ActRecord[][][] {
  let all: ActRecord[][][] = [[]];
  for (const own of records) {
    const isKnown = own.every(({ answer, fate }) => answer !== lost || fate !== undefined);
    const fates: readonly (Fate | undefined)[] = isKnown ? [undefined] : ["aborted", "committed"];
    all = fates.flatMap((fate) =>
      all.map((before) => [...before, own.map((each) => withFate(each, fate))]),
    );
  }
  return all;
}

function withFate(record: ActRecord, fate: Fate | undefined): ActRecord {
  return record.answer === lost && fate !== undefined ? { ...record, fate } : record;
}

/** Lets the first session go on to a gate, then the others as far as they can, and then nobody. */
function toGate(lane: Lane, gate: number | "last"): { stoodThere(): boolean; guide: Guide } {
  let met = 0;
  let stands = false;
  return {
    stoodThere: () => stands,
    guide(enabled) {
      const [rest] = lane.controller.rests();
      const first = enabled.find(({ session }) => session === 0);
      if (!stands && rest?.kind === "held") {
        met += 1;
        stands = gate === "last" ? lane.isLastGate(rest.at.gate) : met === gate;
      }
      return stands ? enabled.find(({ session }) => session !== 0) : first;
    },
  };
}

interface AtTheCrash {
  readonly before: readonly (readonly ActRecord[])[];
  readonly rests: readonly Rest[];
  readonly fates: readonly (Fate | undefined)[];
}

/** Those that got no answer call again, one after the other, and those that had not called yet call. */
async function callAgain(
  { database }: MortalDatabase,
  { scripts }: Program,
  { before, rests, fates }: AtTheCrash,
  steps: WitnessStep[],
): Promise<readonly (readonly ActRecord[])[]> {
  const crashedAt = Math.max(0, ...before.flat().map(({ ended }) => ended)) + 1;
  const records: ActRecord[][] = [];
  for (const [session, { name, acts }] of scripts.entries()) {
    await using caller = await database.connect({ name, role: "app" });
    const own = [...(before[session] ?? [])];
    const isOnItsWay = rests[session]?.kind !== "idle";
    const unanswered = acts.slice(own.length);
    const [struck] = unanswered;
    if (struck !== undefined && isOnItsWay) {
      const record = { act: struck, answer: lost, began: 1, ended: crashedAt };
      const fate = fates[session];
      own.push(fate === undefined ? record : { ...record, fate });
    }
    for (const act of unanswered)
      own.push(await callOnce(caller, act, crashedAt + 1 + session, steps));
    records.push(own);
  }
  return records;
}

const lost: Answer = { kind: "lost", message: "the server was killed" };

async function callOnce(
  caller: Session,
  act: Act,
  step: number,
  steps: WitnessStep[],
): Promise<ActRecord> {
  const answer = await caller.answer(act.query);
  steps.push({ who: caller.name, does: act.gist, answer: showAnswer(answer) });
  return { act, answer, began: step, ended: step };
}

/** What the sessions called in all. */
function called({ title, scripts }: Program, records: readonly (readonly ActRecord[])[]): Program {
  return {
    title,
    scripts: scripts.map(({ name, isolation }, session) => ({
      name,
      isolation,
      acts: (records[session] ?? []).map(({ act }) => act),
    })),
  };
}
