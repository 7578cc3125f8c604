/** A string, a mark of structure, or another value: all that JSON is made of beside blanks. */
const token = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+/gs;

const opening: ReadonlySet<string> = new Set('{[');
const closing: ReadonlySet<string> = new Set('}]');

/**
 * The text of a member of a JSON object, as it was written: numbers that JavaScript rounds keep their digits. Of several
 * of that name the last one, as `JSON.parse` has it; `undefined` where there is none.
 *
 * @param json The text of an object that `JSON.parse` takes.
 */
export function jsonMemberText(json: string, name: string): string | undefined {
  let found: string | undefined;
  let depth = 0;
  let member: string | undefined;
  let valueAt = 0;
  for (const { 0: text, index } of json.matchAll(token)) {
    depth -= Number(closing.has(text));
    const endsMember = (depth === 1 && text === ',') || depth === 0;
    if (endsMember && member !== undefined) {
      if (JSON.parse(member) === name) found = json.slice(valueAt, index).trim();
      member = undefined;
    } else if (depth === 1 && text === ':') {
      valueAt = index + 1;
    } else if (depth === 1 && member === undefined) {
      member = text;
    }
    depth += Number(opening.has(text));
  }
  return found;
}
