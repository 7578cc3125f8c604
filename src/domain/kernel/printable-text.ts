import { maskNumbers } from './mask-numbers.ts';

/**
 * What could act on a terminal, a log viewer or a reader's eye instead of being read: control, format
 * (bidirectional, zero-width), private and unassigned code points, line separators, lone surrogates, and letters
 * and patterns that show nothing.
 */
const unprintable = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** A number that begins before the cut is masked whole. */
const longestNumber = 64;

/**
 * Text from outside made safe to show on one line: card and social-security numbers masked, unprintable code points as
 * `\u{hex}`, backslashes doubled so that the form is unambiguous, the rest as it is; cut with `…` after `limit` UTF-16
 * units.
 *
 * @example printableText('a\u202Eb') // 'a\\u{202e}b'
 */
export function printableText(text: string, limit = 300): string {
  const masked = maskNumbers(text.length > limit ? text.slice(0, limit + longestNumber) : text);
  const isCut = text.length > limit;
  const escaped = (isCut ? masked.slice(0, limit) : masked)
    .replaceAll('\\', '\\\\')
    .replace(unprintable, character => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
  return isCut ? `${escaped}…` : escaped;
}
