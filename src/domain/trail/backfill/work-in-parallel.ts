/**
 * Works on many items, at most `concurrency` at a time, and gives each answer as soon as it is there; no more items are
 * taken than are worked on. What the work rejects with, and what the items end in, ends it once what is under way is done.
 */
export async function* workInParallel<Item, Answer>(
  items: Iterable<Item> | AsyncIterable<Item>,
  concurrency: number,
  work: (item: Item) => Promise<Answer>,
): AsyncGenerator<Answer> {
  const iterator = (async function* () {
    yield* items;
  })();
  const underWay = new Set<Promise<() => Answer>>();
  let hasMore = true;
  try {
    while (true) {
      while (hasMore && underWay.size < concurrency) {
        const next = await iterator.next();
        if (next.done === true) hasMore = false;
        else begin(next.value);
      }
      if (underWay.size === 0) return;
      const take = await Promise.race(underWay);
      yield take();
    }
  } finally {
    await Promise.allSettled(underWay);
    await iterator.return();
  }

  function begin(item: Item): void {
    const piece = work(item).then(answer => () => {
      underWay.delete(piece);
      return answer;
    });
    // Whoever waits for it hears of its failure; until then it is nobody's.
    piece.catch(() => undefined);
    underWay.add(piece);
  }
}
