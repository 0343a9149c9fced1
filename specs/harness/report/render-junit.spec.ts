/**
 * Goal: A build server that reads JUnit sees a broken law as a failure and never counts an unknown one as passed.
 * Method: A report with a law of each verdict is rendered and read back as XML.
 */
import { expect, test } from "vitest";
import { convert } from "xmlbuilder2";
import { renderJunit } from "../../../harness/report/render-junit.ts";
import { broken, holding, notRun, reportOf, unknown } from "./example-laws.ts";

test("each verdict has its own place", () => {
  const xml = convert(renderJunit(reportOf(holding, broken, unknown, notRun)), {
    format: "object",
  });

  expect(xml).toMatchObject({
    testsuites: {
      testsuite: {
        "@name": "rehearsal 022_hardening",
        "@tests": "4",
        "@failures": "1",
        "@errors": "1",
        "@skipped": "1",
        "@time": "9.400",
        testcase: [
          { "@classname": "lock", "@name": expect.stringContaining("lock.live"), "@time": "0.412" },
          {
            failure: {
              "@message": "ben was told true while ann holds alpha",
              "#": expect.stringContaining("again     npx -y pnpm verify --law lock.exclusive"),
            },
          },
          { error: { "@message": "The trial did not meet a restart." } },
          { skipped: { "@message": "there is no Redis here" } },
        ],
      },
    },
  });
});

test("what XML cannot hold does not break the file", () => {
  const reason = "got \u0000 and \u001b[31m & <payload> \ud800";

  const xml = renderJunit(reportOf({ ...unknown, reason }));

  expect(xml).toContain("&amp; &lt;payload&gt;");
  expect(xml).not.toMatch(/[^\n\P{C}]/u);
  expect(() => convert(xml, { format: "object" })).not.toThrow();
});
