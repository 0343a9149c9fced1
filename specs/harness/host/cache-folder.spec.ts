/**
 * Goal: Whatever happens while a cached folder is made, nobody ever sees half of one.
 * Method: Folders are made in a cache of the spec's own: once, twice at once, and by somebody who fails.
 */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { cachedFolder } from "../../../harness/host/cache-folder.ts";
import { endRun } from "../../../harness/host/end-run.ts";
import { createRunFolder, readEntries, type RunFolder } from "../../../harness/host/run-folder.ts";

let run: Required<RunFolder>;
beforeEach(async () => {
  const folder = await createRunFolder();
  onTestFinished(() => endRun(folder));
  run = { ...folder, cache: join(folder.path, "cache") };
});

test("it is made once and found from then on", async () => {
  const first = await cachedFolder(run, "thing", writeIn("first"));
  const second = await cachedFolder(run, "thing", writeIn("second"));

  expect(second).toBe(first);
  expect(await readFile(join(second, "what"), "utf8")).toBe("first");
});

test("two that make it at once both have it whole", async () => {
  const bothFilled = Promise.withResolvers<void>();
  let filled = 0;
  const fill = async (folder: string): Promise<void> => {
    await writeFile(join(folder, "what"), "whole");
    filled += 1;
    if (filled === 2) bothFilled.resolve();
    await bothFilled.promise;
  };

  const [one, other] = await Promise.all([
    cachedFolder(run, "thing", fill),
    cachedFolder(run, "thing", fill),
  ]);

  expect(one).toBe(other);
  expect(await readdir(run.cache)).toEqual(["thing"]);
  expect(await readFile(join(one, "what"), "utf8")).toBe("whole");
});

test("whoever fails leaves nothing, neither in the cache nor written down", async () => {
  const making = cachedFolder(run, "thing", async (folder) => {
    await writeIn("half")(folder);
    throw new Error("no network");
  });

  await expect(making).rejects.toThrow("no network");
  expect(await readdir(run.cache)).toEqual([]);
  expect(readEntries(run)).toEqual([]);
});

test("half of one is written down, so that the end of the run takes it away", async () => {
  await cachedFolder(run, "thing", (folder) => {
    expect(readEntries(run)).toEqual([{ kind: "folder", path: folder }]);
    return Promise.resolve();
  });
});

test("a place where none can be made is told", async () => {
  await mkdir(run.cache);
  await writeFile(join(run.cache, "file"), "");
  const nowhere = { ...run, cache: join(run.cache, "file", "below") };

  await expect(cachedFolder(nowhere, "thing", writeIn("x"))).rejects.toMatchObject({
    code: "NO_CACHE",
    exitCode: 3,
  });
});

function writeIn(text: string): (folder: string) => Promise<void> {
  return (folder) => writeFile(join(folder, "what"), text);
}
