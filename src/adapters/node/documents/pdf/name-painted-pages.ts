import type { PDFPageProxy } from 'unpdf/pdfjs';
import type { TextCollector } from '../text-collector.ts';
import { openPdf } from './open-pdf.ts';

/** Names those among pages without text that are not blank: what they show may well be writing. */
export async function namePaintedPages(
  bytes: Uint8Array,
  pages: readonly number[],
  collector: TextCollector,
): Promise<void> {
  // No picture is decoded. A tolerant reading tells of each that it leaves out; a strict one just ends there.
  const opened = await openPdf(bytes, { tolerant: true });
  if (opened.state === 'locked') return;
  try {
    for (const number of pages) {
      const before = opened.pictures;
      const page = await opened.document.getPage(number);
      if ((await paints(page)) || opened.pictures > before) {
        const explanation = 'the page shows something and holds no text';
        collector.unscannable({ reason: 'image-only', page: number, explanation });
      }
      page.cleanup();
    }
  } finally {
    await opened.close();
  }
}

async function paints(page: PDFPageProxy): Promise<boolean> {
  const { OPS } = await import('unpdf/pdfjs');
  const painting = paintingOperators(OPS);
  const { fnArray, argsArray } = await page.getOperatorList();
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
