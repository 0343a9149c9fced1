import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { RedisEndpoint } from "./connect.ts";

/** Stands between clients and a Redis server, and can cut a client off around one command. */
export interface RedisProxy extends AsyncDisposable {
  /** For clients. Holds the server's password, if there is one. */
  readonly endpoint: RedisEndpoint;
  /** Whoever sends the next command is cut off: before the server gets it, or once the server has answered it. */
  cutNext(when: Cut): void;
  /** Nobody is cut off any more. */
  spare(): void;
}

export type Cut = "before" | "after";

/** Listens on the loopback. Disposing it cuts everybody off. Of a server that wants TLS nothing can be cut that way. */
export async function openRedisProxy({ url, ...secret }: RedisEndpoint): Promise<RedisProxy> {
  let armed: Cut | undefined;
  const open = new Set<Socket>();
  const listener = createServer((client) => {
    const server = connectTo(url);
    let isLastAnswer = false;
    const cut = (): void => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      open.add(socket);
      // Whoever is cut off may say so as an error; the other side is closed with it.
      socket.on("error", cut).on("close", () => {
        open.delete(socket);
        cut();
      });
    }
    client.on("data", (command) => {
      const when = armed;
      armed = undefined;
      if (when === "before") return cut();
      isLastAnswer ||= when === "after";
      server.write(command);
    });
    server.on("data", (answer) => {
      if (isLastAnswer) cut();
      else client.write(answer);
    });
  });
  const port = await listen(listener);
  return {
    endpoint: { url: `redis://127.0.0.1:${port}`, ...secret },
    cutNext(when) {
      armed = when;
    },
    spare() {
      armed = undefined;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => void listener.close(resolve));
    },
  };
}

export function canBeProxied({ url }: RedisEndpoint): boolean {
  return !url.startsWith("rediss:");
}

function connectTo(url: string): Socket {
  const { protocol, hostname, port, pathname } = new URL(url);
  if (protocol === "unix:") return connect(decodeURIComponent(pathname));
  return connect(port === "" ? usualPort : Number(port), hostname.replace(/^\[|\]$/gu, ""));
}

const usualPort = 6379;

async function listen(listener: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    listener.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  const address: AddressInfo | string | null = listener.address();
  if (address === null || typeof address === "string")
    throw new Error("a listener on the loopback has a port");
  return address.port;
}
