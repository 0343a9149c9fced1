/**
 * Goal: A broken worker is the bound one with the one place changed; the sound one stays as it is, and nothing is left.
 * Method: The bindings of `fixtures/m10` with a place broken that shows when a payload is read, and one that is not there.
 */
import { access } from "node:fs/promises";
import { dirname } from "node:path";
import { expect, inject, test } from "vitest";
import "../../../harness/kit/describe-laws.ts";
import { breakWorker } from "../../../harness/laws/break-worker.ts";
import { loadBinding } from "../../../harness/laws/load-binding.ts";
import type { Rehearsal } from "../../../harness/laws/rehearsal.ts";
import type { Twin } from "../../../harness/source/twin.ts";

const twin: Twin = {
  law: "archive.before-trim",
  what: "takes no field of a letter for the message's",
  alsoBreaks: [],
  byPrograms: false,
  file: "workers/dead-letter.ts",
  takeOut: 'export const fieldPrefix = "field:";',
  putIn: 'export const fieldPrefix = "none:";',
};
const payload = JSON.stringify({ fields: [["field:body", "one"]] });

test("the broken binding does otherwise, and the sound one as before", async () => {
  const sound = inject("rehearsal");

  await using broken = await breakWorker(sound, twin);

  expect(await readFields(broken.rehearsal)).toEqual([]);
  expect(await readFields(sound)).toEqual([["body", "one"]]);
});

test("nothing of it is left when it is disposed", async () => {
  const broken = await breakWorker(inject("rehearsal"), twin);
  const folder = dirname(broken.rehearsal.bindings ?? "");
  await access(folder);

  await broken[Symbol.asyncDispose]();

  await expect(access(folder)).rejects.toThrow("ENOENT");
});

test("a place that is not there is told, with the worker's file", async () => {
  const breaking = breakWorker(inject("rehearsal"), { ...twin, takeOut: "export const gone = 1;" });

  await expect(breaking).rejects.toThrow("workers/dead-letter.ts: the line");
});

async function readFields({ bindings = "" }: Rehearsal): Promise<unknown> {
  const binding = await loadBinding(bindings);
  return binding.archive?.flow?.archivedFields(payload);
}
