import { parseObjectKey } from '../../src/domain/kernel/object-key.ts';
import { defaultObjectKeyPolicy } from '../../src/domain/kernel/object-key-policy.ts';

/*
 * How fast keys are judged, as ratios within one run: to a blacklist of `..` (which catches a quarter of the known
 * payloads), and of hostile keys to honest ones. Run with `npm run bench`.
 */

const honest = Array.from(
  { length: 20_000 },
  (_, index) => `invoices/2026/${index % 12}/offer (final) v${index} – Résumé 報告.pdf`,
);
const encodings = [
  '../',
  '..%2f',
  '%2e%2e/',
  '%252e%252e%252f',
  '%c0%ae%c0%af',
  '..\\',
  '．．／',
  '....//',
  '&#46;&#46;/',
];
const hostile = Array.from(
  { length: 20_000 },
  (_, index) => `${(encodings[index % encodings.length] ?? '').repeat(1 + (index % 8))}etc/passwd${index}`,
);

function blacklist(key: string): boolean {
  return !key.split('/').includes('..');
}

/** The median seconds of seven rounds over all keys. */
function seconds(keys: readonly string[], judge: (key: string) => unknown): number {
  const rounds = Array.from({ length: 7 }, () => {
    const began = performance.now();
    for (const key of keys) judge(key);
    return (performance.now() - began) / 1000;
  });
  return rounds.toSorted((a, b) => a - b)[3] ?? Number.NaN;
}

const limit = seconds(honest, blacklist);
const admitting = seconds(honest, key => parseObjectKey(key));
const refusing = seconds(hostile, key => parseObjectKey(key));
const long = (length: number) => [`${'%25'.repeat(length / 3)}2e`];
const wide = { maxBytes: 1_000_000, maxSegmentBytes: 1_000_000 };
const unbounded = { ...defaultObjectKeyPolicy, ...wide };
const half = seconds(long(300_000), key => parseObjectKey(key, unbounded));
const whole = seconds(long(600_000), key => parseObjectKey(key, unbounded));

const perSecond = (time: number) => `${Math.round(honest.length / time / 1000)}k keys/s`;
const rows = [
  ['blacklist of ".."', perSecond(limit), '1.00'],
  ['parseObjectKey, honest keys', perSecond(admitting), (admitting / limit).toFixed(2)],
  ['parseObjectKey, hostile keys', perSecond(refusing), (refusing / limit).toFixed(2)],
  ['twice the length, nested encodings', '', `${(whole / half).toFixed(2)} × the time`],
];
for (const [what = '', speed = '', ratio = ''] of rows) {
  process.stdout.write(`${what.padEnd(38)}${speed.padStart(16)}${ratio.padStart(18)}\n`);
}
