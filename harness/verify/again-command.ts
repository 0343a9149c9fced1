import type { ParsedSettings } from "./settings.ts";

/** The one command that shows a broken law again: the same law, seed and effort on the same input and servers. */
export function againCommand(lawId: string, seed: number, settings: ParsedSettings): string {
  const words = ["npx -y pnpm verify", `--law ${shellWord(lawId)}`, `--seed ${seed}`];
  const say = (flag: string, value: string | undefined, usual?: string): void => {
    if (value !== undefined && value !== usual) words.push(`${flag} ${shellWord(value)}`);
  };
  say("--effort", settings.effort, "default");
  say("--migrations", settings.migrations, "sql");
  say("--to", settings.to);
  say("--bindings", settings.bindings);
  say("--app-role", settings.appRole);
  say("--postgres", settings.postgres, "embedded");
  say("--redis", settings.redis, "auto");
  say("--password-file", settings.passwordFile);
  say("--redis-password-file", settings.redisPasswordFile);
  if (settings.external) words.push("--external");
  return words.join(" ");
}

/** The command that runs the one schedule of a file again. */
export function scheduleCommand(file: string): string {
  return `npx -y pnpm replay ${shellWord(file)}`;
}

/** As a shell reads it back. */
function shellWord(word: string): string {
  return /^[\w./:@%+,=-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
