import { type Finding, go, noGo } from "../finding.ts";

/** Whether a team's own health check answers well within ten seconds. */
export async function checkHealth(url: string): Promise<Finding> {
  try {
    const response = await fetch(url, {
      signal: AbortSignal.timeout(patienceMs),
      redirect: "follow",
    });
    const said = (await response.text()).slice(0, longestAnswer).trim();
    const what = `${url} answers ${response.status}`;
    return response.ok ? go(what, [said]) : noGo(what, [said]);
  } catch (error) {
    const why = error instanceof Error ? (error.cause ?? error) : error;
    return noGo(`${url} does not answer: ${why instanceof Error ? why.message : String(why)}`);
  }
}

const patienceMs = 10_000;
const longestAnswer = 500;
