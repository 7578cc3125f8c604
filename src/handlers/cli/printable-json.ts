/** Controls, format characters, separators, lone surrogates: what a terminal or a log viewer may act on. */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** JSON that reads back as the same value and is safe to show: what cannot be seen is written as `\u202e`. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(unprintable, character =>
    Array.from({ length: character.length }, (_, index) => escapeUnit(character.charCodeAt(index))).join(''),
  );
}

function escapeUnit(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}
