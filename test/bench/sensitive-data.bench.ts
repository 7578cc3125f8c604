import { findSensitiveData } from '../../src/domain/sensitive-data/find-sensitive-data.ts';

/*
 * How fast texts are searched, as ratios within one run to a loop that only looks for digits, and of a text to one twice as
 * long: 2 is linear. Run with `npm run bench`.
 */

const size = 4_000_000;
const sentence =
  'The parties met on 21 November to settle what was left open: the deposit, the keys, and who pays for paint. ';
const filled = (pattern: string, length = size) =>
  pattern.repeat(Math.ceil(length / pattern.length)).slice(0, length);
/** Letters and digits in an order that repeats only after a long while. */
const base64 = (length: number) => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  let state = 1;
  const line = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return alphabet.charAt(state >>> 26);
  };
  return Array.from({ length: length / 80 }, () => `${Array.from({ length: 79 }, line).join('')}\n`).join('');
};

/** The floor: one look at every unit. */
function countDigits(text: string): number {
  let digits = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= 48 && code <= 57) digits += 1;
  }
  return digits;
}

/** The median seconds of five rounds. */
function seconds(text: string, work: (text: string) => unknown): number {
  const rounds = Array.from({ length: 5 }, () => {
    const began = performance.now();
    work(text);
    return (performance.now() - began) / 1000;
  });
  return rounds.toSorted((a, b) => a - b)[2] ?? Number.NaN;
}

const makers: readonly (readonly [what: string, make: (length: number) => string])[] = [
  ['prose', length => filled(sentence, length)],
  [
    'prose with accents and dashes',
    length => filled(sentence.replace('–', '-').replaceAll('e', 'é'), length),
  ],
  ['digits only', length => filled('4111567890123', length)],
  ['base64', base64],
  ['CSV with titles', length => `id,name,ssn\n${filled('17,Ann Lee,x\n', length - 12)}`],
  ['cards', length => filled('Card 4111 1111 1111 1111, ', length)],
  ['cards but for the last digit', length => filled('4111 1111 1111 111 ', length)],
  ['groups of four', length => filled('4111-', length)],
  ['keywords', length => filled('ssn card ', length)],
  ['blanks', length => filled(' ', length)],
  ['invisible characters between digits', length => filled('\u200b4', length)],
];

const heads = ['', 'MB/s', '× a loop', 'twice the length'];
const row = (cells: readonly string[]) =>
  `${cells.map((cell, index) => (index === 0 ? cell.padEnd(34) : cell.padStart(18))).join('')}\n`;
process.stdout.write(row(heads));
for (const [what, make] of makers) {
  const text = make(size);
  const floor = seconds(text, countDigits);
  const time = seconds(text, findSensitiveData);
  const twice = seconds(make(2 * size), findSensitiveData);
  const cells = [what, (size / time / 1e6).toFixed(0), (time / floor).toFixed(1), (twice / time).toFixed(2)];
  process.stdout.write(row(cells));
}
