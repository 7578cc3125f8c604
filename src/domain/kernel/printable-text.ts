/**
 * What could act on a terminal, a log viewer or a reader's eye instead of being read: control, format
 * (bidirectional, zero-width), private and unassigned code points, line separators, lone surrogates, and letters
 * and patterns that show nothing.
 */
const unprintable = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/**
 * Text from outside made safe to show on one line: unprintable code points as `\u{hex}`, backslashes
 * doubled so that the form is unambiguous, the rest as it is; cut with `…` after `limit` UTF-16 units of input.
 *
 * @example printableText('a\u202Eb') // 'a\\u{202e}b'
 */
export function printableText(text: string, limit = 300): string {
  const shown = text.length > limit ? text.slice(0, limit) : text;
  const escaped = shown
    .replaceAll('\\', '\\\\')
    .replace(unprintable, character => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
  return text.length > limit ? `${escaped}…` : escaped;
}
