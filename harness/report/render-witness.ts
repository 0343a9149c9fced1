import type { ShownSchedule } from "../verdict/shown-schedule.ts";
import type { Witness, WitnessStep } from "../verdict/verdict.ts";
import { renderPlainTable } from "./plain-table.ts";
import { wrap, wrapBehind } from "./wrap.ts";

/** What is shown of a witness. */
export type TellableWitness = Omit<Witness, "schedule"> & {
  readonly schedule?: Pick<ShownSchedule, "sessions" | "cause"> | null;
};

/**
 * The witness of a broken law for a person: the claim, what was expected, what happened and why, and the steps in order, of
 * a schedule in a column for each session. Lines are broken at `width` characters; they stay whole without one.
 */
export function renderWitness(
  law: { readonly id: string; readonly claim: string },
  witness: TellableWitness,
  width = Infinity,
): string {
  const { schedule, steps } = witness;
  const lines = [
    law.id,
    wrapBehind("  claim     ", law.claim, width),
    wrapBehind("  trial     ", witness.trial, width),
    wrapBehind("  expected  ", witness.expected, width),
    wrapBehind("  happened  ", witness.happened, width),
  ];
  if (schedule != null) lines.push(wrapBehind("  cause     ", schedule.cause, width));
  if (schedule != null) lines.push(...renderColumns(steps, schedule.sessions, width));
  else if (steps.length > 0) lines.push("  steps", ...renderSteps(witness, width));
  if (!witness.repeatable) {
    const why = schedule == null ? "a real race showed this: " : "this did not repeat: ";
    const again = "running it again may take another path to the same end";
    lines.push(wrapBehind("  ", `${why}${again}`, width));
  }
  return lines.join("\n");
}

/** Steps of a schedule, a column for each session that takes any. */
export function renderColumns(
  steps: readonly WitnessStep[],
  sessions: readonly string[],
  width: number,
): readonly string[] {
  const columns = sessions.filter((name) => steps.some(({ who }) => who === name));
  const indent = 4;
  const numbers = String(steps.length).length + 1;
  const room = Math.min(width, widestColumns) - indent - numbers - 2 * columns.length;
  const widths = columns.map(() => Math.max(Math.floor(room / columns.length), narrowestColumn));
  const rows = steps.map(({ who, does, answer }, index) => [
    `${index + 1}.`,
    ...columns.map((name, column) =>
      name === who ? cell({ does, answer }, widths[column] ?? narrowestColumn) : "",
    ),
  ]);
  const table = renderPlainTable(["", ...columns], rows, [numbers, ...widths]);
  return table.map((line) => `${" ".repeat(indent)}${line}`.trimEnd());
}

function cell({ does, answer }: Omit<WitnessStep, "who">, width: number): string {
  const text = answer === "" ? does : `${does}\n→ ${answer}`;
  return wrap(text, width)
    .flatMap((line) => pieces(line, width))
    .join("\n");
}

/** A word that is longer than its column is broken: a table would cut it off. */
function pieces(line: string, width: number): readonly string[] {
  const count = Math.max(Math.ceil(line.length / width), 1);
  return Array.from({ length: count }, (_, index) =>
    line.slice(index * width, (index + 1) * width),
  );
}

/** Without a terminal to fit into, and however narrow that is. */
const widestColumns = 160;
const narrowestColumn = 24;

function renderSteps({ steps }: TellableWitness, width: number): string[] {
  const whoWidth = Math.max(...steps.map(({ who }) => who.length));
  const numberWidth = String(steps.length).length;
  const lines = steps.map(({ who, does, answer }, index) => {
    const number = String(index + 1).padStart(numberWidth);
    return wrapBehind(
      `    ${number}. ${who.padEnd(whoWidth)}  `,
      `${does}${answer === "" ? "" : `  →  ${answer}`}`,
      width,
    );
  });
  const leftOut = lines.length - firstSteps - lastSteps;
  if (leftOut <= 1) return lines;
  const between = `    ${".".repeat(numberWidth)}  ${leftOut} steps more, all of them in verify.json`;
  return [...lines.slice(0, firstSteps), between, ...lines.slice(-lastSteps)];
}

/** Of a long story a person reads how it begins and how it ends. */
const firstSteps = 8;
const lastSteps = 16;
