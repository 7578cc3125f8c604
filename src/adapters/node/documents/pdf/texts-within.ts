/** Strings of PDF.js that are no text of the document: ids, kinds, colours, dates. */
const noText = new Set([
  'id',
  'kidIds',
  'type',
  'dir',
  'actions',
  'strokeColor',
  'fillColor',
  'action',
  'dest',
  'PDFFormatVersion',
  'CreationDate',
  'ModDate',
]);

/** Values deeper than this are no text that a person wrote. */
const deepest = 12;

/** All texts within a value that PDF.js answers, in order. */
export function textsWithin(value: unknown, depth = 0): string[] {
  if (typeof value === 'string') return value.trim() === '' ? [] : [value];
  if (typeof value !== 'object' || value === null || depth > deepest || ArrayBuffer.isView(value)) return [];
  if (value instanceof Map) return textsWithin([...value.entries()], depth + 1);
  if (Array.isArray(value)) return value.flatMap(item => textsWithin(item, depth + 1));
  return Object.entries(value)
    .filter(([key]) => !noText.has(key))
    .flatMap(([, item]) => textsWithin(item, depth + 1));
}
