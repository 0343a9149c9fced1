import { z } from "zod";
import { commonSettings } from "../settings.ts";

const seconds = z.coerce.number().min(1).max(3600);

/** Where `/metrics` is served: `9187`, `0.0.0.0:9187` or `[::1]:9187`; 127.0.0.1 unless said otherwise. */
const listenAddress = z
  .string()
  .regex(/^(?:(?:\[[^\]]+\]|[^:[\]]+):)?\d{1,5}$/u, "write a port, or host:port")
  .transform((text) => {
    const colon = text.lastIndexOf(":");
    const host = colon === -1 ? "127.0.0.1" : text.slice(0, colon).replaceAll(/[[\]]/g, "");
    return { host, port: Number(text.slice(colon + 1)) };
  })
  .refine(({ port }) => port <= 65_535, "a port is at most 65535");

export const monitorSettings = z
  .strictObject({
    ...commonSettings.shape,
    every: seconds.default(5),
    once: z.boolean().default(false),
    json: z.boolean().default(false),
    over: seconds.optional(),
    prometheus: listenAddress.optional(),
  })
  .refine(({ json, once }) => once || !json, { path: ["json"], message: "goes with --once" })
  .refine(({ over, once }) => once || over === undefined, {
    path: ["over"],
    message: "goes with --once",
  })
  .refine(({ prometheus, once }) => !once || prometheus === undefined, {
    path: ["prometheus"],
    message: "does not go with --once",
  });

export type MonitorSettings = z.output<typeof monitorSettings>;
export type ListenAddress = z.output<typeof listenAddress>;
