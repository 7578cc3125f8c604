/** Encodings of plain text that are told apart. */
type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/**
 * Characters that stand in no plain text: C0 but tab, line feed, form feed and carriage return, DEL, C1, and what
 * no encoding may hold. U+0085 is a line end (NEL) that only Unicode text can hold.
 */
const notText = /[\0-\x08\x0b\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufffe\uffff]/;

/**
 * Plain text, or undefined where the bytes are none. A byte-order mark decides, and is no text; without one, UTF-8
 * where it is valid, UTF-16 where the zero bytes of Latin letters show it, else Windows-1252 (a superset of the
 * printable part of Latin-1) unless it looks like EBCDIC.
 */
export function decodePlainText(bytes: Uint8Array): string | undefined {
  for (const encoding of candidates(bytes)) {
    const text = decode(bytes, encoding);
    if (text !== undefined && !notText.test(text)) return text;
  }
  return undefined;
}

function candidates(bytes: Uint8Array): readonly Encoding[] {
  const [first, second, third] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) return ['utf-8'];
  if (first === 0xff && second === 0xfe) return ['utf-16le'];
  if (first === 0xfe && second === 0xff) return ['utf-16be'];
  if (bytes.includes(0)) return unmarkedUtf16(bytes);
  return looksEbcdic(bytes) ? ['utf-8'] : ['utf-8', 'windows-1252'];
}

/** Letters and digits of EBCDIC lie above 0x80, its space is 0x40, and a space of ASCII is none of its characters. */
function looksEbcdic(bytes: Uint8Array): boolean {
  return (
    !bytes.includes(0x20) && bytes.filter(byte => byte >= 0x80 || byte === 0x40).length > bytes.length / 2
  );
}

/** Text of mostly Latin letters in UTF-16 has zeros in half of its units or more, all on one side. */
function unmarkedUtf16(bytes: Uint8Array): readonly Encoding[] {
  if (bytes.length % 2 !== 0) return [];
  const zeros = [0, 0];
  bytes.forEach((byte, index) => {
    if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  });
  const [even = 0, odd = 0] = zeros;
  if (Math.max(even, odd) < bytes.length / 4) return [];
  if (even === 0) return ['utf-16le'];
  return odd === 0 ? ['utf-16be'] : [];
}

function decode(bytes: Uint8Array, encoding: Encoding): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
