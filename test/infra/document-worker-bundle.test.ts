import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PDFDocument } from 'pdf-lib';
import { ZipFile } from 'yazl';
import { bundleFunction, workersOf } from '../../infra/bundle.ts';

const run = promisify(execFile);

const adapter = JSON.stringify(
  fileURLToPath(new URL('../../src/adapters/node/worker-text-extractor.ts', import.meta.url)),
);
const handler = `async (bytes: Uint8Array) => {
  const extractor = new WorkerTextExtractor();
  return await extractor.extract(bytes).finally(() => extractor.close());
}`;

/** Two places for the code that looks for the worker: the entry, and a chunk one folder below it. */
const entries = {
  entry: `import { WorkerTextExtractor } from ${adapter};
    export const handler = ${handler}`,
  chunk: `export const handler = async (bytes: Uint8Array) => (await import('./late.ts')).handler(bytes);`,
};

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-worker-'));
  await writeFile(join(folder, 'late.ts'), entries.entry);
  for (const [name, source] of Object.entries(entries)) {
    await writeFile(join(folder, `${name}.ts`), source);
    const outdir = join(folder, name);
    await bundleFunction({
      entry: join(folder, `${name}.ts`),
      outdir,
      workers: workersOf('document-scanner'),
    });
  }
  await mkdir(join(folder, 'elsewhere'));
  await writeFile(join(folder, 'a.pdf'), await pdf());
  await writeFile(join(folder, 'a.docx'), await docx());
  await writeFile(join(folder, 'a.txt'), 'The quick brown fox');
});

afterAll(() => rm(folder, { recursive: true }));

async function pdf(): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  document.addPage([300, 100]).drawText('The quick brown fox', { x: 20, y: 50 });
  return document.save();
}

async function docx(): Promise<Buffer> {
  const main = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml';
  const parts = {
    '[Content_Types].xml': `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="${main}"/></Types>`,
    '_rels/.rels':
      '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
    'word/document.xml':
      '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>The quick brown fox</w:t></w:r></w:p></w:body></w:document>',
  };
  const zip = new ZipFile();
  for (const [name, content] of Object.entries(parts)) zip.addBuffer(Buffer.from(content), name);
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

test.each([
  ['a.pdf', 'entry', 'application/pdf'],
  ['a.pdf', 'chunk', 'application/pdf'],
  ['a.docx', 'chunk', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['a.txt', 'entry', 'text/plain'],
])(
  'the worker of a bundle reads %s, started from the %s, in a process of its own',
  async (file, bundle, type) => {
    const script = `
    const { readFileSync } = await import('node:fs');
    const { handler } = await import(${JSON.stringify(pathToFileURL(join(folder, bundle, 'index.mjs')).href)});
    const { segments, ...rest } = await handler(readFileSync(${JSON.stringify(join(folder, file))}));
    process.stdout.write(JSON.stringify({ ...rest, text: segments.map(({ text }) => text).join('') }));`;
    const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: join(folder, 'elsewhere'),
      env: {},
    });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      type,
      unscannable: [],
      text: expect.stringContaining('The quick brown fox'),
    });
  },
);
