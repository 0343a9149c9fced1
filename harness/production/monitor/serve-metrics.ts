import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { RehearsalError } from "../../verdict/rehearsal-error.ts";
import type { ListenAddress } from "./monitor-settings.ts";
import type { Exposition } from "./render-metrics.ts";

/** Answers scrapes. Disposing it lets go of the port. */
export interface MetricsServer extends AsyncDisposable {
  readonly url: string;
}

/** Serves `/metrics`, and nothing else. Fails with `PORT_NOT_OPENED`. */
export async function serveMetrics(
  { host, port }: ListenAddress,
  expose: () => Promise<Exposition>,
): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    if (request.method !== "GET" || request.url?.split("?", 1)[0] !== "/metrics") {
      response.writeHead(404).end("there is only GET /metrics\n");
      return;
    }
    expose().then(
      ({ contentType, text }) => response.writeHead(200, { "content-type": contentType }).end(text),
      (error: unknown) => response.writeHead(500).end(`${String(error)}\n`),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) =>
      reject(
        new RehearsalError(
          "PORT_NOT_OPENED",
          `Metrics could not be served at ${host}:${port}: ${cause.message}. Nothing is watched. Name another port with --prometheus.`,
          { cause },
        ),
      ),
    );
    server.listen(port, host, resolve);
  });
  return {
    url: urlOf(server.address()),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function urlOf(address: AddressInfo | string | null): string {
  if (address === null || typeof address === "string") return String(address);
  const host = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}/metrics`;
}
