/** How long something took, milliseconds. */
export async function timed(something: () => Promise<unknown>): Promise<number> {
  const since = performance.now();
  await something();
  return performance.now() - since;
}

/** Does something so many times, one after the other, and answers what came of each. */
export async function repeat<Value>(
  times: number,
  something: (time: number) => Promise<Value>,
): Promise<Value[]> {
  const values: Value[] = [];
  for (let time = 0; time < times; time += 1) values.push(await something(time));
  return values;
}
