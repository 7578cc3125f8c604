import { Readable } from 'node:stream';
import { describe, expect, jest, test } from '@jest/globals';
import { ByteSource } from '../../../src/domain/kernel/byte-source.ts';

/** Says how often it is told that nobody reads on. */
function watched(next: () => Promise<IteratorResult<Uint8Array>>) {
  const returned = jest.fn(
    async (): Promise<IteratorResult<Uint8Array>> => ({ done: true, value: undefined }),
  );
  return { source: { [Symbol.asyncIterator]: () => ({ next, return: returned }) }, returned };
}

const letter = { done: false, value: Buffer.from('a') };
const end = { done: true, value: undefined } as const;

describe('ByteSource', () => {
  test('gives bytes in memory part by part, without a copy', async () => {
    const bytes = Buffer.alloc(2_500_000, 'x');
    const source = new ByteSource(bytes);
    const first = await source.read(2);
    expect([first.length, first.buffer === bytes.buffer, source.bytes]).toEqual([1_048_576, true, 1_048_576]);
    const rest: number[] = [];
    for await (const part of source) rest.push(part.length);
    expect([rest, source.bytes, source.ended]).toEqual([[1_048_576, 402_848], 2_500_000, true]);
  });

  test('reads as many chunks as it takes', async () => {
    const source = new ByteSource(Readable.from([Buffer.from('ab'), Buffer.from('cd'), Buffer.from('e')]));
    expect((await source.read(3)).toString()).toBe('abcd');
    expect(source.ended).toBe(false);
    expect((await source.read(3)).toString()).toBe('e');
    expect((await source.read(3)).toString()).toBe('');
    expect(source.ended).toBe(true);
  });

  test('is let go of once', async () => {
    const { source, returned } = watched(async () => letter);
    const file = new ByteSource(source);
    await file.read(1);
    await file.close();
    await file.close();
    expect([returned.mock.calls.length, file.closed, file.ended]).toEqual([1, true, false]);
    expect((await file.read(1)).length).toBe(0);
  });

  test.each([
    ['ended', async () => end],
    ['failed', () => Promise.reject(new Error('lost'))],
  ])('is not let go of when it has %s', async (state, next) => {
    const { source, returned } = watched(next);
    const file = new ByteSource(source);
    expect((await file.read(1)).length).toBe(0);
    await file.close();
    expect([returned.mock.calls.length, file.ended, file.closed]).toEqual([0, state === 'ended', false]);
  });

  test('tells its failure to whom reads on, each time', async () => {
    const failure = new Error('lost');
    const file = new ByteSource(watched(() => Promise.reject(failure)).source);
    await expect(file[Symbol.asyncIterator]().next()).rejects.toBe(failure);
    await expect(file[Symbol.asyncIterator]().next()).rejects.toBe(failure);
  });

  test('lets go of a source that has stalled, without waiting for it', async () => {
    const { promise: stalled, reject } = Promise.withResolvers<IteratorResult<Uint8Array>>();
    const { source, returned } = watched(() => stalled);
    returned.mockImplementation(() => stalled);
    const file = new ByteSource(source);
    const reading = file.read(1);
    await file.close();
    expect([(await reading).length, returned.mock.calls.length, file.ended]).toEqual([0, 1, false]);
    // Nobody hears of what becomes of it.
    reject(new Error('lost'));
    await expect(file.read(1)).resolves.toHaveLength(0);
  });

  test('tells how letting go has failed', async () => {
    const { source, returned } = watched(async () => letter);
    returned.mockRejectedValue(new Error('not closed'));
    await expect(new ByteSource(source).close()).rejects.toThrow('not closed');
  });

  test.each(['has not begun', 'has begun', 'waits'])('closes a stream that %s', async state => {
    const stream = new Readable({ read() {} });
    if (state === 'has begun') stream.push('a');
    const file = new ByteSource(stream);
    const reading = state === 'has not begun' ? undefined : file.read(1);
    if (state === 'has begun') await reading;
    await file.close();
    await reading;
    expect(stream.destroyed).toBe(true);
  });
});
