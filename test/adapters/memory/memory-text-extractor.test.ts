import { describe, expect, test } from '@jest/globals';
import { textExtractorContract } from '../../../src/adapters/contracts/text-extractor-contract.ts';
import { MemoryTextExtractor } from '../../../src/adapters/memory/memory-text-extractor.ts';

describe('MemoryTextExtractor', () => {
  test.each(textExtractorContract.cases)('$name', async ({ run }) => {
    const extractor = new MemoryTextExtractor();
    await run({ extractor, know: (bytes, text) => extractor.know(bytes, text) });
  });

  test('of what it was not told, UTF-8 is text and anything else is not', async () => {
    const extractor = new MemoryTextExtractor();
    expect(await extractor.extract(Buffer.from('ä'))).toEqual({
      type: 'text/plain',
      segments: [{ text: 'ä' }],
      unscannable: [],
    });
    expect((await extractor.extract(Buffer.from([0xff, 0]))).unscannable).toMatchObject([
      { reason: 'not-text' },
    ]);
  });
});
