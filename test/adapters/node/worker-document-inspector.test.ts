import { afterAll, describe, expect, test } from '@jest/globals';
import { documentInspectorContract } from '../../../src/adapters/contracts/document-inspector-contract.ts';
import { ReadingWorker } from '../../../src/adapters/node/reading-worker.ts';
import { WorkerDocumentInspector } from '../../../src/adapters/node/worker-document-inspector.ts';

const inspector = new WorkerDocumentInspector();
afterAll(() => inspector.close());

describe('WorkerDocumentInspector', () => {
  test.each(documentInspectorContract.cases)('$name', ({ run }) => run({ inspector }));

  test('a worker that does not start is a passing failure', async () => {
    const broken = new WorkerDocumentInspector(new ReadingWorker({}, '/nowhere/document-worker.js'));
    await expect(broken.inspect(Buffer.from('a'))).rejects.toMatchObject({
      kind: 'retryable',
      operation: 'DocumentInspector.inspect',
      code: 'WorkerStartFailed',
    });
  });

  test('after it was closed, it begins anew', async () => {
    await inspector.close();
    expect((await inspector.inspect(Buffer.from('a'))).structure).toEqual({
      state: 'sound',
      type: 'text/plain',
    });
  });
});
