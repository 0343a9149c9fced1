/**
 * Goal: A terminal shows one line that is written over; a file or a build server's log gets whole lines and nothing else.
 * Method: The same is said to a stream that is a terminal and to one that is none, and what arrives is looked at.
 */
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { openOutput, type OutputStream } from "../../../harness/verify/output.ts";

test("elsewhere than on a terminal there are lines, without colours and without progress", async () => {
  const { stream, written } = notedStream();
  const output = await openOutput(stream);

  output.progress("1 of 2");
  output.line(output.palette.bad("broken"));
  output.progress("");

  expect(written()).toBe("broken\n");
  expect(output.width()).toBe(120);
});

test("on a terminal a line stands above the progress, which is written over", async () => {
  const { stream, written } = notedStream({ isTTY: true, columns: 80 });
  const output = await openOutput(stream);

  output.progress("1 of 2");
  output.line("✓ lock.live");
  output.progress("2 of 2");

  const eraseLine = "\u001b[2K";
  expect(written()).toMatch(/1 of 2[\s\S]*✓ lock\.live\n[\s\S]*2 of 2/);
  expect(written().slice(written().indexOf("1 of 2"), written().indexOf("✓"))).toContain(eraseLine);
  expect(output.width()).toBe(80);
});

test("on a very wide terminal lines stay short enough to read", async () => {
  const { stream } = notedStream({ isTTY: true, columns: 300 });

  expect((await openOutput(stream)).width()).toBe(140);
});

function notedStream(terminal: { isTTY?: boolean; columns?: number } = {}): {
  readonly stream: OutputStream;
  readonly written: () => string;
} {
  const through = new PassThrough();
  const chunks: string[] = [];
  through.setEncoding("utf8").on("data", (chunk: string) => chunks.push(chunk));
  return { stream: Object.assign(through, terminal), written: () => chunks.join("") };
}
