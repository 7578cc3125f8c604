import { afterAll, describe, expect, test } from '@jest/globals';
import { textExtractorContract } from '../../../src/adapters/contracts/text-extractor-contract.ts';
import { ReadingWorker } from '../../../src/adapters/node/reading-worker.ts';
import { WorkerTextExtractor } from '../../../src/adapters/node/worker-text-extractor.ts';

const extractor = new WorkerTextExtractor();
afterAll(() => extractor.close());

describe('WorkerTextExtractor', () => {
  test.each(textExtractorContract.cases)('$name', ({ run }) => run({ extractor }));

  test('a worker that does not start is a passing failure', async () => {
    const broken = new WorkerTextExtractor(new ReadingWorker({}, '/nowhere/document-worker.js'));
    await expect(broken.extract(Buffer.from('a'))).rejects.toMatchObject({
      kind: 'retryable',
      operation: 'TextExtractor.extract',
      code: 'WorkerStartFailed',
    });
  });

  test('above the bound of characters the text is cut, and says so', async () => {
    const narrow = new WorkerTextExtractor({ textUnits: 3 });
    expect(await narrow.extract(Buffer.from('abcdef'))).toMatchObject({
      segments: [{ text: 'abc' }],
      unscannable: [{ reason: 'over-budget', budget: 'text' }],
    });
    await narrow.close();
  });
});
