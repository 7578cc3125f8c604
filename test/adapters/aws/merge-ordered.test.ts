import { expect, test } from '@jest/globals';
import { mergeOrdered } from '../../../src/adapters/aws/merge-ordered.ts';
import fc from '../../seeded-properties.ts';

interface Item {
  readonly key: string;
  readonly source: number;
}

/** A source that notes what is taken of it, and when it is left. */
function observed(keys: readonly string[], source = 0) {
  const seen = { taken: 0, left: false };
  async function* items(): AsyncGenerator<Item> {
    try {
      for (const key of keys) {
        seen.taken += 1;
        yield { key, source };
      }
    } finally {
      seen.left = true;
    }
  }
  return { items: items(), seen };
}

async function collect(merged: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of merged) items.push(item);
  return items;
}

test('any sources in order become one in order, each item once, those of one key by their source', async () => {
  const sources = fc.array(fc.array(fc.string({ maxLength: 2 })), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(sources, async lists => {
      const ordered = lists.map(keys => keys.toSorted());

      const merged = await collect(mergeOrdered(ordered.map((keys, source) => observed(keys, source).items)));

      const items = ordered.flatMap((keys, source) => keys.map(key => ({ key, source })));
      const byKey = (a: Item, b: Item) => (a.key < b.key ? -1 : Number(a.key > b.key)) || a.source - b.source;
      expect(merged).toEqual(items.toSorted(byKey));
    }),
  );
});

test('a reader who leaves has read ahead by one item of each source, and leaves them all', async () => {
  const sources = [observed(['a', 'd', 'e']), observed(['b', 'c']), observed([])];
  const merged = mergeOrdered(sources.map(({ items }) => items));

  for await (const { key } of merged) if (key === 'b') break;

  expect(sources.map(({ seen }) => seen.taken)).toEqual([2, 1, 0]);
  expect(sources.every(({ seen }) => seen.left)).toBe(true);
});

test('a source that fails fails the whole, and the others are left', async () => {
  const whole = observed(['a', 'b', 'c']);
  async function* failing(): AsyncGenerator<Item> {
    yield { key: 'b', source: 1 };
    throw new Error('the page was lost');
  }

  await expect(collect(mergeOrdered([whole.items, failing()]))).rejects.toThrow('the page was lost');

  expect(whole.seen.left).toBe(true);
});

test('nothing is read before the first item is asked for', async () => {
  const source = observed(['a']);
  const merged = mergeOrdered([source.items]);
  expect(source.seen.taken).toBe(0);

  expect(await collect(merged)).toEqual([{ key: 'a', source: 0 }]);
});
