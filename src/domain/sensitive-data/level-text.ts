/** What shows nothing, or is the rest of an escape that `levelText` turned into one character. */
export const filler = '\u200b';

/** Everything that is not levelled already. Of plain ASCII text only escapes match. */
const uneven =
  /\p{Cc}\[[0-9;]{0,8}m|(?<=[a-z]["']?)=3D(?=["']?[0-9])|(?<=[0-9])=\r?\n(?=[0-9])|[\u0085\u00a0\u00ad\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u1680\u180e\u2000-\u2015\u2028-\u202f\u205f-\u2069\u2212\u3000\ufe58\ufe63\ufeff\uff01-\uff5e\v\f]|%(?:[27][0-9a-f]|3[a-f]|0[9ad]|5[bdf])|&(?:nbsp|ensp|emsp|thinsp|ndash|mdash|minus|shy|quot|apos|#\d{1,5}|#x[0-9a-f]{1,4});|\\(?:u[0-9a-f]{4}|[ntr])/giu;

const named: Readonly<Record<string, string>> = {
  nbsp: ' ',
  ensp: ' ',
  emsp: ' ',
  thinsp: ' ',
  ndash: '-',
  mdash: '-',
  minus: '-',
  shy: filler,
  quot: '"',
  apos: "'",
};

/**
 * The text as a reader takes it, unit for unit, so that offsets stay: blanks as spaces, dashes as hyphens,
 * digits and signs of other scripts as ASCII, invisible characters as `filler`; of a percent escape, an HTML
 * reference or a backslash escape the first unit becomes what it stands for, the others `filler`.
 */
export function levelText(text: string): string {
  return text.replace(uneven, sequence =>
    sequence.length === 1 ? levelled(sequence.charCodeAt(0)) : unescaped(sequence),
  );
}

function unescaped(sequence: string): string {
  // The colours of a terminal, and a soft line break, show nothing; the other is an equals sign (RFC 2045, 6.7).
  if (sequence.startsWith('=3')) return '='.padEnd(sequence.length, filler);
  if (sequence.startsWith('=') || sequence.endsWith('m')) return filler.repeat(sequence.length);
  const code = escapedCode(sequence);
  const character =
    named[sequence.slice(1, -1).toLowerCase()] ?? (code < 0x80 ? ascii(code) : levelled(code));
  return character.padEnd(sequence.length, filler);
}

function escapedCode(sequence: string): number {
  if (sequence.startsWith('%')) return Number.parseInt(sequence.slice(1), 16);
  if (/^&#x/i.test(sequence)) return Number.parseInt(sequence.slice(3), 16);
  if (sequence.startsWith('&#')) return Number.parseInt(sequence.slice(2), 10);
  if (/^\\u/i.test(sequence)) return Number.parseInt(sequence.slice(2), 16);
  return sequence.toLowerCase() === '\\t' ? 9 : 10;
}

function ascii(code: number): string {
  return code < 0x20 && code !== 9 && code !== 10 && code !== 13 ? filler : String.fromCharCode(code);
}

/** The first digits of the decimal digits beyond ASCII that are in use for numbers: Arabic, Persian, Devanagari. */
const zeros = [0x660, 0x6f0, 0x966];

function levelled(code: number): string {
  const zero = zeros.find(first => code >= first && code < first + 10);
  if (zero !== undefined) return String(code - zero);
  if (code >= 0xff01 && code <= 0xff5e) return String.fromCharCode(code - 0xfee0);
  if ((code >= 0x2010 && code <= 0x2015) || code === 0x2212 || code === 0xfe58 || code === 0xfe63) return '-';
  if (code === 0x0b || code === 0x0c || code === 0x85 || code === 0x2028 || code === 0x2029) return '\n';
  const blank = code === 0xa0 || code === 0x1680 || (code >= 0x2000 && code <= 0x200a);
  if (blank || code === 0x202f || code === 0x205f || code === 0x3000) return ' ';
  if (code === 0xad || code === 0x180e || code === 0xfeff || (code >= 0x200b && code <= 0x2069))
    return filler;
  return code < 0x80 ? ascii(code) : '\ufffd';
}
