/** The end of a file or of a revision (ISO 32000-2, 7.5.5). */
const endOfRevision = /startxref\s+\d+\s*%%EOF/g;

/** What a later revision begins with. */
const structure = /\d+\s+\d+\s+obj\b|\bxref\b|startxref/;

/** PDF's white space, with which files are padded. */
const onlySpace = /^[\0\t\n\f\r ]*$/;

/**
 * What stands where no reader of PDF looks: before the header, and after the end of the file or of one of its revisions.
 *
 * @param text The file, one byte a character.
 */
export function outsideObjects(text: string): { readonly head: string; readonly tails: readonly string[] } {
  const header = text.indexOf('%PDF-');
  const ends = [...text.matchAll(endOfRevision)].map(({ 0: mark, index }) => index + mark.length);
  const last = text.lastIndexOf('%%EOF');
  if (last >= 0 && !ends.includes(last + 5)) ends.push(last + 5);
  const tails = ends.toSorted((a, b) => a - b).map(end => upToStructure(text, end));
  return { head: trimmed(text.slice(0, Math.max(0, header))), tails: tails.filter(tail => tail !== '') };
}

function upToStructure(text: string, start: number): string {
  const next = structure.exec(text.slice(start, start + 1_000_000))?.index;
  return trimmed(text.slice(start, next === undefined ? text.length : start + next));
}

function trimmed(text: string): string {
  return onlySpace.test(text) ? '' : text.replace(/^[\0\t\n\f\r ]+/, '');
}
