import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';

const chunkBytes = 256 * 1024;

/**
 * The bytes of a file, chunk by chunk. The memory of a chunk is used again for the second one after it.
 *
 * A file on disk is read here and not on Node's threads: the way there and back, four times for each file, takes longer
 * than to search a log of CloudTrail's usual size. In between, timers and signals get their turn.
 */
export async function* fileChunks(path: string | Buffer): AsyncGenerator<Uint8Array, void> {
  const stats = statSync(path);
  if (!stats.isFile()) {
    // A pipe may have nothing to give for long, and cannot even be opened before somebody writes into it.
    yield* createReadStream(path);
    return;
  }
  const file = openSync(path, 'r');
  try {
    const size = Math.min(chunkBytes, stats.size + 1);
    let buffer = Buffer.allocUnsafeSlow(size);
    let other = Buffer.allocUnsafeSlow(size);
    for (let length = readSync(file, buffer); length > 0; length = readSync(file, buffer)) {
      yield buffer.subarray(0, length);
      await setImmediate();
      [buffer, other] = [other, buffer];
    }
  } finally {
    closeSync(file);
  }
}
