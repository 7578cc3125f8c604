import { type CardIssuer, cardIssuer, maskCardNumber, passesLuhn } from '../kernel/payment-card-number.ts';
import { beginsHere, type CardEvidence, endsHere } from './card-borders.ts';
import { type CardLabel, cardLabel } from './card-label.ts';
import { type DigitSpan, digitSpans, isCardLayout, spanOfOneSeparator } from './card-run.ts';
import {
  cardDetailBehind,
  cardSign,
  expiryAndCodeBehind,
  otherNumberSign,
  unitBehind,
} from './card-words.ts';
import { isTableOfNumbers } from './number-table.ts';
import { publishedTestCardNumbers } from './published-test-card-numbers.ts';
import type { SensitiveCandidate, SensitiveKind, SensitiveMatch } from './sensitive-kind.ts';

/**
 * Payment card numbers: 12 to 19 digits of an issuer's range with a valid check digit, whole or in groups, that
 * are no part of anything longer and that nothing beside them calls by another name.
 */
export const paymentCardKind: SensitiveKind = {
  name: 'payment-card',
  pattern: /(?<![0-9]\u200b{0,8})[1-68](?:\u200b{0,8}[0-9]){3,18}(?:[ .\-_\r\n\u200b]{1,14}[0-9]{1,15}){0,2}/,
  longest: 240,
  check: checkCard,
};

interface Reading extends DigitSpan {
  readonly issuer: CardIssuer;
}

function checkCard(candidate: SensitiveCandidate): SensitiveMatch | undefined {
  const run = candidate.value + candidate.after;
  const readings = digitSpans(run).flatMap(asCard);
  const parted = readings.length > 0 ? [] : [spanOfOneSeparator(run)].flatMap(asCard);
  // Most numbers end here, before their surroundings are looked at.
  if (readings.length + parted.length === 0) return undefined;
  const label = cardLabel(candidate);
  // Signs that part other things hold a card together only right behind its name.
  if (readings.length === 0 && (label !== 'card' || candidate.columnTitle !== undefined)) return undefined;
  const reading = [...readings, ...parted]
    .toSorted((a, b) => preference(b) - preference(a))
    .find((one, _, all) => isCard(one, label, run.slice(one.length), candidate) && !isCutShort(one, all));
  if (reading === undefined) return undefined;
  const { digits, length, issuer } = reading;
  const grouped = reading.joint === 'none' ? '' : ', in groups';
  return {
    length,
    confidence: issuer.claim === 'strong' && reading.joint !== 'mixed' ? 'high' : 'medium',
    reason: `${issuer.name}, ${digits.length} digits, Luhn${grouped}`,
    masked: maskCardNumber(digits),
  };
}

function asCard(span: DigitSpan | undefined): Reading[] {
  const issuer = span !== undefined && passesLuhn(span.digits) ? cardIssuer(span.digits) : undefined;
  return span === undefined || issuer === undefined ? [] : [{ ...span, issuer }];
}

/** A number that goes on in the same groups to another card's length is that, or nothing. */
function isCutShort({ length, joint }: Reading, all: readonly Reading[]): boolean {
  return all.some(
    longer =>
      longer.length > length &&
      longer.issuer.claim === 'weak' &&
      longer.joint === joint &&
      isCardLayout(longer.sizes),
  );
}

/** Of several readings, the one in groups as on a card, on one line and of one separator; then the longest. */
function preference({ sizes, joint, wrapped, digits }: Reading): number {
  const shape = (wrapped ? 0 : 128) + (joint === 'mixed' ? 0 : 64);
  return shape + (sizes.length === 1 || isCardLayout(sizes) ? 32 : 0) + digits.length;
}

function isCard(reading: Reading, label: CardLabel, after: string, candidate: SensitiveCandidate): boolean {
  const { before, sinceLast } = candidate;
  const isPublished = publishedTestCardNumbers.has(reading.digits);
  if (isPublished && !candidate.testNumbers) return false;
  const isPlain = reading.joint === 'none';
  if (isPlain && isAwsAccount(reading.digits, before, after)) return false;
  if ((label === 'other' || label === 'passing') && !isCardStill(isPlain, label, before, after)) return false;
  const isNear = sinceLast !== undefined && sinceLast <= 64;
  const named = label === 'card' || isNear || hasCardSign(before, after);
  const card = named || isPublished;
  const evidence: CardEvidence = { card: named, sinceLast };
  if (!beginsHere(before, reading, evidence) || !endsHere(after, reading, evidence)) return false;
  if (reading.issuer.claim === 'weak' && !card) return false;
  return isPlain ? isPlainCard(label, card, before, after) : isGroupedCard(reading, label, card, candidate);
}

/** Twelve digits beside what AWS names its resources with are an account (IAM user guide, "ARN format"). */
function isAwsAccount(digits: string, before: string, after: string): boolean {
  if (digits.length !== 12) return false;
  return /(?<![a-z])(?:arn:aws|aws(?![a-z])|amazonaws)/i.test(
    `${lastLine(before).slice(-80)} ${after.slice(0, 60)}`,
  );
}

/** What is called something else counts where what follows says so, and groups where their own clause does. */
function isCardStill(isPlain: boolean, label: CardLabel, before: string, after: string): boolean {
  if (isPlain) return expiryAndCodeBehind.test(after);
  if (cardDetailBehind.test(after)) return true;
  return (
    label === 'passing' && cardSign.test(/[^.,;!?\n]*$/.exec(before.slice(-80).toLowerCase())?.[0] ?? '')
  );
}

function isPlainCard(label: CardLabel, card: boolean, before: string, after: string): boolean {
  if (unitBehind.test(after) && label !== 'card') return false;
  // A number between takes the word: `Order 1234, Ann Lee, 4111…`.
  return card || !otherNumberSign.test(lastLine(before).slice(-40).replace(/^.*\d/, '').toLowerCase());
}

function isGroupedCard(
  reading: Reading,
  label: CardLabel,
  card: boolean,
  { before, value, after }: SensitiveCandidate,
): boolean {
  const { sizes, joint, wrapped } = reading;
  const isRegular = joint !== 'mixed' && isCardLayout(sizes);
  if (card) {
    const isColumn = label === 'card' && sizes.join('-') === '4-4-4-4' && /[:=][\s\u200b]*$/.test(before);
    return isRegular || !(joint === 'dot' || wrapped) || isColumn;
  }
  if (!isRegular) return false;
  // Without a word beside them, lines of numbers are a table.
  if (wrapped) return sizes.length > 2 && /\p{L}/u.test(lastLine(before));
  return !isTableOfNumbers(before, (value + after).slice(reading.length));
}

function hasCardSign(before: string, after: string): boolean {
  return cardSign.test(before.slice(-80).toLowerCase()) || cardSign.test(after.slice(0, 40).toLowerCase());
}

function lastLine(text: string): string {
  return text.slice(text.lastIndexOf('\n') + 1);
}
