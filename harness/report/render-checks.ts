import type { Check, Overall } from "./production-record.ts";
import type { Palette } from "./render-law-line.ts";
import { wrapBehind } from "./wrap.ts";

/** A check as it ends: sign, name and what was found, with the details below where it is not plainly go. */
export function renderCheck(check: Check, palette: Palette, width = Infinity): string {
  const head = wrapBehind(
    `${sign(check, palette)} ${check.name.padEnd(nameWidth)}  `,
    check.says,
    width,
  );
  if (check.verdict === "go") return head;
  const shown = check.details.slice(0, mostDetails);
  const left = check.details.length - shown.length;
  const more = left === 0 ? [] : [`… ${left} more in the record`];
  return [head, ...[...shown, ...more].map((line) => wrapBehind("      ", line, width))].join("\n");
}

/** More is for the record. */
const mostDetails = 12;
const nameWidth = 18;

export function renderOverall(verdict: Overall, palette: Palette): string {
  if (verdict === "go") return palette.good("go");
  if (verdict === "no-go") return palette.bad("no go");
  return palette.doubtful("cannot tell");
}

function sign({ verdict }: Check, palette: Palette): string {
  if (verdict === "go") return palette.good("✓");
  if (verdict === "no-go") return palette.bad("✗");
  return verdict === "unknown" ? palette.doubtful("?") : palette.faint("·");
}
