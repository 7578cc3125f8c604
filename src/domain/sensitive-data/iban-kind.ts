import type { SensitiveCandidate, SensitiveKind, SensitiveMatch } from './sensitive-kind.ts';

/** Lengths by country (SWIFT IBAN registry, release 99). */
const lengths: ReadonlyMap<string, number> = new Map(
  Object.entries({
    15: 'NO',
    16: 'BE',
    18: 'DK FK FI FO GL NL SD',
    19: 'MK SI',
    20: 'AT BA EE KZ LT LU MN XK',
    21: 'CH HR LI LV',
    22: 'BG BH CR DE GB GE IE ME RS VA',
    23: 'AE GI IL IQ OM SO TL',
    24: 'AD CZ ES MD PK RO SA SE SK TN VG',
    25: 'LY PT ST',
    26: 'IS TR',
    27: 'BI DJ FR GR IT MC MR SM',
    28: 'AL AZ BY CY DO GT HU LB NI PL SV',
    29: 'BR EG PS QA UA',
    30: 'HN JO KW MU YE',
    31: 'MT SC',
    32: 'LC',
    33: 'RU',
  }).flatMap(([length, countries]) =>
    countries.split(' ').map(country => [country, Number(length)] as const),
  ),
);

/** International bank account numbers (ISO 13616) with valid check digits, whole or in groups. */
export const ibanKind: SensitiveKind = {
  name: 'iban',
  pattern:
    /(?:(?<![A-Za-z0-9])|(?<=(?<![A-Za-z0-9])IBAN))[A-Za-z]{2}\u200b{0,8}[0-9]{2}(?:[ \-\u200b]{0,7}[A-Za-z0-9]){11,29}/,
  longest: 244,
  check: checkIban,
};

function checkIban({ value, after }: SensitiveCandidate): SensitiveMatch | undefined {
  const country = value.slice(0, 2).toUpperCase();
  const expected = lengths.get(country);
  if (expected === undefined) return undefined;
  const text = value + after;
  const length = unitsOf(text, expected);
  if (length === undefined || /^\u200b*[A-Za-z0-9]/.test(text.slice(length))) return undefined;
  const written = text.slice(0, length);
  // Groups of one size, or none: other blanks part words.
  if (
    !/^[A-Z0-9]+(?:([ -])[A-Z0-9]{4}(?:\1[A-Z0-9]{1,4})*)?$/i.test(
      written.replaceAll('\u200b', '').replaceAll('  ', ' '),
    )
  )
    return undefined;
  const bare = written.replaceAll(/[^A-Za-z0-9]/g, '').toUpperCase();
  if (/^..(?:0[01]|99)/.test(bare) || !passesMod97(bare)) return undefined;
  return {
    length,
    confidence: 'high',
    reason: `IBAN of ${country}, ${expected} characters, mod 97`,
    masked: `${country}${'*'.repeat(expected - 6)}${bare.slice(-4)}`,
  };
}

/** How many units hold the first `count` letters and digits. */
function unitsOf(text: string, count: number): number | undefined {
  let seen = 0;
  for (let index = 0; index < text.length; index += 1) {
    if (/[A-Za-z0-9]/.test(text.charAt(index))) seen += 1;
    else if (!/[ \-\u200b]/.test(text.charAt(index))) return undefined;
    if (seen === count) return index + 1;
  }
  return undefined;
}

/** ISO/IEC 7064, MOD 97-10: letters count from A = 10. Check digits are 02 to 98. */
function passesMod97(iban: string): boolean {
  let rest = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const number = Number.parseInt(character, 36);
    rest = (rest * (number > 9 ? 100 : 10) + number) % 97;
  }
  return rest === 1;
}
