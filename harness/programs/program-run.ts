import type { Execution, Step, Stride, Taken } from "../schedule/execution.ts";
import { type Footprint, nothing, together } from "../schedule/footprint.ts";
import type { Rest } from "./puppet.ts";
import { describeFault, type Fault } from "./fault.ts";
import { type Touched, untouched } from "./footprints.ts";
import type { Lane } from "./lane.ts";
import { type ActRecord, actOf, createPlayer, placeOf, type Player, wayOf } from "./player.ts";
import type { Program } from "./program.ts";
import { restOf, type Scene, type ToldStep } from "./scene.ts";
import { faultAt, strike } from "./strike.ts";
import { noRows, takeIn, takeInPassed, tell } from "./take-in.ts";

/** A run of a program on a lane, from the lane's prepared state on. */
export interface ProgramRun extends Execution {
  /** What each session was answered so far, act by act. */
  records(): readonly (readonly ActRecord[])[];
  /** What happened so far, in words. */
  told(): readonly ToldStep[];
  /** The gates that were met so far. */
  met(): ReadonlySet<string>;
  /** What each session was found to have touched so far, when it was held or waited. */
  touched(): readonly Touched[];
}

/**
 * Begins a run. A call that comes to a gate before it touches anything goes on from there in the same step; where the
 * program begins early, it is sent as soon as its turn can come and held there, with what it read of the clock.
 */
export async function beginRun(lane: Lane, program: Program): Promise<ProgramRun> {
  await lane.reset();
  const scene: Scene = {
    lane,
    fault: program.fault,
    players: program.scripts.map((script, index) =>
      createPlayer(script, index, lane.controller.hits(index)),
    ),
    told: [],
    met: new Set(),
    step: 0,
  };
  const { players } = scene;
  const beginEarly = async (): Promise<void> => {
    if (program.beginsEarly !== true) return;
    for (const player of players) await sendEarly(scene, player);
  };
  const enabled = (): Step[] => players.flatMap((player) => stepOf(scene, player) ?? []);
  const onTheirWay = (): number[] => players.filter(({ sent }) => sent).map(({ index }) => index);
  await beginEarly();
  return {
    enabled,
    async take(step, stride) {
      const player = players[step.session];
      if (player === undefined) throw new Error(`the program has no session ${step.session}`);
      const taken: Taken[] = [];
      let now = step;
      let footprint = await go(scene, player, stride, (passed) => {
        taken.push({ step: now, footprint: passed, enabled: enabled() });
        now = stepOf(scene, player) ?? now;
      });
      await beginEarly();
      while (enabled().length === 0 && onTheirWay().length > 0) {
        await lane.controller.waitOut(onTheirWay());
        footprint = together(footprint, await takeIn(scene));
        await beginEarly();
      }
      return [...taken, { step: now, footprint, enabled: enabled() }];
    },
    records: () => players.map(({ records }) => records),
    told: () => scene.told,
    met: () => scene.met,
    touched: () => players.map(({ everTouched }) => [...everTouched].reduce(addTouched, untouched)),
  };
}

const idle: Rest = { kind: "idle", answer: undefined };

function addTouched(before: Touched, now: Touched): Touched {
  return {
    reads: before.reads.union(now.reads),
    writes: before.writes.union(now.writes),
    isUnknown: before.isUnknown || now.isUnknown,
  };
}

/** What a session may do from where it was seen last. */
function stepOf(scene: Scene, player: Player): Step | undefined {
  const rest = player.seen ?? idle;
  const place = placeOf(player, rest);
  if (place === undefined) return undefined;
  const fault = faultAt(scene, player);
  const from = fault === undefined ? place : `${place} ${fault.kind}`;
  const { index: session, hitsBefore } = player;
  if (!player.sent || rest.kind !== "held") return { session, from };
  return { session, from, at: rest.at.hit - hitsBefore };
}

/**
 * Lets one session go on, and takes in what others do because of it. Calls back after each step but the last with what it
 * touched.
 */
async function go(
  scene: Scene,
  player: Player,
  stride: Stride,
  stepped: (footprint: Footprint | undefined) => void,
): Promise<Footprint> {
  scene.step += 1;
  const rest = restOf(scene, player);
  const fault = faultAt(scene, player);
  let does = fault === undefined ? describeStep(player, rest) : describeFault(fault.kind);
  let snapshot = { ...nothing, keepsSnapshot: !player.sent && takesLastingSnapshot(player) };
  const ranOut = player.sent && rest.kind === "waits";
  player.began ??= scene.step;
  let isSame = await move(scene, player, stride, fault);
  for (const { at, footprint } of takeInPassed(scene, player)) {
    if (isSame) {
      isSame = false;
      continue;
    }
    player.seen = { kind: "held", at };
    tell(scene, player, { does, rest: player.seen });
    stepped(footprint === undefined ? undefined : together(snapshot, footprint));
    scene.step += 1;
    does = "goes on";
    snapshot = nothing;
  }
  return together(snapshot, await takeIn(scene, { player, does, ranOut, fault: fault?.kind }));
}

/** Whether the first gate that it passes is within the same step. */
async function move(
  scene: Scene,
  player: Player,
  stride: Stride,
  fault: Fault | undefined,
): Promise<boolean> {
  const { controller } = scene.lane;
  if (!player.sent) return await begin(scene, player, stride);
  if (fault !== undefined) await strike(scene, player, fault);
  else if (restOf(scene, player).kind === "held")
    await controller.letGo(player.index, stopOf(scene, player, stride));
  else await controller.waitOut([player.index]);
  return false;
}

/** Sends what comes next, and lets it go on from a gate that it comes to before it touches anything. */
async function begin(scene: Scene, player: Player, stride: Stride): Promise<boolean> {
  const { controller, firstStops } = scene.lane;
  const { index } = player;
  if (!firstStops.isLearning()) {
    await send(scene, player, () => stopOf(scene, player, stride));
    return firstStops.isAtGate(actOf(player)?.text ?? "");
  }
  await send(scene, player, () => controller.hits(index) + 1);
  const isFirst = firstStops.isAtGate(actOf(player)?.text ?? "");
  if (restOf(scene, player).kind !== "held" || !isFirst) return false;
  await takeIn(scene, { player, does: undefined });
  await controller.letGo(index, stopOf(scene, player, stride));
  return false;
}

/** `begin` goes with what comes after it: by itself it does nothing. */
async function send(scene: Scene, player: Player, stop: () => number | undefined): Promise<void> {
  const { controller } = scene.lane;
  const opening = actOf(player)?.kind === "begin" ? actOf(player) : undefined;
  if (opening !== undefined) {
    player.records.push({ act: opening, answer: noRows, began: scene.step, ended: scene.step });
    player.sending.push(opening);
    player.at += 1;
    player.inTransaction = true;
  }
  const act = actOf(player);
  if (act === undefined) throw new Error(`${player.script.name} has nothing left to do`);
  player.way = `${player.way}; ${act.text}`;
  player.sent = true;
  player.sending.push(act);
  const hit = stop();
  if (opening !== undefined) await controller.send(player.index, opening.query, hit);
  await controller.send(player.index, act.query, hit);
}

/** The hit of the gate at which a session that goes on now is held; nothing if it is to pass all. */
function stopOf(
  { lane, fault, players }: Scene,
  player: Player,
  stride: Stride,
): number | undefined {
  const { controller, firstStops, footprints } = lane;
  const passesFirst = player.hits.size === 0 && firstStops.isAtGate(actOf(player)?.text ?? "");
  const next = controller.hits(player.index) + (passesFirst ? 2 : 1);
  if (stride === "one" || fault !== undefined) return next;
  // Whoever waits might be let go by any step, unless it is known which.
  const someWait = players.some(({ sent, seen }) => sent && seen?.kind === "waits");
  if (stride === "far") return !someWait && footprints.foresees(wayOf(player)) ? undefined : next;
  const { at } = stride.until ?? {};
  if (at !== undefined) return player.hitsBefore + at;
  return someWait ? next : undefined;
}

/** Where a snapshot is kept for a whole transaction, it matters when its first statement is sent. */
function takesLastingSnapshot({ script, inTransaction }: Player): boolean {
  return script.isolation !== "read committed" && !inTransaction;
}

async function sendEarly(scene: Scene, player: Player): Promise<void> {
  const act = actOf(player);
  const first = act?.kind === "begin" ? player.script.acts[player.at + 1] : act;
  if (player.sent || first?.kind !== "call" || takesLastingSnapshot(player)) return;
  if (!scene.lane.firstStops.isAtGate(first.text)) return;
  player.began = scene.step;
  const does = `begins ${describeStep(player, restOf(scene, player))}`;
  await send(scene, player, () => scene.lane.controller.hits(player.index) + 1);
  await takeIn(scene, { player, does });
}

function describeStep(player: Player, rest: Rest): string {
  if (player.sent && rest.kind === "waits") return "has waited for as long as it may";
  if (player.sent) return "goes on";
  const acts = player.script.acts.slice(player.at, player.at + 2);
  return acts[0]?.kind === "begin"
    ? acts.map(({ gist }) => gist).join("; ")
    : (acts[0]?.gist ?? "");
}
