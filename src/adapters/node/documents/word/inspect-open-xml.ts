import type { DocumentStructure } from '../../../../ports/document-inspector.ts';
import type { FeatureTally } from '../feature-tally.ts';
import { looksExecutable } from '../looks-executable.ts';
import type { ReadingBounds } from '../reading-bounds.ts';
import { explainBreakage } from '../reading-errors.ts';
import { walkXml } from '../walk-xml.ts';
import { isOle, OleContainer } from './ole-container.ts';
import { OpenXmlPackage, type Relationship } from './open-xml-package.ts';
import { tellField } from './tell-field.ts';
import { tellOleObject } from './tell-ole-object.ts';

/** Relationships whose target Word fetches when it opens the document. A linked image is one: it also tells who reads. */
const fetchedKinds = new Set([
  'attachedTemplate',
  'oleObject',
  'frame',
  'subDocument',
  'image',
  'aFChunk',
  'package',
  'externalLink',
  'mailMergeSource',
  'mailMergeHeaderSource',
]);

const embeddedKinds = new Set(['oleObject', 'package', 'aFChunk', 'control', 'activeXControlBinary']);

/** Facts about a ZIP archive that is, or is not, a Word document in Open XML. */
export async function inspectOpenXml(
  bytes: Buffer,
  bounds: ReadingBounds,
  features: FeatureTally,
): Promise<DocumentStructure> {
  const document = await OpenXmlPackage.read(bytes, bounds);
  if (document === undefined)
    return { state: 'unrecognised', explanation: 'an archive that is no Open XML document' };
  const type = document.wordType;
  if (type === undefined)
    return { state: 'unrecognised', explanation: 'an Open XML document of another kind than Word' };
  countMacros(document, type, features);
  for (const relationship of document.relationships) countRelationship(document, relationship, features);
  try {
    for (const [name, content] of document.parts) {
      if (document.isXml(name)) countFields(name, content, features);
    }
  } catch (error) {
    return { state: 'broken', type, explanation: explainBreakage(error) };
  }
  return { state: 'sound', type };
}

function countMacros(document: OpenXmlPackage, type: string, features: FeatureTally): void {
  for (const name of document.parts.keys()) {
    const isProject = /vbaproject|vbadata/.test(name) || /vba/.test(document.contentType(name) ?? '');
    if (isProject) features.add('macros', name);
  }
  if (type.includes('macroenabled') && !features.has('macros')) features.add('macros', document.mainPart);
}

function countRelationship(document: OpenXmlPackage, arrow: Relationship, features: FeatureTally): void {
  if (arrow.external) {
    if (arrow.kind === 'hyperlink') features.add('hyperlink', arrow.from);
    else if (fetchedKinds.has(arrow.kind)) features.add('external-template', arrow.from);
    return;
  }
  if (!embeddedKinds.has(arrow.kind)) return;
  const content = document.parts.get(arrow.target);
  if (content === undefined) return;
  const isProgram = isOle(content)
    ? tellOleObject(OleContainer.read(content)) === 'executable'
    : looksExecutable(content);
  features.add(isProgram ? 'embedded-executable' : 'embedded-file', arrow.target);
}

/** Reads a part to its end, which shows that it is well-formed, and counts the fields that act by themselves. */
function countFields(name: string, content: Buffer, features: FeatureTally): void {
  let instructions = '';
  let within = '';
  walkXml(content, {
    open(element, { instr = '', fldCharType = '' }) {
      within = element;
      if (element === 'fldSimple') instructions += `\n${instr}`;
      // A field may be split over runs; only where one begins does a new instruction begin.
      if (element === 'fldChar' && fldCharType === 'begin') instructions += '\n';
    },
    text(text) {
      if (within === 'instrText') instructions += text.replaceAll('\n', ' ');
    },
    close() {
      within = '';
    },
  });
  for (const instruction of instructions.split('\n')) {
    const does = tellField(instruction);
    if (does === 'program') features.add('macros', name);
    if (does === 'fetch') features.add('external-template', name);
  }
}
