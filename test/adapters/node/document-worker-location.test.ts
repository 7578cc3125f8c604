import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from '@jest/globals';
import { documentWorkerLocation } from '../../../src/adapters/node/document-worker-location.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-bundle-'));
mkdirSync(join(folder, 'chunks'));
const worker = join(folder, 'document-worker.mjs');
writeFileSync(worker, '');
afterAll(() => rmSync(folder, { recursive: true }));

describe('documentWorkerLocation', () => {
  test.each(['index.mjs', 'chunks/chunk-ABC.mjs'])(
    'from %s of a bundle, the worker stands beside the entry',
    file => {
      expect(documentWorkerLocation(pathToFileURL(join(folder, file)).href)).toBe(worker);
    },
  );

  test('in the sources, the worker stands beside the module', () => {
    expect(documentWorkerLocation()).toMatch(/src\/adapters\/node\/document-worker\.ts$/);
  });

  test('where it is in neither place, the error names both and the remedy, and asks for no repetition', () => {
    const from = pathToFileURL(join(folder, 'other', 'chunks', 'index.js')).href;
    const find = () => documentWorkerLocation(from);
    expect(find).toThrow(join(folder, 'other', 'chunks', 'document-worker.js'));
    expect(find).toThrow(join(folder, 'other', 'document-worker.js'));
    expect(find).toThrow('sallyport/adapters/node/document-worker');
    expect(find).toThrow(expect.objectContaining({ kind: 'permanent', code: 'DocumentWorkerMissing' }));
  });
});
