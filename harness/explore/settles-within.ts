/** What came of something within so many milliseconds; nothing if it was still under way then. No timer stays behind. */
export async function settlesWithin<Value>(
  happening: Promise<Value>,
  milliseconds: number,
): Promise<{ readonly value: Value } | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(late.resolve, milliseconds, undefined);
  try {
    return await Promise.race([happening.then((value) => ({ value })), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
