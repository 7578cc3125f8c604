import type { PDFDocumentProxy, PDFPageProxy } from 'unpdf/pdfjs';
import { decodePlainText } from '../decode-plain-text.ts';
import { countCharacters } from '../few-characters.ts';
import type { ReadingBounds } from '../reading-bounds.ts';
import { explainBreakage, OverBudgetError } from '../reading-errors.ts';
import type { TextCollector } from '../text-collector.ts';
import { lookAtPages, type PageToLookAt } from './look-at-pages.ts';
import { nameUnmapped } from './name-unmapped.ts';
import { openPdf } from './open-pdf.ts';
import { outsideObjects } from './outside-objects.ts';
import { readXmp } from './read-xmp.ts';
import { type PdfScan, scanPdf } from './scan-pdf.ts';
import { textsWithin } from './texts-within.ts';

/** Reads the text of a PDF: pages, notes and fields on them, outline, properties, names of attachments. */
export async function extractPdfText(
  bytes: Buffer,
  bounds: ReadingBounds,
  collector: TextCollector,
): Promise<void> {
  const scan = scanPdf(bytes, bounds);
  const opened = await openPdf(bytes);
  if (opened.state === 'locked') {
    collector.unscannable({ reason: 'encrypted', explanation: 'it opens with a password only' });
    return;
  }
  try {
    const { document } = opened;
    // A field's value stands on its page and in the form; it is read once.
    const noted = new Set<string>();
    const toLookAt: PageToLookAt[] = [];
    for (let number = 1; number <= document.numPages; number += 1) {
      if (number > bounds.pages)
        throw new OverBudgetError('pages', `it holds more than ${bounds.pages} pages`);
      await readPage(document, number, collector, noted, toLookAt);
    }
    await readBeside(document, scan, collector, noted);
    readOutside(bytes, collector);
    nameHidden(scan, document.numPages, collector);
    if (scan.showsText && toLookAt.length === document.numPages && toLookAt.every(isTextless)) {
      const explanation = 'it holds text to which none of its pages leads';
      collector.unscannable({ reason: 'broken', part: 'pages', explanation });
    }
    nameDamage(scan, opened.repaired, collector);
    await opened.close();
    await lookAtPages(bytes, toLookAt, collector);
  } finally {
    await opened.close();
  }
}

function nameDamage(scan: PdfScan, repaired: boolean, collector: TextCollector): void {
  // Streams of an encrypted file inflate only once they are deciphered: PDF.js does both.
  const damaged = !scan.encrypted && scan.damagedStreams > 0;
  if (!scan.complete || repaired || damaged) {
    const explanation = 'the file is damaged: what was read of it may not be all';
    collector.unscannable({ reason: 'broken', explanation });
  }
  if (scan.counts.xfaForms > 0) {
    const explanation = 'a form in XFA is not read';
    collector.unscannable({ reason: 'unsupported', part: 'form', explanation });
  }
}

async function readPage(
  document: PDFDocumentProxy,
  number: number,
  collector: TextCollector,
  noted: Set<string>,
  toLookAt: PageToLookAt[],
): Promise<void> {
  try {
    const page = await document.getPage(number);
    const text = await textOf(page);
    collector.add(text, { page: number });
    const annotations: readonly Annotation[] = await page.getAnnotations({ intent: 'any' });
    const notes = annotations.flatMap(annotationTexts);
    collector.addLine(notes.join('\n'), { page: number, part: 'annotations' });
    for (const note of notes) noted.add(note);
    nameUnmapped(text, { page: number }, collector);
    const appearances = annotations.filter(isOnlyDrawn).length;
    toLookAt.push({ number, characters: countCharacters(text), appearances });
    page.cleanup();
  } catch (error) {
    if (error instanceof OverBudgetError) throw error;
    collector.unscannable({ reason: 'broken', page: number, explanation: explainBreakage(error) });
  }
}

function isTextless({ characters }: PageToLookAt): boolean {
  return characters === 0;
}

/** Runs that stand close together come without a space between, those apart with one. */
async function textOf(page: PDFPageProxy): Promise<string> {
  const { items } = await page.getTextContent();
  let text = '';
  let end: number | undefined;
  for (const item of items) {
    if (!('str' in item)) continue;
    const [a = 0, b = 0, , , x = 0] = item.transform.map(Number);
    // Upright text that begins before the last one ended is painted over it.
    const isUpright = b === 0 && a > 0 && item.dir === 'ltr';
    if (isUpright && end !== undefined && item.str !== '' && end - x > a / 2) text += '\n';
    text += item.str + (item.hasEOL ? '\n' : '');
    end = isUpright && !item.hasEOL && item.str !== '' ? x + item.width : undefined;
  }
  // Digits that are set wide come one by one.
  text = text.replaceAll(/(?<![\d.,] ?)(?:\d ){7,}\d(?!\d| ?[\d.,])/g, run => run.replaceAll(' ', ''));
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

/** An annotation as PDF.js answers it. */
type Annotation = Readonly<Record<string, unknown>>;

/** What is typed into fields, written into notes and behind links. */
function annotationTexts(annotation: Annotation): string[] {
  const { contentsObj, titleObj, richText, fieldValue, defaultFieldValue, options } = annotation;
  const { alternativeText, textContent, url, unsafeUrl, overlaidText } = annotation;
  const read = [contentsObj, titleObj, richText, fieldValue, defaultFieldValue, options];
  const texts = textsWithin([...read, alternativeText, textContent, url ?? unsafeUrl, overlaidText]);
  // One text is often there in several forms.
  return [...new Set(texts)];
}

/** Whether an annotation looks as a stream of its own says, of which PDF.js tells no text. */
function isOnlyDrawn({ hasAppearance, textContent }: Annotation): boolean {
  return hasAppearance === true && textsWithin(textContent).length === 0;
}

async function readBeside(
  document: PDFDocumentProxy,
  scan: PdfScan,
  collector: TextCollector,
  noted: ReadonlySet<string>,
): Promise<void> {
  collector.addLine(textsWithin(await document.getOutline()).join('\n'), { part: 'outline' });
  const fields = new Set(textsWithin(await document.getFieldObjects()));
  collector.addLine([...fields].filter(field => !noted.has(field)).join('\n'), { part: 'fields' });
  const { info, metadata } = await document.getMetadata();
  const raw: unknown = metadata?.getRaw();
  const properties = [...textsWithin(info), ...(typeof raw === 'string' ? readXmp(raw) : [])];
  collector.addLine([...new Set(properties)].join('\n'), { part: 'properties' });
  // Those of an encrypted file are ciphered.
  if (!scan.encrypted)
    collector.addLine(scan.alternatives.filter(text => !noted.has(text)).join('\n'), {
      part: 'alternatives',
    });
  const attachments = [...((await document.getAttachments()) ?? [])];
  collector.addLine(textsWithin(attachments).join('\n'), { part: 'attachments' });
  attachments.forEach((_, index) => {
    const part = `attachment ${index + 1}`;
    collector.unscannable({ reason: 'unsupported', part, explanation: 'an attached file is not read' });
  });
  if (scan.counts.files > attachments.length) {
    const explanation = 'a file that is attached to a page or an object is not read';
    collector.unscannable({ reason: 'unsupported', part: 'attachments', explanation });
  }
}

/** What stands before the header and after an end is no part of the PDF, and goes along with it. */
function readOutside(bytes: Buffer, collector: TextCollector): void {
  const { head, tails } = outsideObjects(bytes.toString('latin1'));
  for (const outside of [head, ...tails]) {
    const text = decodePlainText(Buffer.from(outside, 'latin1'));
    if (text !== undefined) collector.addLine(text, { part: 'outside' });
    else {
      const explanation = 'bytes outside the PDF are no text, and not read';
      collector.unscannable({ reason: 'unsupported', part: 'outside', explanation });
    }
  }
}

/** What the bytes hold and PDF.js does not come to, or can only guess. */
function nameHidden(scan: PdfScan, pages: number, collector: TextCollector): void {
  if (scan.pages > pages) {
    const explanation = 'it holds pages that its tree of pages does not count';
    collector.unscannable({ reason: 'unsupported', part: 'pages', explanation });
  }
  if (scan.opaqueFonts > 0) {
    const explanation = 'a font does not tell its characters';
    collector.unscannable({ reason: 'unsupported', part: 'fonts', explanation });
  }
}
