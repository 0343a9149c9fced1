/** Where a running Redis (or Valkey) server is. Plain data, as {@link ../postgres/server.ts}. */
export interface RedisAddress {
  readonly kind: "local" | "docker" | "packages" | "external";
  /** `redis://host:port` or `unix:///path/to/socket`, without a password. */
  readonly url: string;
  readonly password?: string;
  readonly product: "redis" | "valkey";
  readonly version: string;
  /** Starts every key that the run makes there, such as `rehearsal:<run>:`; what `openRedisNamespace` adds to. */
  readonly keyPrefix: string;
}

/** A Redis server with a lifetime: append-only file on, `noeviction`. Disposing it leaves nothing behind. */
export interface RedisServer extends AsyncDisposable {
  readonly address: RedisAddress;
  /** SIGKILL; the append-only file stays. Fails with `SERVER_NOT_OURS` on an external server. */
  kill(): Promise<void>;
  /** Starts a killed server again on the same append-only file and address; returns when it answers. */
  start(): Promise<void>;
}
