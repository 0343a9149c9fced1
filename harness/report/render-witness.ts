import type { Witness } from "../verdict/verdict.ts";

/** The witness of a broken law for a person: the claim, what was expected, what happened, the steps in order. */
export function renderWitness(law: { id: string; claim: string }, witness: Witness): string {
  const lines = [
    `${law.id}: ${law.claim}`,
    `  trial     ${witness.trial}`,
    `  expected  ${witness.expected}`,
    `  happened  ${witness.happened}`,
  ];
  if (witness.steps.length > 0) lines.push("  steps", ...renderSteps(witness));
  if (!witness.repeatable)
    lines.push("  a real race showed this: running it again may take another path to the same end");
  return lines.join("\n");
}

function renderSteps({ steps }: Witness): string[] {
  const whoWidth = Math.max(...steps.map(({ who }) => who.length));
  const numberWidth = String(steps.length).length;
  return steps.map(({ who, does, answer }, index) => {
    const number = String(index + 1).padStart(numberWidth);
    return `    ${number}. ${who.padEnd(whoWidth)}  ${does}${answer === "" ? "" : `  →  ${answer}`}`;
  });
}
