/**
 * Goal: a witness that tells of instants reads the same on every run, and still shows which of them differ.
 * Method: Names of the same instants in another run, hours later.
 */
import { expect, test } from "vitest";
import { nameInstants } from "../../../harness/explore/name-instants.ts";

test("equal instants have one name, and others have others", () => {
  const nameOf = nameInstants();

  const names = ["10:00", "10:01", "10:00", "10:02", "10:01"].map(nameOf);

  expect(names).toEqual(["instant 1", "instant 2", "instant 1", "instant 3", "instant 2"]);
});

test("names tell nothing of the time of the day", () => {
  const morning = ["10:00", "10:01", "10:00"].map(nameInstants());
  const evening = ["20:00", "20:01", "20:00"].map(nameInstants());

  expect(evening).toEqual(morning);
});
