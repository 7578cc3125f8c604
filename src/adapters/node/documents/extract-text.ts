import type { ExtractedText } from '../../../ports/text-extractor.ts';
import { joinSplitLines } from './join-split-lines.ts';
import { extractPdfText } from './pdf/extract-pdf-text.ts';
import type { ReadingBounds } from './reading-bounds.ts';
import { explainBreakage, OverBudgetError } from './reading-errors.ts';
import { type Recognised, recogniseDocument } from './recognise-document.ts';
import { TextCollector } from './text-collector.ts';
import { extractBinaryWordText } from './word/extract-binary-word-text.ts';
import { extractOpenXmlText } from './word/extract-open-xml-text.ts';

/** The text of one document. Rejects never: whatever a parser throws makes the document, or its rest, unscannable. */
export async function extractText(bytes: Uint8Array, bounds: ReadingBounds): Promise<ExtractedText> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const recognised = await recogniseDocument(buffer);
  const collector = new TextCollector(bounds.textUnits);
  let type = typeOf(recognised);
  try {
    type = (await read(recognised, buffer, bounds, collector)) ?? type;
  } catch (error) {
    if (error instanceof OverBudgetError)
      collector.unscannable({ reason: 'over-budget', budget: error.budget, explanation: error.message });
    else collector.unscannable({ reason: 'broken', explanation: explainBreakage(error) });
  }
  return collector.result(type);
}

/** Reads into the collector; resolves to the type where reading tells it more exactly than the first bytes. */
async function read(
  recognised: Recognised,
  bytes: Buffer,
  bounds: ReadingBounds,
  collector: TextCollector,
): Promise<string | undefined> {
  switch (recognised.form) {
    case 'empty':
      return undefined;
    case 'other':
      collector.unscannable({
        reason: 'not-text',
        explanation: 'neither PDF nor Word, and not plain text either',
      });
      return undefined;
    case 'text':
      readText(recognised.text, recognised.signature, collector);
      return undefined;
    case 'pdf':
      await extractPdfText(bytes, bounds, collector);
      return undefined;
    case 'ole':
      return extractBinaryWordText(bytes, bounds, collector);
    case 'zip':
      return await extractOpenXmlText(bytes, bounds, collector);
  }
}

function typeOf(recognised: Recognised): string | undefined {
  if (recognised.form === 'pdf') return 'application/pdf';
  if (recognised.form === 'empty') return 'text/plain';
  if (recognised.form !== 'text') return recognised.signature;
  return isMarkup(recognised.signature) ? recognised.signature : 'text/plain';
}

/** A text as it stands, and what its markup cuts in two. */
function readText(text: string, signature: string | undefined, collector: TextCollector): void {
  collector.add(text);
  const joined = joinSplitLines(text);
  collector.addLine(joined.join('\n'), { part: 'markup' });
  const isSplitXml = signature === 'application/xml' && (joined.length > 0 || isWritten(text));
  if (isMarkup(signature) || isSplitXml)
    collector.unscannable({
      reason: 'unsupported',
      explanation: 'markup is read as it stands, not as it shows',
    });
}

/** Text in which digits may be written in other ways than as digits. */
function isMarkup(signature: string | undefined): boolean {
  return /^(?:text\/html|application\/(?:rtf|postscript)|image\/svg\+xml)$/.test(signature ?? '');
}

/** XML that is a document of its own and not records, or that has entities. */
function isWritten(text: string): boolean {
  const vocabulary =
    /<\?mso-application|www\.w3\.org\/(?:1999\/(?:xhtml|XSL)|2000\/svg)|schemas\.(?:openxmlformats\.org|microsoft\.com)|opendocument|docbook/i;
  return vocabulary.test(text.slice(0, 4_096)) || text.includes('<!ENTITY');
}
