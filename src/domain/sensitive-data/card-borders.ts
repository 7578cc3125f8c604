import { cardIssuer, passesLuhn } from '../kernel/payment-card-number.ts';
import { type DigitSpan, digitSpans, isCardLayout, jointOf } from './card-run.ts';
import { cardWord, otherNumberWord } from './card-words.ts';

/** What is known of the text around a number, besides its borders. */
export interface CardEvidence {
  /** A card word is its label, or stands near. */
  readonly card: boolean;
  /** Units since the last card found; `undefined` where there is none in reach. */
  readonly sinceLast: number | undefined;
}

/** Whether a number begins where it seems to: it is no part of a longer number, a word, an amount or a token. */
export function beginsHere(before: string, span: DigitSpan, evidence: CardEvidence): boolean {
  if (before === '' || evidence.sinceLast === 0) return true;
  return (
    !continuesNumber(before, span, evidence) &&
    isBorderBefore(before.replace(/\u200b+$/, ''), span, evidence.card)
  );
}

/** Whether it ends where it seems to. */
export function endsHere(after: string, span: DigitSpan, evidence: CardEvidence): boolean {
  return (
    !isContinued(after, span, evidence.card) &&
    isBorderAfter(after.replace(/^\u200b+/, ''), span, evidence.card)
  );
}

function continuesNumber(before: string, span: DigitSpan, evidence: CardEvidence): boolean {
  if (isWithinIban(before, span)) return true;
  if (span.joint === 'blank' && (dateOrAmountBefore.test(before.slice(-40)) || isNumberOfWord(before, span)))
    return false;
  const neighbour = /([^\s\u200b]?)((?<![0-9])[0-9]{1,20})([ .\-_\r\n\u200b]{1,14})$/.exec(before.slice(-40));
  if (neighbour === null) return false;
  const [, sign = '', digits = '', separator = ''] = neighbour;
  const joint = jointOf(separator);
  if (joint === undefined || evidence.sinceLast === separator.length) return false;
  if (joint === 'none') return true;
  // `Order #12345 - 4111…`: a dash with blanks parts what is written otherwise.
  if (/^ - $/.test(separator) && span.joint !== 'dash') return false;
  if (joint === 'line' || joint === 'blank') {
    if (joint !== span.joint) return sign === '+' && joint === 'blank';
    // An ordinal, a quantity or the month and year of another date may stand before the groups of a card.
    return digits.length > 3 || /[+(.\-\p{L}]/u.test(sign);
  }
  return joint === span.joint || !evidence.card;
}

const months = '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\\.?';
const date = `[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}([./-])[0-9]{1,2}\\1(?:[0-9]{2}){1,2}|${months} [0-9]{1,2},? [0-9]{4}|[0-9]{1,2}\\.? ${months} [0-9]{2,4}`;
const amount = '[0-9]{1,3}(?:[.,][0-9]{3}){0,3}[.,][0-9]{2}';
/** A whole date or amount beside a number is no group of it. */
const dateOrAmountBefore = new RegExp(`(?<![0-9][.,/-]?)(?:${date}|${amount}) {1,2}$`, 'i');
const dateOrAmountBehind = new RegExp(`^ {1,2}(?:${date}|${amount})(?![0-9]|[.,/-][0-9])`, 'i');

/** `Room 1204 4111 …`: the number of a word, before four groups of four. */
function isNumberOfWord(before: string, { sizes }: DigitSpan): boolean {
  const word = /(?<![\p{L}\d])(\p{L}{3,20}) [0-9]{4,5} $/u.exec(before.slice(-40))?.[1];
  return word !== undefined && sizes.join('-') === '4-4-4-4' && !otherNumberWord.test(word.toLowerCase());
}

/** Groups behind a country code and check digits belong to an account number, even where that is not valid. */
function isWithinIban(before: string, span: DigitSpan): boolean {
  return (
    span.joint !== 'none' &&
    /(?<![A-Za-z0-9])[A-Z]{2}[0-9]{2}(?:[ -]?[A-Z0-9]{4}){0,7}[ -]$/.test(before.slice(-48))
  );
}

function isBorderBefore(before: string, span: DigitSpan, card: boolean): boolean {
  const last = before.at(-1) ?? ' ';
  const previous = before.at(-2) ?? ' ';
  if (/[\p{L}\d]/u.test(last)) return isWordBefore(before);
  if (last === '-' || last === '_') return isPrefix(before.slice(0, -1), span, card);
  if (last === '.') return /[\p{L}.]/u.test(previous);
  if (/\p{L}\d{1,2}=$/u.test(before)) return true;
  if (last === '=' || last === '/' || last === '^') return !/\d/.test(previous) || card;
  // A field of a SWIFT message: `:20:…`.
  if (/(?<!\S):\d\d[A-Z]?:$/.test(before)) return false;
  if (last === ':') return !/[\da-f]/i.test(previous) || card || /[a-z]{3}:$/i.test(before);
  // A mention in a chat: `<@…>`, `<#…>`.
  if (/<[@#][!&]?$/.test(before)) return false;
  if (last === '@') return !/[\p{L}\d]/u.test(previous);
  return !/[+$€£¥₹±≈]/.test(last);
}

/** A card word glued to the number (`Visa4111…`), or the format code of a magnetic stripe's first track (`%B4111…`). */
function isWordBefore(before: string): boolean {
  const word = /[\p{L}\d]+$/u.exec(before)?.[0] ?? '';
  if (word === 'B' && (before.at(-2) === '%' || before.at(-2) === ';')) return true;
  if (/[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]$/u.test(word)) return true;
  const parts = word.match(/\p{Lu}?\p{Ll}+|\p{Lu}+(?!\p{Ll})|\d+/gu) ?? [];
  return isCardWord(parts.at(-1) ?? '') || /^(?:no|nr|num|number)$/i.test(parts.at(-1) ?? '');
}

function isCardWord(word: string): boolean {
  return cardWord.test(word.toLowerCase());
}

/** What a hyphen or underscore may tie to a number: a word, but no code of letters and digits. */
function isPrefix(before: string, span: DigitSpan, card: boolean): boolean {
  const token = /[\p{L}\d]+$/u.exec(before)?.[0] ?? '';
  if (token === '' || isCardWord(token)) return true;
  if (/\d/.test(token) || /^\p{Lu}{1,5}$/u.test(token)) return false;
  if (otherNumberWord.test(token.toLowerCase())) return false;
  return span.joint !== 'dash' || card;
}

/** Whether more groups follow in the same way, so that the number is longer than a card's. */
function isContinued(after: string, span: DigitSpan, card: boolean): boolean {
  const next = /^([ .\-_\r\n\u200b]{1,14})([0-9]+)/.exec(after);
  if (next === null) return false;
  const [all, separator = '', digits = ''] = next;
  const joint = jointOf(separator);
  if (joint === undefined || joint === 'line') return false;
  if (joint === 'none') return true;
  if (joint === 'blank' && dateOrAmountBehind.test(after)) return false;
  const rest = after.slice(all.length);
  const isExpiry = /^(?:0[1-9]|1[0-2])(?:[2-4]\d)?$/.test(digits) && !/^[ -]?\d{4}/.test(rest);
  if (joint === 'blank')
    return joint === span.joint && !isExpiry && isNextGroup(after, rest, digits, span, card);
  const isCode = span.joint === 'none' && digits.length === 3 && !/^[-_]?[\p{L}0-9]/u.test(rest);
  return !(isExpiry || isCode || (card && joint !== span.joint)) || joint === 'dot';
}

/** Whether a group behind others is one of the same number, and no code, house number or next card. */
function isNextGroup(after: string, rest: string, digits: string, span: DigitSpan, card: boolean): boolean {
  if (digits.length <= 3 || (card && !/^ {1,2}[0-9]{4}(?![0-9])/.test(rest))) return false;
  // Behind four groups of four only one more of four goes on.
  if (span.sizes.join('-') === '4-4-4-4' && digits.length !== 4) return false;
  return !startsCards(/^ *([^\n]*)/.exec(after)?.[1] ?? '');
}

/** Whether groups are cards to the last one in sight. */
function startsCards(text: string): boolean {
  return digitSpans(text).some(
    span =>
      (span.sizes.length === 1 || isCardLayout(span.sizes)) &&
      passesLuhn(span.digits) &&
      cardIssuer(span.digits) !== undefined &&
      !isContinued(text.slice(span.length), span, false),
  );
}

function isBorderAfter(after: string, span: DigitSpan, card: boolean): boolean {
  const first = after.charAt(0);
  // The last group is the month of a date.
  if (/^\/\d/.test(after) && !(card && /^\/(?:0[1-9]|1[0-2])[2-4]\d(?!\d)/.test(after)))
    return span.sizes.length === 1 || (span.sizes.at(-1) ?? 0) > 2;
  if (/\p{L}/u.test(first)) {
    const word = /^\p{L}+/u.exec(after)?.[0] ?? '';
    return (
      /^(?:exp|cvv|cvc|cid|valid)/i.test(word) ||
      isCardWord(word) ||
      isLiteralSuffix(after, span) ||
      (card && /^D[0-9]{2}(?:0[1-9]|1[0-2])[0-9]{3}/.test(after)) ||
      /^[\u3040-\u9fff\uac00-\ud7af]/u.test(word)
    );
  }
  if (first === '%') return false;
  if (first === '.') return !/^\.(?:\d|(?:jpe?g|png|gif|heic|webp|mp4|mov)(?![a-z]))/i.test(after);
  if (first === '-' || first === '_') {
    const token = /^[-_]([\p{L}\d]*)/u.exec(after)?.[1] ?? '';
    return !/\d/.test(token) || card || /^(?:(?:0[1-9]|1[0-2])(?:[2-4]\d)?|\d{3})$/.test(token);
  }
  return first !== '@';
}

/** What C, Java and JavaScript write behind a long number. */
function isLiteralSuffix(after: string, span: DigitSpan): boolean {
  return span.joint === 'none' && /^(?:U?L{1,2}|n)(?![\p{L}\d])/u.test(after);
}
