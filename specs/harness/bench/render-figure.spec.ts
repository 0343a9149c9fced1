/**
 * Goal: A figure is one line with the median, how many runs it is of, their range, and the aim beside it.
 * Method: Figures with and without an aim, met and missed, are rendered and read.
 */
import { expect, test } from "vitest";
import {
  figureHead,
  renderFigure,
  renderNotMeasured,
} from "../../../harness/bench/render-figure.ts";

test("an aim is met by a median that is as great, and missed by a greater one", () => {
  const met = renderFigure({ name: "server-warm", values: [100, 250, 900] });
  const missed = renderFigure({ name: "server-warm", values: [100, 251, 900] });

  expect(met).toMatch(/^server-warm .* 250 ms +3 +100 ms to 900 ms {2}≤ 250 ms: met$/);
  expect(missed).toMatch(/ 251 ms +3 .* {2}≤ 250 ms: missed$/);
});

test("where more is better, an aim is met by a median that is as great, and missed by a smaller one", () => {
  const met = renderFigure({ name: "schedules-gated", values: [100, 800, 900] });
  const missed = renderFigure({ name: "schedules-gated", values: [100, 799, 900] });

  expect(met).toMatch(/ 800 \/s +3 .* {2}≥ 800 \/s: met$/);
  expect(missed).toMatch(/ 799 \/s +3 .* {2}≥ 800 \/s: missed$/);
});

test("without an aim the line ends with the range", () => {
  const line = renderFigure({ name: "law", values: [0.52, 1.04] });

  expect(line).toMatch(/^law .* 0\.8 ms +2 +0\.5 ms to 1\.0 ms$/);
});

test("a ratio has no milliseconds, and a note stands below it", () => {
  const lines = renderFigure({ name: "clone", values: [1.25, 1.1], note: "(5 beside 4)" });

  expect(lines).toMatch(/^clone .* 1\.18 × .*≤ 1\.30 ×: met\n +\(5 beside 4\)$/);
});

test("a rate is a whole number a second", () => {
  const line = renderFigure({ name: "linearize", values: [1499.6, 999] });

  expect(line).toMatch(/^linearize .* 1249 \/s +2 +999 \/s to 1500 \/s$/);
});

test("columns stand under their heads", () => {
  const line = renderFigure({ name: "verify-default", values: [19_000] });

  expect(line).toMatch(/19\.00 s/);
  expect(line.indexOf("≤ 60.00 s")).toBe(figureHead.indexOf("aim"));
});

test("what could not be measured says why", () => {
  expect(renderNotMeasured("verify-quick", "it ended with 3")).toMatch(
    /^verify-quick .* - +0\n {2}not measured: it ended with 3$/,
  );
});
