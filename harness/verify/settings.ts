import { z } from "zod";
import { efforts } from "../verdict/effort.ts";
import { RehearsalError } from "../verdict/rehearsal-error.ts";

/** What a person may say on the command line of `pnpm verify`; everything has a default. */
const settingsSchema = z.strictObject({
  migrations: z.string().min(1).default("sql"),
  to: z.string().min(1).optional(),
  bindings: z.string().min(1).optional(),
  /** Bindings that go with the default migrations where nobody names others; no flag. */
  impliedBindings: z.string().min(1).optional(),
  appRole: z.string().min(1).max(63).optional(),
  postgres: z.string().min(1).default("embedded"),
  redis: z.string().min(1).default("auto"),
  passwordFile: z.string().min(1).optional(),
  redisPasswordFile: z.string().min(1).optional(),
  effort: z.enum(efforts).default("default"),
  seed: z.coerce.number().int().min(0).max(0x7fffffff).optional(),
  law: z.array(z.string().min(1)).default([]),
  report: z.string().min(1).default("report"),
  keep: z.boolean().default(false),
  external: z.boolean().default(false),
});

export type Settings = z.input<typeof settingsSchema>;
export type ParsedSettings = z.output<typeof settingsSchema>;

/** Fails with one line for each option that cannot be used. */
export function parseSettings(settings: Settings): ParsedSettings {
  const parsed = settingsSchema.safeParse(settings);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(
    ({ path, message }) => `  --${kebab(path.join("."))}: ${message}`,
  );
  throw new RehearsalError(
    "BAD_OPTIONS",
    `These options cannot be used, and nothing was run:\n${lines.join("\n")}\nSee pnpm verify --help.`,
  );
}

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
