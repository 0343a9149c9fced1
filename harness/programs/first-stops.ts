/** Which statements come to a gate before they touch anything: those can be begun without anybody noticing. */
export interface FirstStops {
  isAtGate(text: string): boolean;
  /** Whether somebody wants to see where statements stop first. */
  isLearning(): boolean;
  /** Says where a statement stopped first. It counts only within {@link learn}. */
  note(text: string, touchesNothing: boolean): void;
  /** Remembers of the runs within which statements stop at a gate first. All runs of one search must know the same. */
  learn<Value>(runs: () => Promise<Value>): Promise<Value>;
}

export function learnFirstStops(): FirstStops {
  const atGate = new Map<string, boolean>();
  let learning = false;
  return {
    isAtGate: (text) => atGate.get(text) === true,
    isLearning: () => learning,
    note(text, touchesNothing) {
      if (learning) atGate.set(text, touchesNothing && atGate.get(text) !== false);
    },
    async learn(runs) {
      learning = true;
      try {
        return await runs();
      } finally {
        learning = false;
      }
    },
  };
}
