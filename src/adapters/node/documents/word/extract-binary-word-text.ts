import { countCharacters, fewCharacters } from '../few-characters.ts';
import type { ReadingBounds } from '../reading-bounds.ts';
import { OverBudgetError } from '../reading-errors.ts';
import type { TextCollector } from '../text-collector.ts';
import { BinaryWordDocument } from './binary-word-document.ts';
import { OleContainer } from './ole-container.ts';
import { readSummaryTexts } from './read-summary-texts.ts';

const type = 'application/msword';

/** Stories that a page shows by themselves, not at its edge or on its margin. */
const shownStories: ReadonlySet<string> = new Set(['body', 'text boxes']);

/** Streams of properties that people fill in (MS-OSHARED 2.3.3.2). */
const summaries = ['\x05SummaryInformation', '\x05DocumentSummaryInformation'];

/** Reads the text of an OLE container that is a Word document; answers its type where it is one. */
export function extractBinaryWordText(
  bytes: Buffer,
  bounds: ReadingBounds,
  collector: TextCollector,
): string | undefined {
  const container = OleContainer.read(bytes);
  if (container.paths().length > bounds.entries)
    throw new OverBudgetError('entries', `it holds more than ${bounds.entries} streams`);
  const document = container.has('EncryptedPackage') ? undefined : BinaryWordDocument.in(container);
  if (document?.encrypted === true || container.has('EncryptedPackage')) {
    collector.unscannable({ reason: 'encrypted', explanation: 'the document is encrypted' });
    return document === undefined ? undefined : type;
  }
  if (document === undefined || document.outdated) {
    const explanation = 'an OLE container that is no document of Word 97 or later';
    collector.unscannable({ reason: 'unsupported', explanation });
    return undefined;
  }
  let shown = '';
  for (const story of document.stories()) {
    const place = story.part === 'body' ? {} : { part: story.part };
    const { text, instructions } = plainTextOf(story.text);
    if (shownStories.has(story.part)) shown += text;
    collector.add(text, place);
    collector.addLine(instructions, { part: 'fields' });
  }
  for (const name of summaries) {
    if (container.has(name))
      collector.addLine(readSummaryTexts(container.stream(name)).join('\n'), { part: 'properties' });
  }
  nameUnread(container, shown, collector);
  return type;
}

/**
 * What is in the container and has not been read.
 *
 * @param shown Text that its pages show.
 */
function nameUnread(container: OleContainer, shown: string, collector: TextCollector): void {
  const objects = container.paths().filter(path => /^ObjectPool\/[^/]+$/.test(path));
  if (objects.length > 0) {
    const explanation = `embedded objects are not read: ${objects.length}`;
    collector.unscannable({ reason: 'unsupported', part: 'embedded objects', explanation });
  }
  const hasPictures = container.has('Data') && container.stream('Data').length > 0;
  if (hasPictures && countCharacters(shown) < fewCharacters)
    collector.unscannable({ reason: 'image-only', explanation: 'it holds pictures and hardly any text' });
}

/**
 * Text as it reads, without the marks of cells, fields and objects (MS-DOC 2.4.1, 2.8.25). Instructions of fields
 * stand apart, so that they do not cut a number in two.
 */
function plainTextOf(stored: string): { text: string; instructions: string } {
  const readings = stored
    .replaceAll(/[\r\x0b\x0c\x0e]/g, '\n')
    .replaceAll('\x07', '\t')
    .replaceAll('\x1e', '-')
    .replaceAll(/[\0-\x06\x08\x0f-\x12\x16-\x1d\x1f]/g, '');
  let text = '';
  let instructions = '';
  // One entry for each field that is open: whether its result has begun.
  const fields: boolean[] = [];
  for (const [run] of readings.matchAll(/[\x13\x14\x15]|[^\x13\x14\x15]+/g)) {
    if (run === '\x13') fields.push(false);
    else if (run === '\x14') fields.splice(-1, 1, true);
    else if (run === '\x15') {
      fields.pop();
      instructions += '\n';
    } else if (fields.includes(false)) instructions += run;
    else text += run;
  }
  return { text, instructions };
}
