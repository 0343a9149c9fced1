import { z } from "zod";
import type { RedisClient } from "./connect.ts";

/** An entry of a stream as it is there: the fields keep their order, and a name may come twice. */
export interface StreamEntry {
  readonly id: string;
  readonly fields: readonly StreamField[];
}

/** A value is text, or bytes where those are no UTF-8. */
export type StreamField = readonly [name: string, value: string | Buffer];

const entries = z.array(z.tuple([z.instanceof(Buffer), z.array(z.instanceof(Buffer))]));

/** Every entry of a stream, oldest first; none if there is no such stream. */
export async function readStream(redis: RedisClient, stream: string): Promise<StreamEntry[]> {
  // The driver costs a quarter of a second to load: not before somebody has a connection of it.
  const { RESP_TYPES } = await import("@redis/client");
  const reply = await redis.sendCommand(["XRANGE", stream, "-", "+"], {
    typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer },
  });
  return entries.parse(reply).map(([id, parts]) => ({ id: id.toString(), fields: pairs(parts) }));
}

/** Adds an entry, under an id of the server's own unless one is given, and answers its id. */
export async function addToStream(
  redis: RedisClient,
  stream: string,
  fields: readonly StreamField[],
  id = "*",
): Promise<string> {
  return z.string().parse(await redis.sendCommand(["XADD", stream, id, ...fields.flat()]));
}

function pairs(parts: readonly Buffer[]): StreamField[] {
  return Array.from({ length: parts.length / 2 }, (_, index) => [
    String(parts[index * 2]),
    asText(parts[index * 2 + 1] ?? Buffer.alloc(0)),
  ]);
}

function asText(bytes: Buffer): string | Buffer {
  const text = bytes.toString();
  return Buffer.from(text).equals(bytes) ? text : bytes;
}
