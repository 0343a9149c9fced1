import type { SslMode } from "./ssl-mode.ts";

/**
 * Where a running PostgreSQL server is and how the harness enters it. Plain data: it crosses from the process that
 * opened the server to the workers that use it. Secrets in it stay in memory; nothing prints or stores them.
 */
export interface ServerAddress {
  readonly kind: "embedded" | "docker" | "external";
  /** A host name, or the folder that holds the Unix socket. */
  readonly host: string;
  readonly port: number;
  /** May create roles and databases. A superuser on the servers that the harness starts itself. */
  readonly adminRole: string;
  readonly adminPassword?: string;
  /** The database that `adminRole` connects to in order to create others. */
  readonly adminDatabase: string;
  /** As its URL says it; the drivers' default otherwise. */
  readonly sslMode?: SslMode;
  /** As the server tells it, such as `18.4`. */
  readonly version: string;
  /** As `server_version_num`, such as 180004. */
  readonly versionNum: number;
}

/** A PostgreSQL server with a lifetime. Disposing it leaves no process, folder or container behind. */
export interface PostgresServer extends AsyncDisposable {
  readonly address: ServerAddress;
  /**
   * Ends the server at once, as a crash or a power cut would (SIGKILL to every process of it); what was not flushed
   * is lost. Fails with `SERVER_NOT_OURS` on an external server.
   */
  kill(): Promise<void>;
  /** Starts a killed server again on the same data and address, and returns when it accepts sessions. */
  start(): Promise<void>;
}
