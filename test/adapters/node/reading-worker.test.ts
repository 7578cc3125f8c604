import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { expect, test } from '@jest/globals';
import { documentWorkerLocation } from '../../../src/adapters/node/document-worker-location.ts';
import type { ReadingTask } from '../../../src/adapters/node/reading-worker.ts';

const run = promisify(execFile);
const source = (name: string) =>
  fileURLToPath(new URL(`../../../src/adapters/node/${name}`, import.meta.url));

/** Runs a module in a process of its own; one that does not end by itself is ended, and fails. */
async function evaluate(code: string): Promise<string> {
  const { stdout, stderr } = await run(
    process.execPath,
    ['--no-warnings', '--input-type=module', '--eval', code],
    { timeout: 30_000 },
  );
  return stdout + stderr;
}

test('a process that has read documents ends by itself, and what parsers say of them goes nowhere', async () => {
  const broken = '%PDF-1.7\\n1 0 obj << /Type /Catalog /Secret (4111) >>\\nendobj\\nxref\\ntrailer\\n%%EOF';
  const said = await evaluate(`
    import { WorkerTextExtractor } from '${source('worker-text-extractor.ts')}';
    const extractor = new WorkerTextExtractor();
    for (const text of ['Dear Ann', '${broken}']) {
      const { unscannable } = await extractor.extract(new TextEncoder().encode(text));
      console.log(unscannable.length > 0);
    }`);
  expect(said).toBe('false\ntrue\n');
});

test('a fault of the readers themselves ends the thread at once', async () => {
  const worker = new Worker(documentWorkerLocation(), { execArgv: [], stdout: true, stderr: true });
  await once(worker, 'message');
  // A task that no reader can take: there are no bytes.
  worker.postMessage({ action: 'extract' } satisfies Partial<ReadingTask>);
  expect(await once(worker, 'exit')).toEqual([1]);
});
