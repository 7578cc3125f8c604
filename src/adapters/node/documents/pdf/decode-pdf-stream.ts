import type { InflationMeter } from '../inflation-meter.ts';
import { BrokenDocumentError } from '../reading-errors.ts';
import type { PdfToken } from './read-pdf-object.ts';

/** Short names are those of inline images, which readers accept everywhere. */
const longNames: Readonly<Record<string, string>> = {
  Fl: 'FlateDecode',
  A85: 'ASCII85Decode',
  AHx: 'ASCIIHexDecode',
};

/**
 * Undoes the filters of a stream (ISO 32000-2, 7.4), as far as they are Flate, ASCII85 and ASCIIHex; undefined where
 * another one is met, or the filter is named elsewhere. The end of Flate data stands in the data itself, so `data` may
 * go on beyond the stream. Damaged data is a `BrokenDocumentError`.
 *
 * @param filter Value of the entry `Filter`.
 */
export function decodePdfStream(
  data: Buffer,
  filter: readonly PdfToken[],
  meter: InflationMeter,
): Buffer | undefined {
  if (filter.some(({ kind }) => kind === 'word')) return undefined;
  let decoded: Buffer | undefined = data;
  for (const { kind, value } of filter) {
    if (kind !== 'name' || decoded === undefined) continue;
    decoded = undoFilter(decoded, longNames[value] ?? value, meter);
  }
  return decoded;
}

function undoFilter(data: Buffer, filter: string, meter: InflationMeter): Buffer | undefined {
  switch (filter) {
    case 'FlateDecode':
      return inflateZlib(data, meter);
    case 'ASCIIHexDecode':
      return Buffer.from(upTo(data, '>').replaceAll(/[^\da-f]/gi, ''), 'hex');
    case 'ASCII85Decode':
      return decodeAscii85(upTo(data, '~'));
    default:
      return undefined;
  }
}

/** Without the checksum at the end (RFC 1950): readers do not look at it either. */
function inflateZlib(data: Buffer, meter: InflationMeter): Buffer {
  const [method = 0, flags = 0] = data;
  if ((method & 0x0f) !== 8 || ((method << 8) + flags) % 31 !== 0 || (flags & 0x20) !== 0)
    throw new BrokenDocumentError('compressed data is damaged');
  return meter.inflate(data.subarray(2));
}

function upTo(data: Buffer, end: string): string {
  const length = data.indexOf(end);
  return data.toString('latin1', 0, length < 0 ? data.length : length);
}

/** Five characters of base 85 for four bytes; `z` for four zeros (ISO 32000-2, 7.4.3). */
function decodeAscii85(text: string): Buffer {
  const bytes: number[] = [];
  let group: number[] = [];
  const flush = (): void => {
    const count = group.length - 1;
    while (group.length < 5) group.push(84);
    const value = group.reduce((sum, digit) => sum * 85 + digit, 0);
    const word = [value / 2 ** 24, value / 2 ** 16, value / 2 ** 8, value].map(
      part => Math.floor(part) % 256,
    );
    bytes.push(...word.slice(0, count));
    group = [];
  };
  for (const char of text) {
    if (char === 'z' && group.length === 0) bytes.push(0, 0, 0, 0);
    else if (char >= '!' && char <= 'u') group.push(char.charCodeAt(0) - 33);
    if (group.length === 5) flush();
  }
  if (group.length > 1) flush();
  return Buffer.from(bytes);
}
