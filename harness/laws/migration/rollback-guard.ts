import { type Actor, openCast } from "../../explore/actor.ts";
import { createRecorder, type Recorder } from "../../explore/recorder.ts";
import type { Stage } from "../../explore/stage.ts";
import { letServerWait } from "../../explore/wait-for.ts";
import type { Law } from "../law.ts";
import { catalogOf, demandSameCatalog, type MigrationPart, operatorOf } from "./migration-part.ts";

export const rollbackGuard: Law<MigrationPart> = {
  id: "migration.rollback-guard",
  claim:
    "down refuses to destroy what cannot be got back, unless told to; nothing slips in between the check and the drop",
  situations: ["something would be lost", "consent was given", "it slips in while down waits"],
  isBound: ({ meant }) => meant !== undefined && meant.precious.length > 0,
  async trial(stage) {
    const names = (stage.binding.meant?.precious ?? []).map(({ name }) => name);
    for (const name of names) await refuses(stage, name);
    for (const name of names) await slipsIn(stage, name);
    await consents(stage, names);
  },
};

/** Without consent, or with what only looks like it, down refuses and says what to do. */
async function refuses(stage: Stage<MigrationPart>, name: string): Promise<void> {
  const judge = createRecorder(`down over ${name}`);
  await using database = await stage.binding.openTarget();
  const operator = await operatorOf(stage, database, judge);
  await using cast = await openCast(database, judge);
  const owner = await cast.enter("owner", { role: "deployer" });
  await makePrecious(stage, owner, name);
  stage.tally.meet("something would be lost");
  const consent = stage.binding.meant?.allowDataLoss;
  const attempts = [
    {},
    ...(consent?.notEnough ?? []).map((value) => ({ [consent?.setting ?? ""]: value })),
  ];
  for (const settings of attempts) {
    const outcome = await operator.down(settings);
    const given = Object.values(settings).map((value) => ` with consent "${value}"`);
    stage.tally.count("comparisons");
    judge.demand(outcome.startsWith("error") && outcome.includes("Hint:"), {
      expected: `down refuses over ${name}${given.join("")} and says what to do`,
      happened: `it answers: ${outcome}`,
    });
  }
  await demandStillThere(stage, judge, owner, name);
}

/** A refusal changes nothing, and with consent down goes through over everything at once. */
async function consents(stage: Stage<MigrationPart>, names: readonly string[]): Promise<void> {
  const judge = createRecorder("down with consent");
  await using database = await stage.binding.openBaseline();
  const operator = await operatorOf(stage, database, judge);
  const baseline = await catalogOf(database);
  judge.demandEqual(await operator.up(), "done", "up");
  const before = await catalogOf(database);
  await using cast = await openCast(database, judge);
  const owner = await cast.enter("owner", { role: "deployer" });
  for (const name of names) await makePrecious(stage, owner, name);
  await operator.down();
  demandSameCatalog(judge, stage, before, await catalogOf(database), "the catalog after a refusal");
  const consent = stage.binding.meant?.allowDataLoss;
  if (consent === undefined) return;
  const outcome = await operator.down({ [consent.setting]: consent.value });
  judge.demandEqual(outcome, "done", "down with consent");
  stage.tally.meet("consent was given");
  demandSameCatalog(judge, stage, baseline, await catalogOf(database), "the catalog after down");
}

/** A row that is not committed when down begins must stop it once it is: down waits for it and looks again. */
async function slipsIn(stage: Stage<MigrationPart>, name: string): Promise<void> {
  const judge = createRecorder(`${name}, committed while down waits`);
  await using database = await stage.binding.openTarget();
  const operator = await operatorOf(stage, database, judge);
  await using cast = await openCast(database, judge);
  const owner = await cast.enter("owner", { role: "deployer" });
  const watcher = await cast.enter("watcher", { role: "deployer" });
  await owner.does("begin");
  await makePrecious(stage, owner, name);
  const down = operator.down();
  const waits = await letServerWait(watcher.session, owner.session.pid, down);
  if (waits) stage.tally.meet("it slips in while down waits");
  await owner.does("commit");
  const outcome = await down;
  judge.demand(outcome.startsWith("error"), {
    expected: `down refuses, since ${name} was committed before it dropped anything`,
    happened: `it answers: ${outcome}`,
  });
  await demandStillThere(stage, judge, watcher, name);
}

async function makePrecious(
  { binding }: Stage<MigrationPart>,
  actor: Actor,
  name: string,
): Promise<void> {
  const precious = binding.meant?.precious.find((each) => each.name === name);
  if (precious !== undefined) await actor.asks(precious.make);
}

/** Making the same again must still be possible: the functions and tables are there. */
async function demandStillThere(
  { binding }: Stage<MigrationPart>,
  judge: Recorder,
  actor: Actor,
  name: string,
): Promise<void> {
  const precious = binding.meant?.precious.find((each) => each.name === name);
  if (precious === undefined) return;
  const answer = await actor.asks(precious.make);
  judge.demand(answer.kind === "rows", {
    expected: `what makes ${name} is still there`,
    happened: answer.kind === "error" ? answer.message : "the connection was lost",
  });
}
