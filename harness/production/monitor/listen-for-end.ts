/** Aborted by the first signal that asks the process to end; a second one ends it as it would anybody. */
export function listenForEnd(): Disposable & { readonly signal: AbortSignal } {
  const ending = new AbortController();
  const forget = (): void => {
    for (const name of names) process.off(name, end);
  };
  // Stays till the second: log-update kills the process on a signal that nobody else listens to.
  const end = (name: NodeJS.Signals): void => {
    if (!ending.signal.aborted) ending.abort();
    else {
      forget();
      process.kill(process.pid, name);
    }
  };
  for (const name of names) process.on(name, end);
  return { signal: ending.signal, [Symbol.dispose]: forget };
}

const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
