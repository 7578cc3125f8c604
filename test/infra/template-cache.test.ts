import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { synthesizeTrail } from './synthesized-stack.ts';
import { filesBelow, filesReachedFrom, hashOfContext, hashOfFiles, TemplateCache } from './template-cache.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-template-cache-'));
afterAll(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

describe('the state that templates are kept for', () => {
  const entry = write('app.ts', "import type { A } from './nested/a.ts';\nexport { b } from './b.ts';\n");
  mkdirSync(join(folder, 'nested'));
  const nested = write('nested/a.ts', "import {\n  c,\n} from '../c.ts';\nexport type A = typeof c;\n");
  const reExported = write('b.ts', "export const b = async () => (await import('./d.ts')).d;\n");
  const imported = write('c.ts', "export const c = 1; // not from './gone.ts'\n");
  const loadedLater = write('d.ts', "import 'node:fs';\nexport const d = 1;\n");
  const stranger = write('stranger.ts', 'export const e = 1;\n');

  test('covers what the app imports, however, and nothing else', () => {
    expect(filesReachedFrom(entry)).toEqual([entry, reExported, imported, loadedLater, nested].sort());
  });

  test.each([
    ['the entry', entry],
    ['a nested file', nested],
    ['what it imports', imported],
    ['what is loaded later', loadedLater],
  ])('is another one after a change of %s', (_, changed) => {
    const before = hashOfFiles(filesReachedFrom(entry));
    expect(hashOfFiles(filesReachedFrom(entry))).toBe(before);
    writeFileSync(changed, '\n', { flag: 'a' });
    expect(hashOfFiles(filesReachedFrom(entry))).not.toBe(before);
  });

  test('is the same after a change of what the app does not import', () => {
    const before = hashOfFiles(filesReachedFrom(entry));
    writeFileSync(stranger, '\n', { flag: 'a' });
    expect(hashOfFiles(filesReachedFrom(entry))).toBe(before);
  });

  test('is another one with another name for the same bytes', () => {
    const before = hashOfFiles(filesBelow(join(folder, 'nested')));
    const copy = write('nested/copy.ts', '');
    expect(hashOfFiles(filesBelow(join(folder, 'nested')))).not.toBe(before);
    rmSync(copy);
  });
});

describe('the key of a context', () => {
  test('is the same in any order of its values, and another one for other values', () => {
    expect(hashOfContext({ env: 'prod', region: 'eu-central-1' })).toBe(
      hashOfContext({ region: 'eu-central-1', env: 'prod' }),
    );
    const others = [{}, { env: 'prod' }, { env: 'dev' }, { createTrail: 'true' }, { createTrail: true }];
    expect(new Set(others.map(hashOfContext)).size).toBe(others.length);
  });

  test('is another one when a file that it names has changed', () => {
    const trailRules = write('rules.json', '{}');
    const before = hashOfContext({ trailRules });
    write('rules.json', '{ }');
    expect(hashOfContext({ trailRules })).not.toBe(before);
  });
});

describe('the cache', () => {
  const root = join(folder, 'cache');

  test('gives what was put, to others too, and nothing of another state', () => {
    const cache = new TemplateCache<{ readonly text: string }>(root, 'one');
    expect(cache.get('key')).toBeUndefined();
    cache.put('key', { text: 'written' });
    cache.put('key', { text: 'written again' });
    expect(new TemplateCache(root, 'one').get('key')).toEqual({ text: 'written again' });
    expect(new TemplateCache(root, 'two').get('key')).toBeUndefined();
    expect(filesBelow(root)).toEqual([join(root, 'one', 'key.json')]);
  });
});

test('a context that the app refuses is refused with its words', () => {
  expect(() => synthesizeTrail({ env: 'staging' })).toThrow('env:');
});
