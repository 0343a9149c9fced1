import type { Output } from "../../../harness/verify/output.ts";

/** Keeps what a command tells a person, without colours. */
export interface RememberedOutput extends Output {
  text(): string;
}

export function rememberOutput(): RememberedOutput {
  const lines: string[] = [];
  return {
    palette: { good: plain, bad: plain, doubtful: plain, faint: plain, strong: plain },
    width: () => 120,
    line: (text) => void lines.push(text),
    progress: () => {},
    text: () => lines.join("\n"),
  };
}

function plain(text: string): string {
  return text;
}
