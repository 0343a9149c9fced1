/**
 * How a connection to a server that is not ours is encrypted, as libpq's `sslmode` has it: `require` asks for
 * encryption and takes any certificate, `verify-full` also demands one for that host that this machine trusts.
 */
export const sslModes = ["disable", "require", "verify-full"] as const;
export type SslMode = (typeof sslModes)[number];

/** What the drivers want to be told; nothing of it if nobody said anything. */
export function sslOptions(mode: SslMode | undefined): {
  readonly ssl?: { readonly rejectUnauthorized: boolean };
} {
  if (mode === undefined || mode === "disable") return {};
  return { ssl: { rejectUnauthorized: mode === "verify-full" } };
}
