/**
 * Characters but space below which the text beside a picture is no more than a page number, a line of a fax machine or
 * a caption: what the picture shows was not read.
 */
export const fewCharacters = 50;

/** Characters of a text but space. */
export function countCharacters(text: string): number {
  return text.replaceAll(/\s+/g, '').length;
}
