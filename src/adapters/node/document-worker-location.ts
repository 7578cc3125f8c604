import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Path of the worker's file: beside this module, in the sources and in the built package; in a bundle, beside the
 * entry, whether this module went into the entry itself or into a chunk one folder below.
 *
 * @param from URL of the module that asks.
 */
export function documentWorkerLocation(from: string = import.meta.url): string {
  const name = `document-worker${extname(fileURLToPath(from))}`;
  const [beside = '', above = ''] = ['./', '../'].map(folder => fileURLToPath(new URL(folder + name, from)));
  return existsSync(beside) ? beside : above;
}
