import { parentPort } from 'node:worker_threads';
import { extractText } from './documents/extract-text.ts';
import { inspectDocument } from './documents/inspect-document.ts';
import type { ReadingTask } from './reading-worker.ts';

// The thread's entry: says that it is up, then answers one document at a time.

// Parsers complain about documents, and quote them; nobody reads what would gather here.
for (const level of ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const)
  console[level] = () => undefined;

// A parser may reject a promise that nobody waits for any more; the next document must not pay for it.
process.on('unhandledRejection', () => undefined);

parentPort?.on('message', async ({ action, bytes, bounds }: ReadingTask) => {
  const read = action === 'inspect' ? inspectDocument : extractText;
  parentPort?.postMessage(await read(bytes, bounds));
});
parentPort?.postMessage('ready');
