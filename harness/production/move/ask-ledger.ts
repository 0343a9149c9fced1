import { setTimeout as pause } from "node:timers/promises";
import { alembicLedger, claimLedger, readLedger } from "../../migrations/ledger.ts";
import { RehearsalError } from "../../verdict/rehearsal-error.ts";
import type { Target } from "../target.ts";

/** Where the ledger is, once nothing of the lost session can move it any more; else why it could not be asked. */
export type LedgerAnswer =
  | { readonly kind: "at"; readonly id: string | null }
  | { readonly kind: "silent"; readonly why: string };

/**
 * Asks the ledger after a connection was lost. The lost session may still be at work on the server: it held the claim on
 * the ledger, so whoever gets the claim knows that it is gone. Tries for `patience` seconds, through a server's restart.
 */
export async function askLedger(target: Target, patience: number): Promise<LedgerAnswer> {
  const until = performance.now() + patience * 1000;
  for (;;) {
    try {
      await using session = await target.connect("ledger");
      await claimLedger(session, alembicLedger);
      return { kind: "at", id: await readLedger(session, alembicLedger) };
    } catch (error) {
      // The first revision makes it, in its transaction.
      if (error instanceof RehearsalError && error.code === "LEDGER_MISSING")
        return { kind: "at", id: null };
      const isFinal = error instanceof RehearsalError && error.code !== "LEDGER_BUSY";
      if (isFinal || performance.now() > until)
        return { kind: "silent", why: error instanceof Error ? error.message : String(error) };
    }
    // A server that comes back tells nobody.
    await pause(betweenAsksMs);
  }
}

const betweenAsksMs = 50;
