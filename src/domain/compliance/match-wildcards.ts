/**
 * Whether the whole text fits a pattern in which `*` stands for any run of characters, also none, and nothing else has a
 * meaning. Looks at each part of the pattern once, whatever the text.
 *
 * A `*` in the text fits only a `*` of the pattern: what fits `s3:*` as a text covers all that `s3:*` stands for.
 */
export function matchWildcards(pattern: string, text: string): boolean {
  const parts = pattern.split('*');
  const [first = '', ...others] = parts;
  const last = others.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let position = first.length;
  for (const part of others) {
    const found = text.indexOf(part, position);
    if (found === -1) return false;
    position = found + part.length;
  }
  return text.length - last.length >= position && text.endsWith(last);
}
