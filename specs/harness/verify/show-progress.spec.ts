/**
 * Goal: A person at a terminal sees at any moment how far the run is and what it is doing.
 * Method: Laws begin and end while the lines that an output was given are written down.
 */
import { expect, test } from "vitest";
import type { Output } from "../../../harness/verify/output.ts";
import { showProgress } from "../../../harness/verify/show-progress.ts";
import { plain } from "../report/example-laws.ts";

test("the line tells how many have ended of how many, and which are being tried", () => {
  const output = notedOutput(80);
  using progress = showProgress(output);

  progress.found(2);
  progress.found(3);
  progress.begun("lock.live");
  progress.begun("outbox.drain");
  progress.ended("lock.live", "✓ lock.live");

  expect(output.noted).toEqual([
    "~loading laws, 0 s  ",
    "~0 of 2 laws, 0 s  ",
    "~0 of 5 laws, 0 s  ",
    "~0 of 5 laws, 0 s  lock.live",
    "~0 of 5 laws, 0 s  lock.live · outbox.drain",
    "✓ lock.live",
    "~1 of 5 laws, 0 s  outbox.drain",
  ]);
});

test("it never runs over the edge of the terminal, where it could not be written over", () => {
  const output = notedOutput(20);
  using progress = showProgress(output);

  progress.found(1);
  progress.begun("outbox.claim-exclusive");

  expect(output.noted.at(-1)).toBe("~0 of 1 laws, 0 s  o");
});

test("in the end the line is gone", () => {
  const output = notedOutput(80);

  showProgress(output)[Symbol.dispose]();

  expect(output.noted.at(-1)).toBe("~");
});

function notedOutput(width: number): Output & { noted: string[] } {
  const noted: string[] = [];
  return {
    noted,
    palette: plain,
    width: () => width,
    line: (text) => noted.push(text),
    progress: (text) => noted.push(`~${text}`),
  };
}
