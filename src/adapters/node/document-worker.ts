import { type MessagePort, parentPort } from 'node:worker_threads';
import { extractText } from './documents/extract-text.ts';
import { inspectDocument } from './documents/inspect-document.ts';
import type { ReadingTask } from './reading-worker.ts';

// The thread's entry: says that it is up, then answers one document at a time. Outside a thread it does nothing.

if (parentPort !== null) serve(parentPort);

function serve(port: MessagePort): void {
  // Parsers complain about documents, and quote them; nobody reads what would gather here.
  for (const level of ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const)
    console[level] = () => undefined;

  // A parser may reject a promise that nobody waits for any more; the next document must not pay for it.
  process.on('unhandledRejection', () => undefined);

  port.on('message', (task: ReadingTask) => {
    // A fault of the readers ends the thread: whoever asked is told at once, and not at the bound of time.
    answer(port, task).catch(() => process.exit(1));
  });
  port.postMessage('ready');
}

async function answer(port: MessagePort, { action, bytes, bounds }: ReadingTask): Promise<void> {
  const read = action === 'inspect' ? inspectDocument : extractText;
  port.postMessage(await read(bytes, bounds));
}
