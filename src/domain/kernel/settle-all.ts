/**
 * Runs `work` on every item, at most `concurrency` at a time, whatever becomes of the others.
 *
 * @returns what the failed ones rejected with, in the order of the items.
 */
export async function settleAll<Item>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item) => Promise<void>,
): Promise<Error[]> {
  const failures = new Map<number, Error>();
  const waiting = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of waiting) {
      await work(item).catch((reason: unknown) => {
        failures.set(index, reason instanceof Error ? reason : new Error(String(reason)));
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, lane));
  return [...failures].sort(([a], [b]) => a - b).map(([, failure]) => failure);
}
