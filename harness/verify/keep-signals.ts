/**
 * Does something, and lets nobody hear signals who asks to while it is done: vitest would end the process a
 * millisecond after one, and servers need longer than that to be taken away. Listeners that were there before stay.
 */
export async function keepSignals<Value>(during: () => Promise<Value>): Promise<Value> {
  process.on("newListener", dropAgain);
  try {
    return await during();
  } finally {
    process.off("newListener", dropAgain);
  }
}

function dropAgain(event: string | symbol, listener: () => void): void {
  // It is told before the listener is added; no signal comes before the microtask.
  if (signals.has(event)) queueMicrotask(() => process.off(event, listener));
}

const signals: ReadonlySet<string | symbol> = new Set(["SIGINT", "SIGTERM", "SIGHUP"]);
