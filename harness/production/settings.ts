import { z } from "zod";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import { usualLimits } from "./preflight/preflight-check.ts";

/** What every production command may be told. */
const common = {
  url: z.string().min(1),
  migrations: z.string().min(1).default("sql"),
  to: z.string().min(1).optional(),
  bindings: z.string().min(1).optional(),
  /** Bindings that go with the default migrations where nobody names others; no flag. */
  impliedBindings: z.string().min(1).optional(),
  passwordFile: z.string().min(1).optional(),
  /** `label=name` */
  role: z
    .array(z.string().regex(/^[^=]+=.+$/u, "write label=name, such as app=shop_app"))
    .default([]),
  owner: z.string().min(1).optional(),
  records: z.string().min(1).default("report/production"),
};

const seconds = z.coerce.number().positive();
const bytes = z.coerce.number().int().min(0);

export const preflightSettings = z.strictObject({
  ...common,
  oldestTransaction: seconds.default(usualLimits.transactionSeconds),
  oldestLock: seconds.default(usualLimits.lockSeconds),
  mostLag: bytes.default(usualLimits.lagBytes),
  mostSlot: bytes.default(usualLimits.slotBytes),
  backup: z.string().min(1).optional(),
  redis: z.string().min(1).optional(),
  redisPasswordFile: z.string().min(1).optional(),
});

/** Milliseconds that a statement waits for a lock: whoever comes after it waits as long. */
const lockTimeout = z.coerce.number().int().min(1).default(50);

export const planSettings = z.strictObject({
  ...common,
  lockTimeout,
  file: z.string().min(1).optional(),
});

const moves = {
  ...common,
  confirm: z.string().min(1).optional(),
  lockTimeout,
  tries: z.coerce.number().int().min(1).max(100).default(10),
  patience: seconds.default(60),
  pause: z.string().min(1).optional(),
  resume: z.string().min(1).optional(),
};

export const applySettings = z.strictObject({
  ...moves,
  rehearsal: z.string().min(1).default("report/verify.json"),
  withoutRehearsal: z.string().min(1).optional(),
});

export const rollbackSettings = z.strictObject({
  ...moves,
  allowDataLoss: z.boolean().default(false),
});

export const postflightSettings = z.strictObject({
  ...common,
  appUrl: z.string().min(1).optional(),
  appPasswordFile: z.string().min(1).optional(),
  health: z.url().optional(),
});

/** Needs no database: it is about records. */
export const signoffSettings = z.strictObject({
  migrations: common.migrations,
  to: common.to,
  records: common.records,
  database: z.string().min(1).optional(),
  signer: z.array(z.string().min(1)).default(["DBA", "Ops Engineer", "Tech Lead"]),
  check: z.boolean().default(false),
});

export type CommonSettings = z.output<typeof commonSettings>;
export const commonSettings = z.object(common);
export type MoveSettings = z.output<typeof moveSettings>;
const moveSettings = z.object(moves);
export type PreflightSettings = z.output<typeof preflightSettings>;
export type PlanSettings = z.output<typeof planSettings>;
export type ApplySettings = z.output<typeof applySettings>;
export type RollbackSettings = z.output<typeof rollbackSettings>;
export type SignoffSettings = z.output<typeof signoffSettings>;
export type PostflightSettings = z.output<typeof postflightSettings>;

/** Fails with one line for each option that cannot be used. */
export function parseProductionSettings<Schema extends z.ZodType>(
  schema: Schema,
  command: string,
  given: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(
    ({ path, message }) => `  --${kebab(path.slice(0, 1).join("."))}: ${message}`,
  );
  throw new RehearsalError(
    "BAD_OPTIONS",
    `These options cannot be used, and nothing was run:\n${lines.join("\n")}\nSee pnpm ${command} --help.`,
  );
}

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
