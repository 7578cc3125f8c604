/** A name out of a document, fit for a report: one short line, digits past the sixth in a row masked. */
export function printable(name: string): string {
  return name
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, '?')
    .replaceAll(/(?<=\d{6})\d/g, '*')
    .slice(0, 80)
    .toWellFormed();
}
