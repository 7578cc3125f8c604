import { afterAll, describe, expect, test } from '@jest/globals';
import { PDFDocument, StandardFonts } from 'pdf-lib';
import { ReadingWorker } from '../../../src/adapters/node/reading-worker.ts';
import { WorkerDocumentInspector } from '../../../src/adapters/node/worker-document-inspector.ts';
import { WorkerTextExtractor } from '../../../src/adapters/node/worker-text-extractor.ts';
import { binaryWordOf } from './fixtures/binary-word.ts';
import { bombs } from './fixtures/bombs.ts';
import { mutate, mutations, randomOf } from './fixtures/mutate.ts';
import { openXmlOf, paragraph, wordPart } from './fixtures/open-xml.ts';
import { pdfOf } from './fixtures/pdf.ts';
import { zipOf } from './fixtures/zip.ts';

const bounds = { seconds: 10, heapMegabytes: 192, growthMegabytes: 400, entries: 300 };
const worker = new ReadingWorker(bounds);
const inspector = new WorkerDocumentInspector(worker);
const extractor = new WorkerTextExtractor(worker);
afterAll(() => worker.close());

const seed = 20_261_121;
/** Documents of each kind: 5 kinds × 9 rounds × 7 mutations are 315. */
const rounds = 9;

async function documents(): Promise<Readonly<Record<string, Buffer>>> {
  const document = await PDFDocument.create();
  // The same bytes in every run.
  document.setCreationDate(new Date('2026-11-21T08:00:00.000Z'));
  document.setModificationDate(new Date('2026-11-21T08:00:00.000Z'));
  const font = await document.embedFont(StandardFonts.Helvetica);
  for (const line of ['one', 'two', 'three']) document.addPage().drawText(`page ${line}`, { font });
  await document.attach(Buffer.from('attached'), 'a.txt');
  return {
    'PDF with object streams': Buffer.from(await document.save()),
    'PDF by hand': pdfOf({ catalog: '/OpenAction << /S /JavaScript /JS (1) >>' }),
    'Open XML': await openXmlOf({
      body: Array.from({ length: 40 }, (_, index) => paragraph(`line ${index}`)).join(''),
      arrows: [{ kind: 'hyperlink', target: 'https://example.com', external: true }],
      parts: { 'word/header1.xml': wordPart('hdr', paragraph('header')) },
    }),
    'binary Word': binaryWordOf({ body: 'line\r'.repeat(300), template: 'C:\\Normal.dot' }),
    ZIP: await zipOf({ 'a.txt': 'text '.repeat(500), 'b/c.bin': Buffer.alloc(2_000, 7) }),
  };
}

/** Whatever the document: facts, and text or what is in its way; nobody waits longer than the bound. */
async function assertRead(name: string, bytes: Buffer): Promise<void> {
  const facts = await inspector.inspect(bytes);
  const text = await extractor.extract(bytes);
  const { state } = facts.structure;
  expect({ name, state }).toEqual({
    name,
    state: expect.stringMatching(/^(?:sound|broken|over-budget|unrecognised)$/),
  });
  // Damage can blank a page and leave a document that is whole: it has no text, and nothing in the way.
  const read =
    text.segments.length > 0 || text.unscannable.length > 0 || bytes.length === 0 || state === 'sound';
  expect({ name, read }).toEqual({ name, read: true });
  // What is refused for its structure does not pass for a document that was read in full.
  const passes = text.unscannable.length === 0 && text.type !== 'text/plain';
  if (state === 'over-budget') expect({ name, passes }).toEqual({ name, passes: false });
}

describe('hostile documents', () => {
  test('of 315 damaged ones each has facts, and text or a reason why not', async () => {
    const random = randomOf(seed);
    for (const [name, original] of Object.entries(await documents())) {
      for (let round = 0; round < rounds; round += 1) {
        for (const kind of mutations)
          await assertRead(`${name}, ${kind} ${round}`, mutate(original, kind, random));
      }
    }
  });

  test('the documents themselves are sound, so that it is the damage that is met', async () => {
    for (const [name, original] of Object.entries(await documents())) {
      const { state } = (await inspector.inspect(original)).structure;
      expect({ name, state }).toEqual({ name, state: name === 'ZIP' ? 'unrecognised' : 'sound' });
    }
  });

  test('of bombs each has facts, and text or a reason why not, within the bound of memory', async () => {
    for (const [name, bytes] of Object.entries(await bombs())) {
      const before = process.memoryUsage.rss();
      await assertRead(name, bytes);
      const grown = (process.memoryUsage.rss() - before) / 2 ** 20;
      expect({ name, within: grown < 2 * bounds.growthMegabytes }).toEqual({ name, within: true });
    }
  });

  test('a document that takes too long is given up, and the next one is read', async () => {
    const slow = new ReadingWorker({ seconds: 0.001 });
    const hurried = new WorkerDocumentInspector(slow);
    expect((await hurried.inspect(pdfOf())).structure).toMatchObject({
      state: 'over-budget',
      budget: 'time',
    });
    expect((await new WorkerTextExtractor(slow).extract(pdfOf())).unscannable).toMatchObject([
      { reason: 'over-budget', budget: 'time' },
    ]);
    await slow.close();
    expect((await inspector.inspect(pdfOf())).structure.state).toBe('sound');
  });

  test('a document that fills the heap is given up, and the process lives', async () => {
    const narrow = new WorkerTextExtractor({ heapMegabytes: 16 });
    const words = Array.from({ length: 200_000 }, (_, index) => paragraph(`word ${index}`)).join('');
    expect((await narrow.extract(await openXmlOf({ body: words }))).unscannable).toMatchObject([
      { reason: 'over-budget', budget: 'memory' },
    ]);
    expect((await narrow.extract(Buffer.from('next'))).segments).toEqual([{ text: 'next' }]);
    await narrow.close();
  });
});
