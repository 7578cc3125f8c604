import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { JsonSpan } from '../../../src/domain/kernel/json-span.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

/** Takes a piece of so many bytes that comes in chunks of so many. */
function takePiece(span: JsonSpan, length: number, size: number): number {
  const chunk = Buffer.alloc(size, 'x');
  span.begin(0, 0);
  let left = length;
  for (; left > size; left -= size) span.hold(chunk, size);
  return span.take(chunk, left).text.length;
}

describe('JsonSpan', () => {
  test('copies what it holds a few times only, however many chunks there are', () => {
    const span = new JsonSpan(10_000_000);
    const allocate = jest.spyOn(Buffer, 'allocUnsafe');
    expect(takePiece(span, 1_000_000, 100)).toBe(1_000_000);
    // 1 KiB, doubled until a million bytes fit.
    expect(allocate.mock.calls.map(([size]) => size)).toEqual(
      [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024].map(size => size * 1024),
    );
  });

  test('keeps room of up to 1 MiB for the next piece, and no more', () => {
    const span = new JsonSpan(10_000_000);
    const allocate = jest.spyOn(Buffer, 'allocUnsafe');
    for (let turn = 0; turn < 3; turn += 1) expect(takePiece(span, 1_048_576, 524_288)).toBe(1_048_576);
    const once = allocate.mock.calls.length;
    expect(once).toBeLessThan(3);
    expect(takePiece(span, 1_048_577, 524_288)).toBe(1_048_577);
    expect(takePiece(span, 10, 9)).toBe(10);
    expect(allocate.mock.calls.length).toBe(once + 2);
    expect(allocate.mock.calls.at(-1)).toEqual([1024]);
  });
});
