import { describe, expect, test } from '@jest/globals';
import { parseObjectKey } from '../../../src/domain/kernel/object-key.ts';
import { maxReportedViolations } from '../../../src/domain/kernel/object-key-violations.ts';
import fc from '../../seeded-properties.ts';

const accepts = (key: string | Uint8Array) => parseObjectKey(key).outcome === 'accepted';

/** Pieces of hostile keys, so that random keys are rarely harmless. */
const fragments = fc.constantFrom(
  ...[
    '.',
    '..',
    '/',
    '\\',
    '%',
    '%2',
    '%2e',
    '%2f',
    '%5c',
    '%25',
    '%c0',
    '%ae',
    '%af',
    '%e0',
    '%80',
    '%u',
    '002e',
  ],
  ...[
    '0x',
    '2e',
    '2f',
    '0x2e',
    '&#',
    '46',
    'x',
    ';',
    '&',
    'amp;',
    'period;',
    '\\x',
    '\\u',
    '?',
    '=',
    ':',
    '~',
    ' ',
  ],
  ...[
    '．',
    '／',
    '‥',
    '…',
    '⧸',
    '½',
    '\u200b',
    '\u200d',
    '\ufe0f',
    '\u202e',
    '\u034f',
    '\ud83d',
    '\ude00',
    '\ufffd',
  ],
  ...['a', 'é', '文', '%c3%a9', '\0', '\n', '\x85', 'C:', 'file', 'nul', '$DATA'],
);
const soup = fc.array(fragments, { maxLength: 24 }).map(parts => parts.join(''));
const anyKey = fc.oneof(soup, fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme', maxLength: 60 }));

/** What readers unlike ours make of a key: the language's own decoders, by themselves and over and over. */
function otherReadings(key: string): readonly string[] {
  const readings = [key, key.normalize('NFKC')];
  for (let times = 0, text = key; times < 8; times++) {
    text = globalThis.unescape(text);
    readings.push(text, text.normalize('NFKC'));
  }
  for (let times = 0, text = key; times < 8; times++) {
    text = text.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    text = text.replaceAll(/&#(\d+);?/g, (_, digits: string) => String.fromCharCode(Number(digits)));
    readings.push(text);
  }
  return readings;
}

describe('the parser is total', () => {
  test('on strings: it answers, inside the key, briefly', () => {
    fc.assert(
      fc.property(anyKey, key => {
        const result = parseObjectKey(key);
        if (result.outcome === 'accepted') return result.key === key;
        expect(result.violations.length).toBeGreaterThan(0);
        expect(result.violations.length).toBeLessThanOrEqual(maxReportedViolations);
        for (const { position, explanation } of result.violations) {
          expect(position).toBeGreaterThanOrEqual(0);
          expect(position).toBeLessThan(Math.max(1, key.length));
          expect(explanation).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
        }
        return true;
      }),
      { numRuns: 1000 },
    );
  });

  test('on bytes: it accepts UTF-8 alone, as the text it is', () => {
    const fatal = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          anyKey.map(key => new TextEncoder().encode(key)),
        ),
        bytes => {
          const result = parseObjectKey(bytes);
          const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
          if (result.outcome === 'accepted') expect(result.key).toBe(fatal.decode(bytes));
          else
            for (const { position } of result.violations)
              expect(position).toBeLessThan(Math.max(1, text.length));
          expect(result).toEqual(parseObjectKey(text));
        },
      ),
      { numRuns: 1000 },
    );
  });
});

test('what is accepted is harmless to readers with decoders of their own', () => {
  let accepted = 0;
  fc.assert(
    fc.property(anyKey, key => {
      if (!accepts(key)) return;
      accepted++;
      expect(Buffer.byteLength(key)).toBeLessThanOrEqual(1024);
      expect(key).not.toMatch(/[\p{Cc}\p{Cs}\u2028\u2029\\]/u);
      for (const reading of otherReadings(key)) {
        expect(reading).not.toMatch(/\0/);
        for (const segment of reading.split(/[/\\]/)) expect(segment).not.toMatch(/^\.+$/);
      }
    }),
    { numRuns: 2500 },
  );
  expect(accepted).toBeGreaterThan(100);
});

describe('traversal is refused in every dress', () => {
  const percent = (unit: string) => `%${unit.charCodeAt(0).toString(16).padStart(2, '0')}`;
  const ascii = (encode: (unit: string) => string) => (text: string) =>
    text.replaceAll(/[!-~]/g, unit => encode(unit));
  const delimiters = (encode: (unit: string) => string) => (text: string) =>
    text.replaceAll(/[./\\]/g, unit => encode(unit));
  const dresses: readonly ((text: string) => string)[] = [
    ascii(percent),
    delimiters(percent),
    text => text.replaceAll('%', '%25'),
    delimiters(
      unit =>
        `%%${percent(unit)
          .slice(1)
          .replaceAll(/./g, digit => `%${percent(digit).slice(1)}`)
          .slice(1)}`,
    ),
    delimiters(unit => `%u00${percent(unit).slice(1)}`),
    delimiters(unit => `%c${unit === '\\' ? '1%9c' : unit === '.' ? '0%ae' : '0%af'}`),
    delimiters(unit => `%e0%8${unit === '\\' ? '1%9c' : unit === '.' ? '0%ae' : '0%af'}`),
    ascii(unit => `&#${unit.charCodeAt(0)};`),
    delimiters(unit => `&#x${unit.charCodeAt(0).toString(16)};`),
    delimiters(unit => ({ '.': '&period;', '/': '&sol;' })[unit] ?? '&bsol;'),
    ascii(unit => `\\x${percent(unit).slice(1)}`),
    delimiters(unit => `\\u00${percent(unit).slice(1)}`),
    delimiters(unit => `0x${percent(unit).slice(1)}`),
    ascii(unit => String.fromCharCode(unit.charCodeAt(0) + 0xfee0)),
    delimiters(unit => ({ '.': '\u2024', '/': '\u2215' })[unit] ?? '\u2216'),
    text => text.replaceAll('/', '\u29f8'),
  ];
  const folder = fc.stringMatching(/^[\w-]{1,12}$/);
  const climb = fc.constantFrom('../', '..\\', '.../', '....//', '..;/', '.. /', '../\\', './../');
  const traversal = fc
    .tuple(fc.array(folder, { maxLength: 3 }), fc.array(climb, { minLength: 1, maxLength: 8 }), folder)
    .map(([path, climbs, name]) => `${path.map(step => `${step}/`).join('')}${climbs.join('')}${name}`);

  test('worn one over the other', () => {
    fc.assert(
      fc.property(traversal, fc.array(fc.constantFrom(...dresses), { maxLength: 4 }), (key, worn) => {
        expect(accepts(worn.reduce((text, dress) => dress(text), key))).toBe(false);
      }),
      { numRuns: 1500 },
    );
  });
});

describe('honest names are accepted', () => {
  const letters = fc.string({
    unit: fc.constantFrom(...'abcXYZ019_-éßñøάλЖщ文報語한글हिंदीไทย日🙂'),
    minLength: 1,
    maxLength: 10,
  });
  const joints = fc.constantFrom(
    ' ',
    '.',
    '-',
    '_',
    ' (1) ',
    ' & ',
    ', ',
    '+',
    '@',
    '#',
    '…',
    '%20',
    "'",
    ' – ',
    '：',
  );
  const name = fc
    .array(fc.tuple(letters, joints), { maxLength: 3 })
    .chain(parts => letters.map(last => `${parts.flat().join('')}${last}`));
  const extension = fc.constantFrom('', '.pdf', '.tar.gz', '.JPG', '~', '.docx');

  test('in any composition of words, joints and folders', () => {
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 6 }), extension, (path, suffix) => {
        const key = `x${path.join('/')}${suffix}`;
        fc.pre(Buffer.byteLength(key) <= 255);
        expect(parseObjectKey(key)).toEqual({ outcome: 'accepted', key });
      }),
      { numRuns: 1000 },
    );
  });
});
