/** Controls, bidirectional and invisible characters, separators and lone surrogates: what can spoof a terminal. */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** A text that is safe to show: what cannot be seen is written as `\u{202e}`, a backslash as `\\`. */
export function printable(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll(unprintable, character => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** JSON that says the same and is safe to show: what cannot be seen is written as `\u202e`. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(unprintable, character =>
    character
      .split('')
      .map(unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
