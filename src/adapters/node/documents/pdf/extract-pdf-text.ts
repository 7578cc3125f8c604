import type { PDFDocumentProxy, PDFPageProxy } from 'unpdf/pdfjs';
import { countCharacters } from '../few-characters.ts';
import type { ReadingBounds } from '../reading-bounds.ts';
import { explainBreakage, OverBudgetError } from '../reading-errors.ts';
import type { TextCollector } from '../text-collector.ts';
import { lookAtPages, needsLook, type PageToLookAt } from './look-at-pages.ts';
import { nameUnmapped } from './name-unmapped.ts';
import { openPdf } from './open-pdf.ts';
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
    await readBeside(document, collector, noted);
    nameDamage(scan, opened.repaired, collector);
    await opened.close();
    if (toLookAt.length > 0) await lookAtPages(bytes, toLookAt, collector);
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
    const looked = { number, characters: countCharacters(text), appearances };
    if (needsLook(looked)) toLookAt.push(looked);
    page.cleanup();
  } catch (error) {
    if (error instanceof OverBudgetError) throw error;
    collector.unscannable({ reason: 'broken', page: number, explanation: explainBreakage(error) });
  }
}

/** Runs that stand close together come without a space between, those apart with one. */
async function textOf(page: PDFPageProxy): Promise<string> {
  const { items } = await page.getTextContent();
  const text = items.map(item => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : '')).join('');
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
  collector: TextCollector,
  noted: ReadonlySet<string>,
): Promise<void> {
  collector.addLine(textsWithin(await document.getOutline()).join('\n'), { part: 'outline' });
  const fields = new Set(textsWithin(await document.getFieldObjects()));
  collector.addLine([...fields].filter(field => !noted.has(field)).join('\n'), { part: 'fields' });
  const { info, metadata } = await document.getMetadata();
  const properties = textsWithin([info, metadata === null ? [] : [...metadata]]);
  collector.addLine(properties.join('\n'), { part: 'properties' });
  const attachments = [...((await document.getAttachments()) ?? [])];
  collector.addLine(textsWithin(attachments).join('\n'), { part: 'attachments' });
  attachments.forEach((_, index) => {
    const part = `attachment ${index + 1}`;
    collector.unscannable({ reason: 'unsupported', part, explanation: 'an attached file is not read' });
  });
}
