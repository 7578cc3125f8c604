import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const run = promisify(execFile);
const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const folder = mkdtempSync(join(tmpdir(), 'sallyport-consumer-'));
const handler = `import { WorkerTextExtractor } from 'sallyport/adapters/node';
export async function handler({ text }: { text: string }) {
  const extractor = new WorkerTextExtractor();
  const { segments } = await extractor.extract(new TextEncoder().encode(text));
  await extractor.close();
  return segments;
}`;

/** The line of docs/documents.md, as a consumer runs it. */
const documented = /^npx (esbuild (?:[^\\\n]|\\\n)*)/m.exec(
  readFileSync(join(root, 'docs/documents.md'), 'utf8'),
)?.[1];

beforeAll(() => {
  mkdirSync(join(folder, 'src'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules', 'sallyport'));
  writeFileSync(join(folder, 'src', 'handler.ts'), handler);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function bundle(command: string): Promise<void> {
  const path = `${join(root, 'node_modules/.bin')}:${process.env['PATH']}`;
  await run('bash', ['-c', command], { cwd: folder, env: { PATH: path } });
}

/** What the bundled handler answers or throws, told by a process of its own. */
async function invoke(file: string): Promise<unknown> {
  const code = `const { handler } = await import('${join(folder, file)}');
    console.log(JSON.stringify(await handler({ text: 'Dear Ann' }).catch(({ kind, message }) => ({ kind, message }))));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', code], { env: {} });
  return JSON.parse(stdout);
}

describe('a bundle of a consumer', () => {
  test('made as documented, starts its worker', async () => {
    await bundle(documented ?? '');
    expect(await invoke('dist/index.mjs')).toEqual([{ text: 'Dear Ann' }]);
  });

  test('without the worker, says what is missing', async () => {
    const command = (documented ?? '').replace(/ document-worker=\S+/, '').replace('=dist', '=alone');
    await bundle(command);
    expect(await invoke('alone/index.mjs')).toEqual({
      kind: 'permanent',
      message: expect.stringContaining('second entry point'),
    });
  });

  test('as CommonJS, says that it cannot know where its worker lies', async () => {
    await bundle('esbuild src/handler.ts --bundle --platform=node --outfile=cjs/index.cjs --log-level=error');
    expect(await invoke('cjs/index.cjs')).toEqual({
      kind: 'permanent',
      message: expect.stringContaining('CommonJS'),
    });
  });
});
