/** What the harness reads of the environment, once and here. Secrets stay in memory. */
export interface Environment {
  readonly path: string;
  /** `PGPASSWORD`, for a `postgres://` URL. */
  readonly postgresPassword?: string;
  /** `PGPASSFILE`: where passwords stand by host, port, database and role. */
  readonly postgresPasswordsFile?: string;
  /** `REDISCLI_AUTH`, for a `redis://` URL. */
  readonly redisPassword?: string;
  /** `REHEARSAL_DOCKER_POSTGRES_IMAGE`: what `--postgres docker` runs. */
  readonly postgresImage?: string;
  /** `REHEARSAL_DOCKER_REDIS_IMAGE`: what `--redis docker` runs. */
  readonly redisImage?: string;
}

/** A variable that is set to nothing is one that is not set. */
export function readEnvironment(): Environment {
  const { PATH, PGPASSWORD, PGPASSFILE, REDISCLI_AUTH } = process.env;
  const { REHEARSAL_DOCKER_POSTGRES_IMAGE, REHEARSAL_DOCKER_REDIS_IMAGE } = process.env;
  return {
    path: PATH ?? "",
    ...(PGPASSWORD ? { postgresPassword: PGPASSWORD } : {}),
    ...(PGPASSFILE ? { postgresPasswordsFile: PGPASSFILE } : {}),
    ...(REDISCLI_AUTH ? { redisPassword: REDISCLI_AUTH } : {}),
    ...(REHEARSAL_DOCKER_POSTGRES_IMAGE ? { postgresImage: REHEARSAL_DOCKER_POSTGRES_IMAGE } : {}),
    ...(REHEARSAL_DOCKER_REDIS_IMAGE ? { redisImage: REHEARSAL_DOCKER_REDIS_IMAGE } : {}),
  };
}
