import type { Database } from "../postgres/database.ts";
import { plainText, type Query, readableText, sql } from "../postgres/query.ts";
import type { Answer, Isolation, Session } from "../postgres/session.ts";
import { z } from "zod";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import { type Recorder, showAnswer } from "./recorder.ts";
import { settlesWithin } from "./settles-within.ts";

/** One statement on its way: answered, or waiting for another session of the play. */
export interface Call<Row> {
  /** The sessions it was found waiting for when it was sent; empty if it was answered at once. */
  readonly waitsFor: readonly string[];
  /** What came back in the end. Fails after a while of no answer, telling who waits for whom. */
  answer(): Promise<Answer<Row>>;
  /** How long the answer took to come, milliseconds; nothing while there is none. */
  tookMs(): number | undefined;
}

/** A session of a play, whose every step is written down. */
export interface Actor {
  readonly name: string;
  readonly session: Session;
  /** Sends a statement and comes back with the answer, whoever it had to wait for. */
  asks<Row>(query: Query<Row>): Promise<Answer<Row>>;
  /** Sends a statement and comes back once it is answered or the server says that it waits for another session of the play. */
  starts<Row>(query: Query<Row>): Promise<Call<Row>>;
  /** A statement without rows, such as `begin` or `commit`. */
  does(text: string): Promise<Answer>;
}

/** The sessions of one play. Disposing it closes them all, open transactions rolled back. */
export interface Cast extends AsyncDisposable {
  enter(name: string, options?: ActorOptions): Promise<Actor>;
  readonly recorder: Recorder;
}

export interface ActorOptions {
  /** A label of the binding or `deployer`; `app` unless told otherwise. */
  readonly role?: string;
  readonly isolation?: Isolation;
  readonly settings?: Readonly<Record<string, string>>;
}

/** How long a statement is left in peace before the server is asked about it; nothing is concluded from it. */
const beforeAskingMs = 1;

/** How long a statement may stay unanswered before the play is given up, milliseconds. */
const patienceMs = 15_000;

export async function openCast(database: Database, recorder: Recorder): Promise<Cast> {
  const watcher = await database.lend({ name: "watcher", role: "deployer" });
  const actors = new Map<number, Actor>();
  return {
    recorder,
    async enter(name, options = {}) {
      const session = await database.lend({ name, role: options.role ?? "app", ...options });
      const actor = createActor(session, recorder, watcher, actors);
      actors.set(session.pid, actor);
      return actor;
    },
    async [Symbol.asyncDispose]() {
      // A session that still waits for another would not come to rest before that one lets go, so all do at once.
      await Promise.all([...actors.values()].map(({ session }) => database.rest(session)));
      await database.rest(watcher);
    },
  };
}

function createActor(
  session: Session,
  recorder: Recorder,
  watcher: Session,
  actors: ReadonlyMap<number, Actor>,
): Actor {
  const starts = async <Row>(query: Query<Row>): Promise<Call<Row>> => {
    const tell = recorder.begin(session.name, readableText(query));
    const sent = performance.now();
    let tookMs: number | undefined;
    const settled = session.answer(query).then((answer) => {
      tookMs = performance.now() - sent;
      tell(
        `${waitsFor.length > 0 ? `waits for ${waitsFor.join(", ")}, then ` : ""}${showAnswer(answer)}`,
      );
      return answer;
    });
    let waitsFor: readonly string[] = [];
    waitsFor = await blockers(settled, session, watcher, actors);
    if (waitsFor.length > 0) tell(`waits for ${waitsFor.join(", ")}`);
    return {
      waitsFor,
      answer: () => withPatience(settled, session, watcher),
      tookMs: () => tookMs,
    };
  };
  return {
    name: session.name,
    session,
    starts,
    async asks(query) {
      const tell = recorder.begin(session.name, readableText(query));
      const answer = await withPatience(session.answer(query), session, watcher);
      tell(showAnswer(answer));
      return answer;
    },
    async does(text) {
      const tell = recorder.begin(session.name, text);
      const answer = await withPatience(session.answer(plainText(text)), session, watcher);
      tell(answer.kind === "rows" ? "" : showAnswer(answer));
      return answer;
    },
  };
}

const blocked = z.object({ pids: z.array(z.number()) });

/** Asks the server, again and again while there is no answer, whether the session waits for another of the play. */
async function blockers(
  settled: Promise<unknown>,
  session: Session,
  watcher: Session,
  actors: ReadonlyMap<number, Actor>,
): Promise<readonly string[]> {
  const call = { answered: false };
  const tell = (): void => {
    call.answered = true;
  };
  const done = settled.then(tell, tell);
  const deadline = performance.now() + patienceMs;
  while (!call.answered) {
    // Most are answered before the server could say anything about them.
    await settlesWithin(done, beforeAskingMs);
    if (call.answered) break;
    const asking = watcher.one(sql.type(blocked)`select pg_blocking_pids(${session.pid}) as pids`);
    await Promise.race([done, asking]);
    if (call.answered) {
      await asking;
      break;
    }
    const { pids } = await asking;
    const names = pids.flatMap((pid) => actors.get(pid)?.name ?? []);
    if (names.length > 0 && !call.answered) return names.toSorted();
    if (performance.now() > deadline) return [];
  }
  return [];
}

const activity = z.object({ line: z.string() });

async function withPatience<Value>(
  settled: Promise<Value>,
  session: Session,
  watcher: Session,
): Promise<Value> {
  const first = await settlesWithin(settled, patienceMs);
  if (first !== undefined) return first.value;
  const lines = await watcher.all(sql.type(activity)`
    select format('%s: %s, waits for %s: %s', application_name, state, pg_blocking_pids(pid), query) as line
    from pg_stat_activity where datname = current_database() order by 1`);
  throw new RehearsalError(
    "NO_ANSWER",
    `Session ${session.name} got no answer within ${patienceMs / 1000} s. The sessions of the database:\n` +
      lines.map(({ line }) => `  ${line}`).join("\n"),
    { exitCode: 3 },
  );
}
