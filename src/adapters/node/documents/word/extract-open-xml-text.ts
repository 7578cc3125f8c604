import type { ReadingBounds } from '../reading-bounds.ts';
import type { TextCollector } from '../text-collector.ts';
import { OpenXmlPackage } from './open-xml-package.ts';
import { readWordPart } from './read-word-part.ts';

/** Parts whose text is none of the document's: looks, settings, and arrows, whose targets are read beside. */
const withoutText =
  /^\[content_types\]\.xml$|\.rels$|\/(?:styles|styleswitheffects|fonttable|websettings|theme\/[^/]*)\.xml$/;

/** Parts that hold no text: pictures, fonts, settings of printers. */
const picture = /\.(?:png|jpe?g|jfif|gif|bmp|tiff?|emf|wmf|emz|wmz|wdp|ico|webp)$/;
const notRead = /\.(?:odttf|ttf|otf|fntdata)$|\/printersettings\d*\.bin$/;

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
  let pictures = 0;
  for (const name of inReadingOrder(document)) {
    if (document.isXml(name)) {
      if (!withoutText.test(name)) readPart(document, name, collector);
    } else if (picture.test(name)) pictures += 1;
    else if (!notRead.test(name)) nameUnread(name, collector);
  }
  const targets = document.relationships.filter(({ external }) => external).map(({ target }) => target);
  collector.addLine(targets.join('\n'), { part: 'links' });
  if (pictures > 0 && !collector.hasText())
    collector.unscannable({ reason: 'image-only', explanation: 'it holds pictures and no text' });
  return type;
}

function inReadingOrder(document: OpenXmlPackage): string[] {
  const others = [...document.parts.keys()].filter(name => name !== document.mainPart).sort();
  return [document.mainPart, ...others];
}

function readPart(document: OpenXmlPackage, name: string, collector: TextCollector): void {
  const { text, asides } = readWordPart(document.parts.get(name) ?? Buffer.alloc(0));
  const isMain = name === document.mainPart;
  if (isMain) collector.add(text);
  else collector.addLine(text, { part: partTitle(name) });
  collector.addLine(asides, { part: isMain ? 'asides' : partTitle(name) });
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
