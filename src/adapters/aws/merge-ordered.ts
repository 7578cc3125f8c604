/**
 * Merges sources that are in order of their keys (as text) into one that is. Reads ahead by one item of each source;
 * all sources are left when the reader leaves or one of them fails.
 */
export async function* mergeOrdered<Item extends { readonly key: string }>(
  sources: readonly AsyncIterable<Item>[],
): AsyncGenerator<Item> {
  const iterators = sources.map(source => source[Symbol.asyncIterator]());
  try {
    const heads = await Promise.all(iterators.map(iterator => iterator.next()));
    for (;;) {
      const index = indexOfFirst(heads);
      const head = heads[index];
      const iterator = iterators[index];
      if (head === undefined || head.done === true || iterator === undefined) return;
      yield head.value;
      heads[index] = await iterator.next();
    }
  } finally {
    await Promise.all(iterators.map(iterator => iterator.return?.()));
  }
}

/** Where the item with the first key stands; -1 where there is none left. */
function indexOfFirst(heads: readonly IteratorResult<{ readonly key: string }>[]): number {
  let first = -1;
  let firstKey = '';
  for (const [index, head] of heads.entries()) {
    if (head.done === true || (first !== -1 && head.value.key >= firstKey)) continue;
    first = index;
    firstKey = head.value.key;
  }
  return first;
}
