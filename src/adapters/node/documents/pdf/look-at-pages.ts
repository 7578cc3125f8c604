import { countCharacters, fewCharacters } from '../few-characters.ts';
import type { TextCollector } from '../text-collector.ts';
import { nameUnmapped } from './name-unmapped.ts';
import { openPdf } from './open-pdf.ts';
import { type DrawnText, type OperatorList, readDrawnText } from './read-drawn-text.ts';

/** A page, and what its text tells of it. */
export interface PageToLookAt {
  readonly number: number;
  /** Characters but space that were read from it. */
  readonly characters: number;
  /** Annotations on it that are drawn, and whose text is not known otherwise. */
  readonly appearances: number;
}

/**
 * Reads what annotations draw, and what pages draw beyond their edges, and names pages of pictures: what they show may well be
 * writing.
 */
export async function lookAtPages(
  bytes: Uint8Array,
  pages: readonly PageToLookAt[],
  collector: TextCollector,
): Promise<void> {
  // No picture is decoded. A tolerant reading tells of each that it leaves out; a strict one just ends there.
  const opened = await openPdf(bytes, { tolerant: true });
  if (opened.state === 'locked') return;
  try {
    for (const looked of pages) {
      const before = opened.pictures;
      const page = await opened.document.getPage(looked.number);
      // Whatever is shown on a screen, on paper, or hidden.
      const list: OperatorList = await page.getOperatorList({ intent: 'any' });
      const drawn = await readDrawnText(list);
      // PDF.js leaves out of the text what lies beyond the edges of the page.
      if (countCharacters(drawn.page) > looked.characters)
        collector.addLine(drawn.page, { page: looked.number, part: 'drawn' });
      if (looked.appearances > 0) readAppearances(drawn, looked, collector);
      if (looked.characters < fewCharacters)
        await namePicture(list, looked, opened.pictures > before, collector);
      page.cleanup();
    }
  } finally {
    await opened.close();
  }
}

function readAppearances(
  drawn: DrawnText,
  { number, appearances }: PageToLookAt,
  collector: TextCollector,
): void {
  const place = { page: number, part: 'annotations' };
  const text = drawn.appearances.join('\n');
  collector.addLine(text, place);
  nameUnmapped(text, place, collector);
  if (drawn.count < appearances) {
    const explanation = 'what an annotation draws is damaged';
    collector.unscannable({ reason: 'broken', ...place, explanation });
  }
}

/** Beside hardly any text, as of a page number, a picture is the page; without text, whatever is painted is. */
async function namePicture(
  list: OperatorList,
  { number, characters }: PageToLookAt,
  hasPictures: boolean,
  collector: TextCollector,
): Promise<void> {
  if (characters > 0 && hasPictures) {
    const explanation = 'the page shows a picture and hardly any text';
    collector.unscannable({ reason: 'image-only', page: number, explanation });
  }
  if (characters === 0 && (hasPictures || (await paints(list)))) {
    const explanation = 'the page shows something and holds no text';
    collector.unscannable({ reason: 'image-only', page: number, explanation });
  }
}

async function paints({ fnArray, argsArray }: OperatorList): Promise<boolean> {
  const { OPS } = await import('unpdf/pdfjs');
  const painting = paintingOperators(OPS);
  return fnArray.some((operator, index) => {
    const args: unknown = argsArray[index];
    const [first]: readonly unknown[] = Array.isArray(args) ? args : [];
    if (operator === OPS.showText) return showsGlyphs(first);
    // A path names what becomes of it; one that only clips shows nothing.
    return painting.has(operator === OPS.constructPath ? Number(first) : operator);
  });
}

function paintingOperators(ops: Readonly<Record<string, number>>): ReadonlySet<number> {
  const names = Object.keys(ops).filter(name =>
    /^(?:paint|fill|stroke|eoFill|closeStroke|closeFill|closeEOFill|shading|rawFill)/.test(name),
  );
  return new Set(names.flatMap(name => ops[name] ?? []));
}

/** Whether a run of glyphs is more than white space; those that a font gives no character come without one. */
function showsGlyphs(run: unknown): boolean {
  if (!Array.isArray(run)) return false;
  return run.some(
    glyph => typeof glyph === 'object' && glyph !== null && !/^\s+$/.test(String(glyph.unicode ?? '')),
  );
}
