import { cardIssuer, longestCardNumber, maskCardNumber, passesLuhn } from './payment-card-number.ts';

const digitGroup = /[0-9]+/g;
/** Blanks and hyphens as a key escapes them. */
const escapedJoint = /%(?:20|2[BDbd]|[cC]2%[aA]0)/g;
/** What may stand between two groups of one number. */
const joint = /^[ .\-_+~/\t\r\n\u00a0\u00ad\u2000-\u2015\u202f\u2060\u2212]{0,18}$/;
const longestJoint = 18;
/** Twelve digits in one group are an AWS account: ARNs must stay legible, and no issuer writes a card so. */
const accountLength = 12;
const socialSecurityNumber =
  /(?<![0-9])(?<![0-9][-.])(?!000|666|9)[0-9]{3}([- \u00a0\u2010-\u2015\u2212]|%20)(?!00)[0-9]{2}\1((?!0000)[0-9]{4})(?![0-9])/g;
const accessKeyId = /(?<![A-Za-z0-9])A[KS]IA[A-Z2-7]{12}(?=[A-Z2-7]{4}(?![A-Za-z0-9]))/g;
const hexLengths: ReadonlySet<number> = new Set([32, 40, 56, 64, 96, 128]);
const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;

/**
 * The text with what looks like a card number, a social security number in groups or an AWS access key id masked in
 * place; for what is shown to people or kept in logs. It errs to the side of masking: issuer, length and check digit
 * make a card, whatever stands beside it. UUIDs and digests in hexadecimal stay as they are. Linear in the length
 * of the text.
 *
 * @example maskNumbers('card_4111-1111-1111-1111.pdf') // 'card_411111******1111.pdf'
 */
export function maskNumbers(text: string): string {
  if (!/[0-9]|A[KS]IA/.test(text)) return text;
  return maskCards(text)
    .replace(socialSecurityNumber, (_, _separator: string, serial: string) => `***-**-${serial}`)
    .replace(accessKeyId, key => '*'.repeat(key.length));
}

interface Group {
  readonly start: number;
  readonly end: number;
}

function maskCards(text: string): string {
  const kept = [...text.matchAll(uuid)].map(({ index }) => ({ start: index, end: index + 36 }));
  const levelled = text.replace(escapedJoint, blank => ' '.repeat(blank.length));
  const groups = [...levelled.matchAll(digitGroup)].map(({ index, 0: digits }) => ({
    start: index,
    end: index + digits.length,
  }));
  const parts: string[] = [];
  let copied = 0;
  let passed = 0;
  for (let first = 0; first < groups.length; ) {
    const card = cardFrom(levelled, groups, first);
    const { start, end } = { start: groups[first]?.start ?? 0, end: groups[card?.last ?? first]?.end ?? 0 };
    while ((kept[passed]?.end ?? end) <= start) passed += 1;
    const isKept = (kept[passed]?.start ?? end) < end;
    if (card !== undefined && !isKept && !isDigest(text, start, end)) {
      parts.push(text.slice(copied, start), maskCardNumber(card.digits));
      copied = end;
      first = card.last + 1;
    } else first += 1;
  }
  return parts.join('') + text.slice(copied);
}

/** The longest card number that begins with a group: its digits, and the index of its last group. */
function cardFrom(text: string, groups: readonly Group[], first: number) {
  let found: { digits: string; last: number } | undefined;
  let digits = '';
  let end: number | undefined;
  for (let index = first; index < groups.length; index += 1) {
    const group = groups[index];
    if (group === undefined) break;
    if (end !== undefined && !joint.test(text.slice(end, Math.min(group.start, end + longestJoint + 1))))
      break;
    if (digits.length + group.end - group.start > longestCardNumber) break;
    digits += text.slice(group.start, group.end);
    end = group.end;
    const isAccount = index === first && digits.length === accountLength;
    if (!isAccount && passesLuhn(digits) && cardIssuer(digits) !== undefined) found = { digits, last: index };
  }
  return found;
}

/** Digits within a digest in hexadecimal, a letter among them. */
function isDigest(text: string, from: number, to: number): boolean {
  let start = from;
  let end = to;
  while (from - start < 128 && /[0-9a-f]/i.test(text.charAt(start - 1))) start -= 1;
  while (end - to < 128 && /[0-9a-f]/i.test(text.charAt(end))) end += 1;
  return hexLengths.has(end - start) && /[a-f]/i.test(text.slice(start, end));
}
