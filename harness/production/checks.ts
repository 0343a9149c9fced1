import type { Check } from "../report/production-record.ts";
import { renderCheck } from "../report/render-checks.ts";
import type { Output } from "../verify/output.ts";
import type { Finding } from "./finding.ts";

/** The checks of a command in the order in which they were made, each told as it ends. */
export interface Checks {
  readonly add: (name: string, finding: Finding) => void;
  made(): readonly Check[];
  /** Whether one of them keeps the command from going on. */
  stop(): boolean;
}

export function startChecks(output: Output): Checks {
  const made: Check[] = [];
  return {
    add(name, finding) {
      const check = { name, ...finding };
      made.push(check);
      output.progress("");
      output.line(renderCheck(check, output.palette, output.width()));
    },
    made: () => made,
    stop: () => made.some(({ verdict }) => verdict === "no-go" || verdict === "unknown"),
  };
}
