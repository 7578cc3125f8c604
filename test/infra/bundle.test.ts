import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bundleFunction, lambdaEntries, workersOf } from '../../infra/bundle.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-bundle-'));
  await writeFile(join(folder, 'legacy.cjs'), "module.exports = { newline: require('node:os').EOL };");
  await writeFile(join(folder, 'one.ts'), 'export class PortError extends Error {}');
  await writeFile(join(folder, 'two.ts'), 'export class PortError extends Error {}');
  await writeFile(join(folder, 'later.ts'), 'export const later = 42;');
  await writeFile(
    join(folder, 'entry.ts'),
    `import legacy from './legacy.cjs';
     import { PortError as One } from './one.ts';
     import { PortError as Two } from './two.ts';
     export const handler = async (): Promise<unknown> => ({
       names: [One.name, Two.name],
       newline: legacy.newline,
       later: (await import('./later.ts')).later,
     });`,
  );
  await writeFile(
    join(folder, 'worker.ts'),
    `import { parentPort } from 'node:worker_threads';
     import { PortError } from './one.ts';
     import { later } from './later.ts';
     parentPort?.postMessage(PortError.name + ' ' + later);`,
  );
  await writeFile(
    join(folder, 'starter.ts'),
    `import { once } from 'node:events';
     import { Worker } from 'node:worker_threads';
     import { PortError } from './one.ts';
     export const handler = async (): Promise<unknown> => {
       if (PortError.name !== 'PortError' || (await import('./later.ts')).later !== 42) return 'not run';
       const [answer] = await once(new Worker(new URL('./some-worker.mjs', import.meta.url)), 'message');
       return answer;
     };`,
  );
});

afterAll(() => rm(folder, { recursive: true }));

async function contentsOf(outdir: string): Promise<Record<string, string>> {
  const files = await readdir(outdir, { recursive: true, withFileTypes: true });
  const contents = files
    .filter(file => file.isFile())
    .map(async file => {
      const path = join(file.parentPath, file.name);
      return [path.slice(outdir.length), await readFile(path, 'utf8')] as const;
    });
  return Object.fromEntries((await Promise.all(contents)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

describe('bundles', () => {
  test('keep the names of errors, load CommonJS, and split off what is imported late', async () => {
    const outdir = join(folder, 'runs');
    await bundleFunction({ entry: join(folder, 'entry.ts'), outdir });
    const { handler } = (await import(pathToFileURL(join(outdir, 'index.mjs')).href)) as {
      handler: () => Promise<unknown>;
    };
    expect(await handler()).toEqual({ names: ['PortError', 'PortError'], newline: '\n', later: 42 });
    expect(Object.keys(await contentsOf(outdir)).filter(name => name.includes('chunks/later'))).toHaveLength(
      1,
    );
  });

  test('are the same bytes each time, and hold nothing of an earlier run', async () => {
    const outdirs = ['first', 'second'].map(name => join(folder, name));
    const [first, second] = outdirs;
    await bundleFunction({ entry: join(folder, 'entry.ts'), outdir: first ?? '' });
    await writeFile(join(first ?? '', 'left-over.mjs'), '');
    await bundleFunction({ entry: join(folder, 'entry.ts'), outdir: first ?? '' });
    const { files, bytes } = await bundleFunction({ entry: join(folder, 'entry.ts'), outdir: second ?? '' });
    const contents = await contentsOf(second ?? '');
    expect(await contentsOf(first ?? '')).toEqual(contents);
    expect(files).toBe(Object.keys(contents).length);
    expect(bytes).toBe(Object.values(contents).reduce((sum, text) => sum + Buffer.byteLength(text), 0));
  });

  test('are made of every Lambda entry of the source, which is a file with an environment of its own', async () => {
    const sources = await readdir(new URL('../../src/handlers/lambda', import.meta.url));
    const entries = sources
      .filter(name => name.endsWith('.env.ts'))
      .map(name => name.slice(0, -'.env.ts'.length))
      .filter(name => sources.includes(`${name}.ts`));
    expect([...lambdaEntries].sort()).toEqual(entries.sort());
  });

  test('hold a worker whole in one file beside the entry, that shares nothing with it', async () => {
    const outdir = join(folder, 'threads');
    const { files } = await bundleFunction({
      entry: join(folder, 'starter.ts'),
      outdir,
      workers: { 'some-worker': join(folder, 'worker.ts') },
    });
    const contents = await contentsOf(outdir);
    expect(Object.keys(contents).filter(name => !name.startsWith('/chunks/'))).toEqual([
      '/index.mjs',
      '/some-worker.mjs',
    ]);
    expect(files).toBe(Object.keys(contents).length);
    expect(contents['/some-worker.mjs']).not.toMatch(/chunks\//);
    const { handler } = (await import(pathToFileURL(join(outdir, 'index.mjs')).href)) as {
      handler: () => Promise<unknown>;
    };
    expect(await handler()).toBe('PortError 42');
  });

  test.each(lambdaEntries)(
    '%s has the worker that reads documents exactly if its code looks for it',
    async name => {
      const contents = await contentsOf(fileURLToPath(new URL(`../../dist/lambda/${name}`, import.meta.url)));
      const { '/document-worker.mjs': worker, ...code } = contents;
      const looksForIt = Object.values(code).some(text => text.includes('document-worker'));
      expect({ name, worker: worker !== undefined }).toEqual({ name, worker: looksForIt });
      expect(Object.keys(workersOf(name))).toEqual(looksForIt ? ['document-worker'] : []);
    },
  );
});
