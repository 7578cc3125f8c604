/** Above so many UTF-16 units a piece is searched for with a table, so that no text makes the search slow. */
const longestPlainPiece = 64;

/** The same where the text is longer: one that repeats the beginning of a piece is slow to search without. */
const longestPlainText = 1024;

/** The texts between the asterisks of a wildcard; or why it is none. `\*` is an asterisk and `\\` a backslash. */
export function readWildcard(text: string): readonly string[] | { readonly fault: string } {
  const pieces: string[] = [];
  let piece = '';
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charAt(at);
    if (unit === '*') {
      if (text.charAt(at + 1) === '*') return { fault: `two asterisks in a row, at ${at}` };
      pieces.push(piece);
      piece = '';
    } else if (unit === '\\') {
      at += 1;
      const escaped = text.charAt(at);
      if (escaped !== '*' && escaped !== '\\') {
        return { fault: `a backslash stands before an asterisk or a backslash only, at ${at - 1}` };
      }
      piece += escaped;
    } else piece += unit;
  }
  pieces.push(piece);
  return pieces;
}

/** Whether a text fits the pieces of a wildcard, in time linear in both. */
export function compileWildcard(pieces: readonly string[]): (text: string) => boolean {
  const [start = '', ...rest] = pieces;
  const end = rest.pop();
  if (end === undefined) return text => text === start;
  const searches = rest.filter(piece => piece !== '').map(compileSearch);
  const shortest = pieces.reduce((sum, piece) => sum + piece.length, 0);
  return text => {
    if (text.length < shortest || !text.startsWith(start) || !text.endsWith(end)) return false;
    let at = start.length;
    for (const search of searches) {
      at = search(text, at);
      if (at === -1) return false;
    }
    return at <= text.length - end.length;
  };
}

/** Where the first occurrence of a piece, looked for from an index on, ends; -1 where there is none. */
function compileSearch(piece: string): (text: string, from: number) => number {
  const { length } = piece;
  let table: SearchTable | undefined;
  return (text, from) => {
    if (length <= longestPlainPiece && text.length <= longestPlainText) {
      const found = text.indexOf(piece, from);
      return found === -1 ? -1 : found + length;
    }
    table ??= searchTableOf(piece);
    return searchBy(table, text, from);
  };
}

interface SearchTable {
  readonly units: Uint16Array;
  /** For each start of the piece, the length of the longest other start that it ends with (Knuth, Morris and Pratt). */
  readonly fallbacks: Uint32Array;
}

function searchBy({ units, fallbacks }: SearchTable, text: string, from: number): number {
  const { length } = text;
  let matched = 0;
  for (let at = from; at < length; at += 1) {
    const unit = text.charCodeAt(at);
    while (matched > 0 && units[matched] !== unit) matched = fallbacks[matched - 1] ?? 0;
    if (units[matched] === unit) matched += 1;
    if (matched === units.length) return at + 1;
  }
  return -1;
}

function searchTableOf(piece: string): SearchTable {
  const units = new Uint16Array(piece.length);
  for (let at = 0; at < piece.length; at += 1) units[at] = piece.charCodeAt(at);
  const fallbacks = new Uint32Array(piece.length);
  let matched = 0;
  for (let at = 1; at < piece.length; at += 1) {
    while (matched > 0 && units[matched] !== units[at]) matched = fallbacks[matched - 1] ?? 0;
    if (units[matched] === units[at]) matched += 1;
    fallbacks[at] = matched;
  }
  return { units, fallbacks };
}
