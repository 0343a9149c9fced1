import type { Output } from "./output.ts";

/** What is going on while laws are tried. Disposing it takes the progress line away. */
export interface Progress extends Disposable {
  found(howMany: number): void;
  begun(lawId: string): void;
  /** Writes the line of a law that has ended above the progress line. */
  ended(lawId: string, line: string): void;
}

/** Keeps one line at the bottom of a terminal: how many laws have ended, which are being tried, for how long. */
export function showProgress(output: Output): Progress {
  const startedAt = performance.now();
  const running = new Set<string>();
  let all = 0;
  let done = 0;
  const show = (): void => {
    const seconds = Math.floor((performance.now() - startedAt) / 1000);
    const how = all === 0 ? "loading laws" : `${done} of ${all} laws`;
    const text = `${how}, ${seconds} s  ${[...running].join(" · ")}`;
    output.progress(output.palette.faint(text.slice(0, output.width() - 1)));
  };
  const ticking = setInterval(show, 1000);
  show();
  return {
    found(howMany) {
      all += howMany;
      show();
    },
    begun(lawId) {
      running.add(lawId);
      show();
    },
    ended(lawId, line) {
      running.delete(lawId);
      done += 1;
      output.line(line);
      show();
    },
    [Symbol.dispose]() {
      clearInterval(ticking);
      output.progress("");
    },
  };
}
