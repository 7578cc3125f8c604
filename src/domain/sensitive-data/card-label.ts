import {
  cardCompound,
  cardPart,
  cardSign,
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
  if (answersCard(before)) return 'card';
  if (/track[ _]?[12][\s\u200b"':=]*$/i.test(before)) return 'card';
  const own = labelOfText(before);
  const first = own === 'none' ? beforeList(before) : undefined;
  return first === undefined ? own : labelOfText(first);
}

function labelOfText(before: string): CardLabel {
  return (
    labelOfPath(before) ?? labelOfCjk(before) ?? labelOfHeading(before) ?? labelOfWords(valueLabel(before))
  );
}

/** One number of a list and what parts it from the next; or the sign before an item. */
const listItem =
  /(?:(?<![0-9])[0-9]{12,19}["']?\s*(?:[,;&|]|(?<=\s)(?:and|or|und|oder|et|y|e)(?=\s)|\n)|\n)[ \u200b]*(?:[-*•]|[0-9]{1,3}[.)])?\s*["']?$/;

/** What stands before a list of whole numbers: what the first is called, all are. */
function beforeList(before: string): string | undefined {
  let rest = before;
  for (let item = listItem.exec(rest); item !== null; item = listItem.exec(rest)) {
    rest = rest.slice(0, item.index);
    // Only the first sign may have no number before it: `Orders:`, a line break, `1.`
    if (!/[0-9]/.test(item[0].slice(0, 1))) return `${rest}\n`;
  }
  return rest === before ? undefined : rest;
}

/** What a line says right behind the question for a card: `Card number?`, `Customer: 4111…`. */
function answersCard(before: string): boolean {
  const question = /(?:^|\n)([^\n]*)\?["\s\u200b]*\n[^\n\d?]{0,32}: ?$/.exec(before)?.[1];
  return question !== undefined && cardSign.test(question.toLowerCase());
}

/** A step of a path or URL is an id, unless the path speaks of payments. */
function labelOfPath(before: string): CardLabel | undefined {
  const path = /(?<![^\s"'`(<>=,])(?:[a-z][a-z+.-]{1,10}:\/\/|\/(?=[\p{L}\d]))[^\s"'`<>?#=]{1,120}\/$/iu.exec(
    before,
  )?.[0];
  if (path === undefined) return undefined;
  return /card|pay|charge|billing|checkout|(?:^|\/)(?:pan|cc)\//i.test(path) ? 'none' : 'other';
}

/** `Order number  Date  Total`: of titles that only blanks part, the first is that of what begins the line below. */
function labelOfHeading(before: string): CardLabel | undefined {
  const titles =
    /(?:^|\n)[ \u200b]*((?:\p{L}[^\s\d.!?:,;]*[ #\u200b]+){1,6}\p{L}[^\s\d.!?:,;]*)[\s\u200b]*\n[ \u200b]*$/u.exec(
      before,
    )?.[1];
  if (titles === undefined || cardSign.test(titles.toLowerCase())) return undefined;
  return otherNumberWord.test(/^\p{L}+/u.exec(titles.toLowerCase())?.[0] ?? '') ? 'passing' : undefined;
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
  if (/^ids?$/.test(nearest)) return cardWord.test(second) ? ofCard(words.slice(1)) : 'other';
  if (otherCardWord.test(nearest)) return 'other';
  if (cardWord.test(nearest) || cardCompound.test(nearest)) return ofCard(words);
  if (/^(?:account|acct)$/.test(nearest)) return otherAccount.test(second) ? 'other' : 'none';
  const isOther = otherNumberWord.test(nearest) || otherNumberWord.test(nearest.replace(/s$/, ''));
  const another = isOther || numberCompound.test(nearest);
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
