import type { Witness } from "../verdict/verdict.ts";
import { wrapBehind } from "./wrap.ts";

/**
 * The witness of a broken law for a person: the claim, what was expected, what happened, the steps in order. Lines are
 * broken at `width` characters; they stay whole without one.
 */
export function renderWitness(
  law: { readonly id: string; readonly claim: string },
  witness: Witness,
  width = Infinity,
): string {
  const lines = [
    law.id,
    wrapBehind("  claim     ", law.claim, width),
    wrapBehind("  trial     ", witness.trial, width),
    wrapBehind("  expected  ", witness.expected, width),
    wrapBehind("  happened  ", witness.happened, width),
  ];
  if (witness.steps.length > 0) lines.push("  steps", ...renderSteps(witness, width));
  if (!witness.repeatable)
    lines.push(
      wrapBehind(
        "  ",
        "a real race showed this: running it again may take another path to the same end",
        width,
      ),
    );
  return lines.join("\n");
}

function renderSteps({ steps }: Witness, width: number): string[] {
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
