/**
 * While this is held, nobody else hears signals: vitest would end the process a millisecond after one, and servers
 * need longer than that to be taken away. Listeners that were there before stay.
 */
export function keepSignals(): Disposable {
  process.on("newListener", dropAgain);
  return { [Symbol.dispose]: () => process.off("newListener", dropAgain) };
}

function dropAgain(event: string | symbol, listener: () => void): void {
  // It is told before the listener is added; no signal comes before the microtask.
  if (signals.has(event)) queueMicrotask(() => process.off(event, listener));
}

const signals: ReadonlySet<string | symbol> = new Set(["SIGINT", "SIGTERM", "SIGHUP"]);
