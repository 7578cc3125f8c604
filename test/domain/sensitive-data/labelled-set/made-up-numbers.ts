import type { SeededRandom } from './seeded-random.ts';

/*
 * Numbers made at run time from facts written down here on their own, so that the detector's tables are checked
 * against another hand's.
 */

/** Example prefixes of networks, and their lengths. */
const networks: readonly (readonly [prefixes: readonly string[], length: number])[] = [
  [['4', '45', '4929'], 16],
  [['4'], 13],
  [['4'], 19],
  [['51', '52', '53', '54', '55', '2221', '2345', '2500', '2699', '2720'], 16],
  [['34', '37'], 15],
  [['6011', '644', '645', '649', '65'], 16],
  [['6011', '65'], 19],
  [['3528', '3540', '3589'], 16],
  [['2131', '1800'], 15],
  [['62'], 16],
  [['62'], 17],
  [['62'], 18],
  [['62'], 19],
  [['300', '305', '36', '38', '39'], 14],
  [['5018', '5020', '5038', '6304', '6759', '6761', '6763'], 12],
  [['5018', '5020', '6304', '6759', '6762'], 13],
  [['5018', '5038', '6759'], 15],
  [['5018', '5020', '5893', '6304', '6759', '6763'], 16],
  [['6304', '6759'], 18],
  [['5018', '6304', '6759'], 19],
];

/** The sum of digits in which every second one from the right counts double, its digits added. */
function checksum(digits: string): number {
  return [...digits].toReversed().reduce((sum, digit, index) => {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
    return sum + Math.floor(value / 10) + (value % 10);
  }, 0);
}

/** The digits with a last one that makes the sum a multiple of ten. */
export function withCheckDigit(digits: string): string {
  return `${digits}${(10 - (checksum(`${digits}0`) % 10)) % 10}`;
}

/** The same length, with a wrong check digit. */
export function withWrongCheckDigit(digits: string): string {
  const right = Number(withCheckDigit(digits).slice(-1));
  return `${digits}${(right + 1 + (digits.length % 8)) % 10}`;
}

export function madeUpCard(random: SeededRandom): string {
  const [prefixes, length] = random.pick(networks);
  const prefix = random.pick(prefixes);
  return withCheckDigit(prefix + random.digits(length - prefix.length - 1));
}

/** A card of the usual 16 digits. */
export function madeUpUsualCard(random: SeededRandom): string {
  const prefix = random.pick(['4', '51', '55', '2223', '6011']);
  return withCheckDigit(prefix + random.digits(15 - prefix.length));
}

export function madeUpSsn(random: SeededRandom): [area: string, group: string, serial: string] {
  const area = random.pick(['001', '123', '219', '457', '575', '665', '667', '772', '899']);
  return [area, `${1 + random.below(9)}${1 + random.below(9)}`, `${1 + random.below(9)}${random.digits(3)}`];
}

const ibanForms: Readonly<Record<string, string>> = {
  DE: 'd'.repeat(18),
  GB: `uuuu${'d'.repeat(14)}`,
  FR: `${'d'.repeat(10)}${'c'.repeat(11)}dd`,
  NL: `uuuu${'d'.repeat(10)}`,
  NO: 'd'.repeat(11),
  CH: `ddddd${'c'.repeat(12)}`,
  MT: `uuuuddddd${'c'.repeat(18)}`,
  PL: 'd'.repeat(24),
};

export function madeUpIban(random: SeededRandom): string {
  const country = random.pick(Object.keys(ibanForms));
  const account = [...(ibanForms[country] ?? '')]
    .map(form =>
      random.from(
        form === 'd'
          ? '0123456789'
          : form === 'u'
            ? 'ABCDEFGHKLMNPRSTUVWXYZ'
            : '0123456789ABCDEFGHJKLMNPRSTUVWXYZ',
        1,
      ),
    )
    .join('');
  const number = [...`${account}${country}00`].map(character => Number.parseInt(character, 36)).join('');
  return `${country}${String(98n - (BigInt(number) % 97n)).padStart(2, '0')}${account}`;
}

export function madeUpAccessKey(random: SeededRandom): string {
  return random.pick(['AKIA', 'ASIA']) + random.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16);
}
