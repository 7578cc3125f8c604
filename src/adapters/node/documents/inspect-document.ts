import type { DocumentFacts, DocumentStructure } from '../../../ports/document-inspector.ts';
import { FeatureTally } from './feature-tally.ts';
import { inspectPdf } from './pdf/inspect-pdf.ts';
import type { ReadingBounds } from './reading-bounds.ts';
import { explainBreakage, OverBudgetError } from './reading-errors.ts';
import { type Recognised, recogniseDocument } from './recognise-document.ts';
import { inspectBinaryWord } from './word/inspect-binary-word.ts';
import { inspectOpenXml } from './word/inspect-open-xml.ts';

/** Types as which a form is named where it does not open. */
const typeOfForm = { pdf: 'application/pdf', ole: 'application/x-cfb', zip: 'application/zip' } as const;

/** Facts about one document. Rejects never: whatever a parser throws is a fact about the document. */
export async function inspectDocument(bytes: Uint8Array, bounds: ReadingBounds): Promise<DocumentFacts> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const recognised = await recogniseDocument(buffer);
  const features = new FeatureTally();
  const structure = await structureOf(recognised, buffer, bounds, features);
  const { signature } = recognised;
  return { ...(signature !== undefined && { signature }), structure, features: features.list() };
}

async function structureOf(
  recognised: Recognised,
  bytes: Buffer,
  bounds: ReadingBounds,
  features: FeatureTally,
): Promise<DocumentStructure> {
  const { form } = recognised;
  if (form === 'empty') return { state: 'unrecognised', explanation: 'the file is empty' };
  if (form === 'other')
    return { state: 'unrecognised', explanation: 'neither PDF nor Word, and not plain text either' };
  if (form === 'text') return structureOfText(recognised.signature);
  try {
    if (form === 'pdf') return await inspectPdf(bytes, bounds, features);
    if (form === 'ole') return inspectBinaryWord(bytes, bounds, features);
    return await inspectOpenXml(bytes, bounds, features);
  } catch (error) {
    const type = typeOfForm[form];
    if (error instanceof OverBudgetError)
      return { state: 'over-budget', type, budget: error.budget, explanation: error.message };
    return { state: 'broken', type, explanation: explainBreakage(error) };
  }
}

function structureOfText(signature: string | undefined): DocumentStructure {
  if (signature === 'application/rtf')
    return { state: 'unrecognised', explanation: 'a document in Rich Text Format, which is not read' };
  return { state: 'sound', type: signature === 'text/html' ? signature : 'text/plain' };
}
