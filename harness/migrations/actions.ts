import { explained } from "./explain-failure.ts";
import { type Ledger, moveLedger } from "./ledger.ts";
import type { Move, MoveText } from "./move.ts";
import type { SqlRunner } from "./sql-runner.ts";
import type { AroundStep, Step } from "./step.ts";

/** Takes a move's steps one after the other: the texts of its file, the ledger and, in a transaction, the commit. */
export async function takeSteps(
  session: SqlRunner,
  move: Move,
  ledger: Ledger,
  around: AroundStep,
): Promise<void> {
  const own = { sent: undefined, doneBefore: move.texts.length };
  const actions: Action[] = [
    ...move.texts.map((sent, index) => statementAction(session, move, sent, index)),
    {
      kind: "ledger",
      text: "the ledger's row",
      line: 0,
      send: () => explained(move, own, () => moveLedger(session, ledger, move)),
    },
  ];
  if (move.transactional) {
    const send = () => explained(move, own, () => session.run("commit"));
    actions.push({ kind: "commit", text: "commit", line: 0, send });
  }
  for (const [index, { send, ...step }] of actions.entries()) {
    await around({ ...step, index, count: actions.length }, async () => {
      await send();
    });
  }
}

interface Action extends Omit<Step, "index" | "count"> {
  readonly send: () => Promise<unknown>;
}

function statementAction(
  session: SqlRunner,
  move: Move,
  sent: MoveText,
  doneBefore: number,
): Action {
  return {
    kind: "statement",
    text: sent.text,
    line: sent.line,
    send: () => explained(move, { sent, doneBefore }, () => session.run(sent.text)),
  };
}
