import { z } from "zod";
import type { Notice } from "../postgres/session.ts";

/** A session has come to a gate and is held there. */
export interface Arrival {
  /** The gate's label; see {@link Gates}. */
  readonly gate: string;
  /** Counts what the session's slot ever met, whatever was rolled back: it decides which lock holds the session. */
  readonly hit: number;
  /** Whether a wait behind this gate ends by itself after a while: `lock_timeout` is set there. */
  readonly bounded: boolean;
  /** The transaction's number if it has one: what became of it can be asked by that. */
  readonly xid: string | null;
}

const detail = z.object({
  gate: z.string(),
  hit: z.number(),
  lockTimeout: z.string(),
  xid: z.string().nullable(),
});

/** Reads the notice that a gate sends; undefined if it is another one. */
export function readArrival(notice: Notice): Arrival | undefined {
  if (notice.message !== gateMessage || notice.detail === undefined) return undefined;
  const { gate, hit, lockTimeout, xid } = detail.parse(JSON.parse(notice.detail));
  return { gate, hit, bounded: lockTimeout !== "0", xid };
}

const gateMessage = "rehearsal gate";
