import { randomBytes } from "node:crypto";
import type { GenericContainer } from "testcontainers";
import { RehearsalError } from "../verdict/rehearsal-error.ts";
import {
  findDockerEngine,
  freePort,
  killContainer,
  passReaper,
  removeContainer,
  startContainer,
} from "./docker.ts";
import { noteEntry, type RunFolder } from "./run-folder.ts";

/** A server in a container that keeps its port and its files when it is killed and started again. */
export interface ServerContainer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** SIGKILL to every process in it. */
  kill(): Promise<void>;
  /** Returns when it runs; whether it answers is the caller's to find out. Fails with `PORT_TAKEN` where it was not alone. */
  start(): Promise<void>;
}

/**
 * Starts a container as it is described and returns when its wait strategy is content. It is written down in the run's
 * folder before. Fails with `NO_DOCKER`, `PORT_TAKEN` and `CONTAINER_NOT_STARTED`; then nothing of it stays.
 */
export async function startServerContainer(
  run: RunFolder,
  image: string,
  containerPort: number,
  describe: () => Promise<GenericContainer>,
): Promise<ServerContainer> {
  const engine = await findDockerEngine();
  if (engine.kind === "unreachable") throw noDocker(engine.reason);
  await passReaper(run.path);
  const name = `rehearsal-${run.runId}-${randomBytes(3).toString("hex")}`;
  const port = await freePort();
  const description = (await describe())
    .withName(name)
    .withExposedPorts({ container: containerPort, host: port });
  const strikeOut = noteEntry(run, { kind: "container", name });
  const remove = async (): Promise<void> => {
    await removeContainer(name);
    strikeOut();
  };
  try {
    const started = await description.start();
    return {
      host: started.getHost(),
      port: started.getMappedPort(containerPort),
      kill: () => killContainer(name),
      async start() {
        try {
          await startContainer(name);
        } catch (cause) {
          throw isTaken(cause) ? portTaken(port, cause) : cause;
        }
      },
      [Symbol.asyncDispose]: remove,
    };
  } catch (cause) {
    await remove();
    throw isTaken(cause) ? portTaken(port, cause) : notStarted(image, cause);
  }
}

function noDocker(reason: string): RehearsalError {
  return new RehearsalError(
    "NO_DOCKER",
    `A server in a container was asked for, and there is ${reason.replace(/^the Docker/u, "no answer: the Docker")}. ` +
      "Nothing was run. Start Docker, or leave the choice of the server to the harness.",
    { exitCode: 3 },
  );
}

/** The engine says so in words alone, its own and those of the system. */
function isTaken(cause: unknown): boolean {
  return (
    cause instanceof Error &&
    /port is already allocated|address already in use/iu.test(cause.message)
  );
}

function portTaken(port: number, cause: unknown): RehearsalError {
  return new RehearsalError(
    "PORT_TAKEN",
    `A server's container could not be started: another program has taken port ${port} of this machine, which was free ` +
      "a moment before. What was to be tried on that server was not. Run it again: it takes another port.",
    { cause, exitCode: 3 },
  );
}

function notStarted(image: string, cause: unknown): RehearsalError {
  return new RehearsalError(
    "CONTAINER_NOT_STARTED",
    `A container of the image ${image} could not be started: ${cause instanceof Error ? cause.message : String(cause)}. ` +
      "Nothing was run. Check that Docker can pull the image, or name another one with docker:<image>.",
    { cause, exitCode: 3 },
  );
}
