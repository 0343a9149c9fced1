import { plainText, type Query, readableText } from "../postgres/query.ts";
import type { Answer, Session } from "../postgres/session.ts";
import type { ByEffort } from "../verdict/effort.ts";
import type { Event, Transaction } from "../history/event.ts";
import { isAboutToGo } from "../history/read-operations.ts";
import { createRandom, type Random } from "./random.ts";
import { createRecorder, type Recorder, showAnswer } from "./recorder.ts";
import { atEffort, type Stage } from "./stage.ts";
import type { Trial } from "./trial.ts";

/** One of the many sessions of a race. */
export interface Caller {
  readonly name: string;
  readonly random: Random;
  readonly session: Session;
  /** Asks and puts question and answer into the history. */
  asks<Row>(query: Query<Row>, operation: string, input?: unknown): Promise<Answer<Row>>;
  /** Does the work in a transaction that ends so; the history tells with each question what became of it. */
  inTransaction(end: "commit" | "rollback", work: () => Promise<void>): Promise<void>;
}

export interface RaceTrial<Binding> {
  readonly title: string;
  readonly callers: ByEffort;
  readonly rounds: ByEffort;
  /** Before the first round, with nobody else about. */
  readonly prepare?: (stage: Stage<Binding>) => Promise<void>;
  /** What one caller does in one round; all callers do theirs at once. */
  readonly round: (stage: Stage<Binding>, caller: Caller, round: number) => Promise<void>;
  /** After the last round: judges the whole history and the state that is left. */
  readonly judge: (
    recorder: Recorder,
    history: readonly Event[],
    stage: Stage<Binding>,
  ) => Promise<void> | void;
  readonly role?: string;
}

/** A real race of many sessions. Every question and answer is kept in order of time and judged when all are done. */
export function race<Binding>(trial: RaceTrial<Binding>): Trial<Binding> {
  return async (stage) => {
    await stage.database.empty();
    await trial.prepare?.(stage);
    const history: Event[] = [];
    await runCallers(trial, stage, history);
    stage.tally.count("raced", history.length);
    await trial.judge(createRecorder(trial.title, { repeatable: false }), history, stage);
  };
}

async function runCallers<Binding>(
  trial: RaceTrial<Binding>,
  stage: Stage<Binding>,
  history: Event[],
): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const names = Array.from(
    { length: atEffort(stage, trial.callers) },
    (_, index) => `caller-${index + 1}`,
  );
  const callers = await Promise.all(
    names.map(async (name, index) => {
      const session = await stage.database.lend({ name, role: trial.role ?? "app" });
      stack.defer(() => stage.database.rest(session));
      return createCaller(session, createRandom(stage.seed + index), history);
    }),
  );
  const rounds = atEffort(stage, trial.rounds);
  for (let round = 0; round < rounds; round += 1) {
    await Promise.all(callers.map((caller) => trial.round(stage, caller, round)));
  }
}

function createCaller(session: Session, random: Random, history: Event[]): Caller {
  let inHand: Event[] | undefined;
  return {
    name: session.name,
    random,
    session,
    async asks(query, operation, input) {
      const asked = performance.now();
      const answer = await session.answer(query);
      (inHand ?? history).push({
        who: session.name,
        operation,
        input,
        text: readableText(query),
        asked,
        answered: performance.now(),
        answer: answer.kind === "rows" ? answer.rows : undefined,
        outcome: showAnswer(answer),
        ...(answer.kind === "error" ? { sqlstate: answer.sqlstate } : {}),
      });
      return answer;
    },
    async inTransaction(end, work) {
      await session.run("begin");
      const own: Event[] = [];
      inHand = own;
      try {
        await work();
      } finally {
        inHand = undefined;
      }
      const failed = own.some(({ answer }) => answer === undefined);
      const ended = await session.answer(plainText(end));
      const became = end === "rollback" || failed ? "rolled back" : becameOf(ended);
      const over = performance.now();
      history.push(...own.map((event) => inside(event, { end: became, over })));
    },
  };
}

function inside(event: Event, transaction: Transaction): Event {
  return { ...event, transaction };
}

/** A commit that was refused was rolled back; one whose answer never came may have been either. */
function becameOf(answer: Answer): Transaction["end"] {
  if (answer.kind === "rows") return "committed";
  if (answer.kind === "lost" || isAboutToGo(answer.sqlstate)) return "lost";
  return "rolled back";
}
