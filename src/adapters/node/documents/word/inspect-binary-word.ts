import type { DocumentStructure } from '../../../../ports/document-inspector.ts';
import type { FeatureTally } from '../feature-tally.ts';
import type { ReadingBounds } from '../reading-bounds.ts';
import { explainBreakage, OverBudgetError } from '../reading-errors.ts';
import { BinaryWordDocument } from './binary-word-document.ts';
import { OleContainer } from './ole-container.ts';
import { tellField } from './tell-field.ts';
import { tellOleObject } from './tell-ole-object.ts';

const type = 'application/msword';

/** Storages in which VBA projects stand (MS-OVBA 2.2.1), in any container. */
const macroStorage = /(?:^|\/)(?:Macros|_VBA_PROJECT_CUR|VBA|_VBA_PROJECT)$/i;

/** Where a template comes from elsewhere: a URL, or a share on the network. */
const elsewhere = /^(?:[a-z][a-z+.-]+:|\\\\|\/\/)/i;

/** A field's instruction stands between U+0013 and its result or end (MS-DOC 2.8.25). */
const field = /\x13([^\x13-\x15]*)/g;
const linkField = /\x13\s*HYPERLINK\b/gi;

/** Facts about an OLE container that is, or is not, a Word document of Word 97 to 2003. */
export function inspectBinaryWord(
  bytes: Buffer,
  bounds: ReadingBounds,
  features: FeatureTally,
): DocumentStructure {
  const container = OleContainer.read(bytes);
  if (container.paths().length > bounds.entries)
    throw new OverBudgetError('entries', `it holds more than ${bounds.entries} streams`);
  countMacros(container, features);
  if (container.has('EncryptedPackage')) {
    features.add('encryption', 'EncryptedPackage');
    return { state: 'unrecognised', explanation: 'an encrypted Open XML document' };
  }
  try {
    const document = BinaryWordDocument.in(container);
    if (document === undefined)
      return { state: 'unrecognised', explanation: 'an OLE container that is no Word document' };
    return inspectDocument(document, features);
  } catch (error) {
    return { state: 'broken', type, explanation: explainBreakage(error) };
  }
}

function inspectDocument(document: BinaryWordDocument, features: FeatureTally): DocumentStructure {
  countObjects(document.container, features);
  if (document.encrypted) {
    // Nothing after the first bytes can be read.
    features.add('encryption', 'WordDocument');
    return { state: 'sound', type };
  }
  if (document.outdated)
    return { state: 'unrecognised', explanation: 'a document of a Word older than 97, which is not read' };
  if (elsewhere.test(document.template)) features.add('external-template', 'attached template');
  for (const { part, text } of document.stories()) {
    for (const [, instruction = ''] of text.matchAll(field)) {
      const does = tellField(instruction);
      if (does === 'program') features.add('macros', `field in the ${part}`);
      if (does === 'fetch') features.add('external-template', `field in the ${part}`);
    }
    features.add('hyperlink', part, [...text.matchAll(linkField)].length);
  }
  return { state: 'sound', type };
}

function countMacros(container: OleContainer, features: FeatureTally): void {
  const projects = container.paths().filter(path => macroStorage.test(path));
  const [first] = projects;
  if (first !== undefined) features.add('macros', first);
}

/** Each object has a storage of its own in the pool (MS-DOC 2.1.9). */
function countObjects(container: OleContainer, features: FeatureTally): void {
  for (const path of container.paths()) {
    if (!/^ObjectPool\/[^/]+$/.test(path) || !container.isStorage(path)) continue;
    const kind = tellOleObject(container, `${path}/`);
    features.add(kind === 'executable' ? 'embedded-executable' : 'embedded-file', path);
  }
}
