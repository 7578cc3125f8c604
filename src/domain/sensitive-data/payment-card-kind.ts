import { type CardIssuer, cardIssuer, maskCardNumber, passesLuhn } from '../kernel/payment-card-number.ts';
import { beginsHere, type CardEvidence, endsHere } from './card-borders.ts';
import { type DigitSpan, digitSpans, isCardLayout } from './card-run.ts';
import { cardSign, cardWord, otherNumberSign, otherNumberWord, unitBehind } from './card-words.ts';
import { isTableOfNumbers } from './number-table.ts';
import { publishedTestCardNumbers } from './published-test-card-numbers.ts';
import type { SensitiveCandidate, SensitiveKind, SensitiveMatch } from './sensitive-kind.ts';
import { labelWords, titleWords } from './value-label.ts';

/**
 * Payment card numbers: 12 to 19 digits of an issuer's range with a valid check digit, whole or in groups, that
 * are no part of anything longer and that nothing beside them calls by another name.
 */
export const paymentCardKind: SensitiveKind = {
  name: 'payment-card',
  pattern: /(?<![0-9])[1-68](?:\u200b{0,8}[0-9]){3,18}(?:[ .\-_\r\n\u200b]{1,14}[0-9]{1,15}){0,2}/,
  longest: 240,
  check: checkCard,
};

interface Reading extends DigitSpan {
  readonly issuer: CardIssuer;
}

type Label = 'card' | 'other' | 'none';

function checkCard(candidate: SensitiveCandidate): SensitiveMatch | undefined {
  const run = candidate.value + candidate.after;
  const readings = digitSpans(run).flatMap((span): Reading[] => {
    const issuer = passesLuhn(span.digits) ? cardIssuer(span.digits) : undefined;
    return issuer === undefined ? [] : [{ ...span, issuer }];
  });
  // Most numbers end here, before their surroundings are looked at.
  if (readings.length === 0) return undefined;
  const label = labelOf(candidate);
  const reading = readings
    .toSorted((a, b) => preference(b) - preference(a))
    .find(one => isCard(one, label, run.slice(one.length), candidate));
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

/** Of several readings, the one in groups as on a card, on one line and of one separator; then the longest. */
function preference({ sizes, joint, wrapped, digits }: Reading): number {
  const shape = (wrapped ? 0 : 128) + (joint === 'mixed' ? 0 : 64);
  return shape + (sizes.length === 1 || isCardLayout(sizes) ? 32 : 0) + digits.length;
}

function isCard(reading: Reading, label: Label, after: string, candidate: SensitiveCandidate): boolean {
  const { before, sinceLast } = candidate;
  const isPublished = publishedTestCardNumbers.has(reading.digits);
  if (isPublished && !candidate.testNumbers) return false;
  const isPlain = reading.joint === 'none';
  const isNear = sinceLast !== undefined && sinceLast <= 64;
  const card = label === 'card' || isNear || isPublished || hasCardSign(before, after);
  if (label === 'other' && (isPlain || !hasCardSign(before, after))) return false;
  const evidence: CardEvidence = { card, sinceLast };
  if (!beginsHere(before, reading, evidence) || !endsHere(after, reading, evidence)) return false;
  if (reading.issuer.claim === 'weak' && !card) return false;
  return isPlain ? isPlainCard(label, card, before, after) : isGroupedCard(reading, card, before, after);
}

function isPlainCard(label: Label, card: boolean, before: string, after: string): boolean {
  if (unitBehind.test(after) && label !== 'card') return false;
  // A number between takes the word: `Order 1234, Ann Lee, 4111…`.
  return card || !otherNumberSign.test(lastLine(before).slice(-40).replace(/^.*\d/, '').toLowerCase());
}

function isGroupedCard(reading: Reading, card: boolean, before: string, after: string): boolean {
  const { sizes, joint, wrapped } = reading;
  const isRegular = joint !== 'mixed' && isCardLayout(sizes);
  if (card) return isRegular || !(joint === 'dot' || wrapped);
  if (!isRegular) return false;
  // Without a word beside them, lines of numbers are a table.
  if (wrapped) return sizes.length > 2 && /\p{L}/u.test(lastLine(before));
  return !isTableOfNumbers(before, after);
}

function labelOf({ before, columnTitle }: SensitiveCandidate): Label {
  if (columnTitle !== undefined) {
    const titled = labelOfWords(titleWords(columnTitle));
    if (titled !== 'none') return titled;
  }
  return labelOfWords(labelWords(before));
}

/** Cards that pay nothing, accounts that are no card's. */
const otherCard = /^(?:loyalty|library|membership|sim|gift|rewards|id|business|phone|bonus|kunden|club)$/;
const otherAccount = /^(?:bank|checking|savings|giro|aws|user|customer|client|deposit)$/;

/** The nearest word decides; an id is what the word before it says. */
function labelOfWords(words: readonly string[]): Label {
  const [nearest = '', second = ''] = words;
  if (/^ids?$/.test(nearest)) return cardWord.test(second) ? 'card' : 'other';
  if (otherNumberWord.test(nearest)) return 'other';
  if (/^(?:account|acct)$/.test(nearest)) return otherAccount.test(second) ? 'other' : 'none';
  if (!cardWord.test(nearest)) return 'none';
  return otherCard.test(second) ? 'other' : 'card';
}

function hasCardSign(before: string, after: string): boolean {
  return cardSign.test(before.slice(-80).toLowerCase()) || cardSign.test(after.slice(0, 40).toLowerCase());
}

function lastLine(text: string): string {
  return text.slice(text.lastIndexOf('\n') + 1);
}
