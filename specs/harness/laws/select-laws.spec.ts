/**
 * Goal: `--law` names laws by id or by glob, and nothing else is tried.
 * Method: Patterns are matched against ids.
 */
import { expect, test } from "vitest";
import { isSelected } from "../../../harness/laws/select-laws.ts";

test.for([
  { patterns: [], id: "lock.live", selected: true },
  { patterns: ["lock.live"], id: "lock.live", selected: true },
  { patterns: ["lock.live"], id: "lock.lively", selected: false },
  { patterns: ["lock.*"], id: "lock.live", selected: true },
  { patterns: ["lock.*"], id: "outbox.retry", selected: false },
  { patterns: ["*.input"], id: "outbox.input", selected: true },
  { patterns: ["lock.*", "outbox.retry"], id: "outbox.retry", selected: true },
  { patterns: ["lock.{live,fenced}"], id: "lock.fenced", selected: true },
  {
    patterns: ["pay > keeps [its] word (twice)"],
    id: "pay > keeps [its] word (twice)",
    selected: true,
  },
])("$patterns and $id: $selected", ({ patterns, id, selected }) => {
  expect(isSelected(id, patterns)).toBe(selected);
});
