import type { PDFDocumentProxy } from 'unpdf/pdfjs';
import type { DocumentStructure } from '../../../../ports/document-inspector.ts';
import { decodePlainText } from '../decode-plain-text.ts';
import type { FeatureTally } from '../feature-tally.ts';
import { looksExecutable } from '../looks-executable.ts';
import type { ReadingBounds } from '../reading-bounds.ts';
import { BrokenDocumentError, explainBreakage, OverBudgetError } from '../reading-errors.ts';
import { openPdf } from './open-pdf.ts';
import { outsideObjects } from './outside-objects.ts';
import { type PdfScan, scanPdf } from './scan-pdf.ts';

const type = 'application/pdf';

/** Facts about a file that sets out as a PDF. */
export async function inspectPdf(
  bytes: Buffer,
  bounds: ReadingBounds,
  features: FeatureTally,
): Promise<DocumentStructure> {
  const scan = scanPdf(bytes, bounds);
  countScanned(scan, features);
  countOutside(bytes, features);
  const opened = await openPdf(bytes);
  // Whether its pages open, only the holder of the password can tell; that it is encrypted says enough.
  if (opened.state === 'locked') {
    features.atLeast('encryption', 1, 'trailer');
    return { state: 'sound', type };
  }
  try {
    const { document } = opened;
    const pages = document.numPages;
    if (pages > bounds.pages) throw new OverBudgetError('pages', `it holds more than ${bounds.pages} pages`);
    await countParsed(document, features);
    await openPages(document);
    refuseHalves(scan, opened.repaired);
    return { state: 'sound', type, pages };
  } catch (error) {
    if (error instanceof OverBudgetError) throw error;
    return { state: 'broken', type, explanation: explainBreakage(error) };
  } finally {
    await opened.close();
  }
}

/** Bytes after the end that are no text are another file; text there does nothing. */
function countOutside(bytes: Buffer, features: FeatureTally): void {
  for (const tail of outsideObjects(bytes.toString('latin1')).tails.map(text =>
    Buffer.from(text, 'latin1'),
  )) {
    if (looksExecutable(tail)) features.add('embedded-executable', 'after the end');
    else if (decodePlainText(tail) === undefined) features.add('embedded-file', 'after the end');
  }
}

function refuseHalves(scan: PdfScan, repaired: boolean): void {
  if (!scan.complete) throw new BrokenDocumentError('its end is missing: the file is cut off');
  if (repaired) throw new BrokenDocumentError('its cross-reference does not lead to its objects');
  // Those of an encrypted file are closed to whoever has no key.
  if (scan.closedObjectStreams > 0 && !scan.encrypted)
    throw new BrokenDocumentError('it holds objects that cannot be looked at');
}

async function openPages(document: PDFDocumentProxy): Promise<void> {
  if (document.numPages < 1) throw new BrokenDocumentError('it has no page');
  for (let number = 1; number <= document.numPages; number += 1) {
    try {
      (await document.getPage(number)).cleanup();
    } catch {
      throw new BrokenDocumentError(`page ${number} cannot be opened`);
    }
  }
}

function countScanned({ encrypted, counts }: PdfScan, features: FeatureTally): void {
  if (encrypted) features.add('encryption', 'trailer');
  features.add('script', 'action', counts.scripts);
  features.add('embedded-executable', 'launch action', counts.launches);
  features.add('embedded-executable', 'embedded file', counts.programs);
  features.add('embedded-file', 'file specification', counts.files);
  features.add('hyperlink', 'action', counts.links);
}

/** The same from the structure as PDF.js reads it, which also knows what only the key of an encrypted file opens. */
async function countParsed(document: PDFDocumentProxy, features: FeatureTally): Promise<void> {
  const { info } = await document.getMetadata();
  if ('EncryptFilterName' in info && info.EncryptFilterName !== null)
    features.atLeast('encryption', 1, 'trailer');
  const scripts = await document.getJSActions();
  features.atLeast('script', scripts === null ? 0 : Object.keys(scripts).length, 'document');
  const attachments = await document.getAttachments();
  features.atLeast('embedded-file', attachments?.size ?? 0, 'attachment');
  let programs = 0;
  for (const name of attachments?.keys() ?? []) {
    const content: unknown = await document.getAttachmentContent(name);
    if (content instanceof Uint8Array && looksExecutable(content, name)) programs += 1;
  }
  features.atLeast('embedded-executable', programs, 'attachment');
}
