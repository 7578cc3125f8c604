import { countCharacters, fewCharacters } from '../few-characters.ts';
import type { ReadingBounds } from '../reading-bounds.ts';
import type { TextCollector } from '../text-collector.ts';
import { OpenXmlPackage } from './open-xml-package.ts';
import { readWordPart } from './read-word-part.ts';

/** Pictures and what else holds no text (fonts, settings of printers), by type; where none is told, by name. */
const pictureType = /^image\//;
const pictureName = /\.(?:png|jpe?g|jfif|gif|bmp|tiff?|emf|wmf|emz|wmz|wdp|ico|webp)$/;
const textlessType = /font|\.printersettings$/;
const textlessName = /\.(?:odttf|ttf|otf|fntdata)$|\/printersettings\d*\.bin$/;

/** Arrows that lead to such parts; what another one leads to is more than it is called. */
const textlessArrow = /^(?:image|hdphoto|thumbnail|font|printerSettings)$/;

/** Reads the text of a ZIP archive that is a Word document; answers its type where it is one. */
export async function extractOpenXmlText(
  bytes: Buffer,
  bounds: ReadingBounds,
  collector: TextCollector,
): Promise<string | undefined> {
  const document = await OpenXmlPackage.read(bytes, bounds);
  const type = document?.wordType;
  if (document === undefined || type === undefined) {
    collector.unscannable({ reason: 'unsupported', explanation: 'an archive that is no Word document' });
    return undefined;
  }
  const embedded = embeddedParts(document);
  let pictures = 0;
  let shown = '';
  for (const name of inReadingOrder(document)) {
    const kind = embedded.has(name) ? 'other' : kindOf(document, name);
    if (kind === 'picture') pictures += 1;
    if (document.isXml(name)) {
      const text = readPart(document, name, collector);
      if (name === document.mainPart) shown = text;
    } else if (kind === 'other') nameUnread(name, collector);
  }
  const targets = document.relationships.filter(({ external }) => external).map(({ target }) => target);
  collector.addLine(targets.join('\n'), { part: 'links' });
  if (pictures > 0 && countCharacters(shown) < fewCharacters)
    collector.unscannable({ reason: 'image-only', explanation: 'it holds pictures and hardly any text' });
  return type;
}

function inReadingOrder(document: OpenXmlPackage): string[] {
  const others = [...document.parts.keys()].filter(name => name !== document.mainPart).sort();
  return [document.mainPart, ...others];
}

/** Parts to which an arrow leads that is none to a picture or a font, whatever they are called. */
function embeddedParts({ relationships }: OpenXmlPackage): ReadonlySet<string> {
  const arrows = relationships.filter(({ external, kind }) => !external && !textlessArrow.test(kind));
  return new Set(arrows.map(({ target }) => target));
}

function kindOf(document: OpenXmlPackage, name: string): 'picture' | 'textless' | 'other' {
  const type = document.contentType(name);
  if (type === undefined ? pictureName.test(name) : pictureType.test(type)) return 'picture';
  return (type === undefined ? textlessName.test(name) : textlessType.test(type)) ? 'textless' : 'other';
}

/** Answers what the part shows: its text, and that of its boxes. */
function readPart(document: OpenXmlPackage, name: string, collector: TextCollector): string {
  const { text, boxes, asides } = readWordPart(document.parts.get(name) ?? Buffer.alloc(0));
  const isMain = name === document.mainPart;
  if (isMain) collector.add(text);
  else collector.addLine(text, { part: partTitle(name) });
  collector.addLine(boxes + asides, { part: isMain ? 'asides' : partTitle(name) });
  return text + boxes;
}

function nameUnread(name: string, collector: TextCollector): void {
  const part = partTitle(name);
  collector.unscannable({ reason: 'unsupported', part, explanation: 'an embedded part is not read' });
}

/** `word/header1.xml` as `header`. */
function partTitle(name: string): string {
  const title = name.slice(name.lastIndexOf('/') + 1).replace(/\d*\.\w+$/, '');
  return /^[a-z][a-z-]{0,39}$/.test(title) ? title : 'part';
}
