import pc from "picocolors";
import type { Palette } from "../report/render-law-line.ts";

/** Where a run tells a person how it goes: whole lines, and on a terminal one line that is written over. */
export interface Output {
  readonly palette: Palette;
  /** How many characters fit on a line now. */
  width(): number;
  line(text: string): void;
  /** Replaces the progress line; nothing elsewhere than on a terminal. */
  progress(text: string): void;
}

/** `process.stdout`, or what stands in for it. */
export type OutputStream = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
};

export async function openOutput(stream: OutputStream): Promise<Output> {
  const colours = pc.createColors(stream.isTTY === true && pc.isColorSupported);
  const palette: Palette = {
    good: colours.green,
    bad: colours.red,
    doubtful: colours.yellow,
    faint: colours.dim,
    strong: colours.bold,
  };
  if (stream.isTTY !== true) {
    return {
      palette,
      width: () => widthElsewhere,
      line: (text) => stream.write(`${text}\n`),
      progress: () => {},
    };
  }
  // Takes a tenth of a second to load, and only a terminal needs it.
  const { createLogUpdate } = await import("log-update");
  const below = createLogUpdate(stream);
  return {
    palette,
    width: () => Math.min(stream.columns ?? widthElsewhere, widestLines),
    line(text) {
      below.clear();
      stream.write(`${text}\n`);
    },
    progress: (text) => (text === "" ? below.clear() : below(text)),
  };
}

/** For logs of build servers and files. */
const widthElsewhere = 120;
/** Longer lines are hard to read, however wide the terminal. */
const widestLines = 140;
