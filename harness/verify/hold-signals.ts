/**
 * From now on signals are only noted. Disposing it passes on the first that came, to whoever listens by then: so that
 * nothing is half-made when a signal is heeded.
 */
export function holdSignals(): Disposable {
  let noted: NodeJS.Signals | undefined;
  const note = (signal: NodeJS.Signals): void => {
    noted ??= signal;
  };
  for (const signal of held) process.on(signal, note);
  return {
    [Symbol.dispose]() {
      for (const signal of held) process.off(signal, note);
      if (noted !== undefined) process.kill(process.pid, noted);
    },
  };
}

const held = ["SIGHUP", "SIGINT", "SIGTERM"] as const;
