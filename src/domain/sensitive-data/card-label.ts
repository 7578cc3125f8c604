import {
  cardCompound,
  cardPart,
  cardWord,
  cjkCard,
  cjkNumber,
  numberCompound,
  otherAccount,
  otherCard,
  otherCardWord,
  otherCjkCard,
  otherNumberWord,
  otherWhereLabel,
  payingWord,
  purposeWord,
  schemeWord,
  unspecificWord,
} from './card-words.ts';
import type { SensitiveCandidate } from './sensitive-kind.ts';
import { titleLabel, type ValueLabel, valueLabel } from './value-label.ts';

/** What a number is called: a card, something else, something else in passing (`payment for order …`), or nothing. */
export type CardLabel = 'card' | 'other' | 'passing' | 'none';

/** What a number is called by the title of its column, its path or the words before it. */
export function cardLabel({ before, columnTitle }: SensitiveCandidate): CardLabel {
  if (columnTitle !== undefined) {
    const titled = labelOfCjk(columnTitle) ?? labelOfWords(titleLabel(columnTitle));
    if (titled !== 'none') return titled;
  }
  if (/track[ _]?[12][\s\u200b"':=]*$/i.test(before)) return 'card';
  return labelOfPath(before) ?? labelOfCjk(before) ?? labelOfWords(valueLabel(before));
}

/** A step of a path or URL is an id, unless the path speaks of payments. */
function labelOfPath(before: string): CardLabel | undefined {
  const path = /(?<![^\s"'`(<>=,])(?:[a-z][a-z+.-]{1,10}:\/\/|\/(?=[\p{L}\d]))[^\s"'`<>?#=]{1,120}\/$/iu.exec(
    before,
  )?.[0];
  if (path === undefined) return undefined;
  return /card|pay|charge|billing|checkout|(?:^|\/)(?:pan|cc)\//i.test(path) ? 'none' : 'other';
}

/** Where no blanks part words, what is numbered stands right before the word for a number. */
function labelOfCjk(before: string): CardLabel | undefined {
  const named = cjkNumber.exec(before);
  if (named === null) return undefined;
  const name = /[\p{Lo}\p{Lm}]*$/u.exec(before.slice(0, named.index))?.[0] ?? '';
  if (name === '') return undefined;
  return cjkCard.test(name) && !otherCjkCard.test(name) ? 'card' : 'other';
}

/** The nearest word decides; an id is what the word before it says. */
function labelOfWords(label: ValueLabel): CardLabel {
  const { words } = label;
  const [nearest = '', second = ''] = words;
  if (/^ids?$/.test(nearest)) return cardWord.test(second) ? 'card' : 'other';
  if (otherCardWord.test(nearest)) return 'other';
  if (cardWord.test(nearest) || cardCompound.test(nearest)) return ofCard(words);
  if (/^(?:account|acct)$/.test(nearest)) return otherAccount.test(second) ? 'other' : 'none';
  const another = otherNumberWord.test(nearest) || numberCompound.test(nearest);
  return another ? ofAnother(label) : ofPlainWord(label);
}

function ofAnother({ words, numbered, assigned }: ValueLabel): CardLabel {
  if (numbered) return 'other';
  if (isPurposeOfCard(words)) return 'card';
  return assigned ? 'other' : 'passing';
}

/** Whatever has a number, a code or a sign of its own is no card, but for words that do not say what it is. */
function ofPlainWord({ words, numbered, assigned }: ValueLabel): CardLabel {
  const [nearest = ''] = words;
  const isNamed = words.some(word => cardWord.test(word));
  if (otherWhereLabel.test(nearest)) {
    if (numbered) return 'other';
    if (isNamed) return 'card';
    return assigned ? 'other' : 'none';
  }
  if (!numbered || unspecificWord.test(nearest)) return 'none';
  return isNamed ? 'card' : 'other';
}

function ofCard(words: readonly string[]): CardLabel {
  if (words.some(word => schemeWord.test(word))) return 'card';
  return otherCard.test(words[1] ?? '') ? 'other' : 'card';
}

/** `Card details for the booking: …`; not `paid by card for order …`. */
function isPurposeOfCard(words: readonly string[]): boolean {
  const at = words.findIndex(word => purposeWord.test(word));
  if (at < 0) return false;
  const before = words.slice(at + 1).filter(word => !cardPart.test(word));
  if (!cardWord.test(before[0] ?? '')) return false;
  return !payingWord.test(before.find(word => !cardWord.test(word)) ?? '');
}
