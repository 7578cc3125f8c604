import type { TextCollector } from '../text-collector.ts';

/**
 * Glyphs in a row for which the font tells no character: PDF.js hands their codes through as control characters or
 * from the private area. A single one is a bullet.
 */
const unmapped = /(?:[\0-\x08\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ufffd]\s*){4,}/;

/** Names a place whose text comes without characters. */
export function nameUnmapped(
  text: string,
  place: { readonly page: number; readonly part?: string },
  collector: TextCollector,
): void {
  if (!unmapped.test(text)) return;
  const explanation = 'a font on the page does not tell its characters';
  collector.unscannable({ reason: 'unsupported', ...place, explanation });
}
