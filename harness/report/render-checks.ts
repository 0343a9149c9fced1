import type { Check, Overall } from "./production-record.ts";
import type { Palette } from "./render-law-line.ts";
import { wrapBehind } from "./wrap.ts";

/** A check as it ends: sign, name and what was found, with the details below where it is not plainly go. */
export function renderCheck(check: Check, palette: Palette, width = Infinity): string {
  const { mark, paint } = signs(palette)[check.verdict];
  const line = wrapBehind(`${mark} ${check.name.padEnd(nameWidth)}  `, check.says, width);
  // Colours have no width.
  const head = `${paint(mark)}${line.slice(mark.length)}`;
  if (check.verdict === "go") return head;
  const shown = check.details.slice(0, mostDetails);
  const left = check.details.length - shown.length;
  const more = left === 0 ? [] : [`… ${left} more in the record`];
  return [head, ...[...shown, ...more].map((each) => wrapBehind("      ", each, width))].join("\n");
}

/** More is for the record. */
const mostDetails = 12;
/** As wide as the longest name that comes with the tool. */
const nameWidth = 21;

/** What all came to, and because of which checks. */
export function renderOverall(
  verdict: Overall,
  checks: readonly Check[],
  palette: Palette,
): string {
  if (verdict === "go") return palette.good("go");
  const because = (which: Overall): string =>
    checks
      .filter((check) => check.verdict === which)
      .map(({ name }) => name)
      .join(", ");
  const unknown = because("unknown");
  const [noGo, cannotTell] = [palette.bad("no go"), palette.doubtful("cannot tell")];
  if (verdict === "unknown") return `${cannotTell}: ${unknown}`;
  return `${noGo}: ${because("no-go")}${unknown === "" ? "" : `; ${cannotTell}: ${unknown}`}`;
}

type Signs = Readonly<
  Record<Check["verdict"], { readonly mark: string; readonly paint: (text: string) => string }>
>;

function signs({ good, bad, doubtful, faint }: Palette): Signs {
  return {
    go: { mark: "✓", paint: good },
    "no-go": { mark: "✗", paint: bad },
    unknown: { mark: "?", paint: doubtful },
    noted: { mark: "·", paint: faint },
  };
}
