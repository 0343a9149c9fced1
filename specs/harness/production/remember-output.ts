import type { Output } from "../../../harness/verify/output.ts";
import { plain } from "../report/example-laws.ts";

/** Keeps what a command tells a person, without colours. */
export interface RememberedOutput extends Output {
  /** What was told so far: whole lines, and behind a `~` what a progress line showed. */
  readonly noted: string[];
  /** The whole lines. */
  text(): string;
}

export function rememberOutput(width = 120): RememberedOutput {
  const noted: string[] = [];
  return {
    noted,
    palette: plain,
    width: () => width,
    line: (text) => noted.push(text),
    progress: (text) => noted.push(`~${text}`),
    text: () => noted.filter((each) => !each.startsWith("~")).join("\n"),
  };
}
