import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PortError } from '../../ports/failure.ts';

/** Where a bundle takes the worker's file from. */
const entry = 'sallyport/adapters/node/document-worker';

/**
 * Path of the worker's file: beside this module, in the sources and in the built package; in a bundle, beside the
 * entry, whether this module went into the entry itself or into a chunk one folder below. Where it is in neither place,
 * a `PortError` (`permanent`) names both and what to do.
 *
 * @param from URL of the module that asks; an ES module knows its own, a CommonJS bundle does not.
 */
export function documentWorkerLocation(from: string | undefined = import.meta.url): string {
  if (from === undefined)
    throw missing(
      'a CommonJS bundle does not know where it lies: bundle as an ES module, or name the file to `new ReadingWorker`',
    );
  const name = `document-worker${extname(fileURLToPath(from))}`;
  const places = ['./', '../'].map(folder => fileURLToPath(new URL(folder + name, from)));
  const found = places.find(existsSync);
  if (found !== undefined) return found;
  throw missing(
    `it is neither ${places.join(' nor ')}: make ${entry} a second entry point of the bundle, so that it lies beside the first`,
  );
}

function missing(explanation: string): PortError {
  return new PortError({
    kind: 'permanent',
    operation: 'ReadingWorker.start',
    code: 'DocumentWorkerMissing',
    message: `ReadingWorker.start: the file of the worker for documents is not found: ${explanation}`,
  });
}
