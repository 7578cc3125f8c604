import { printableText } from '../kernel/printable-text.ts';
import { TrailRulesError } from './trail-rules-error.ts';

/** Bytes of a rules file: room for the most rules, of some 400 bytes each. */
export const mostRulesBytes = 4 * 2 ** 20;

/** Objects and lists within one another. What CloudTrail writes has some ten. */
const deepest = 100;

/** Elements of one list. */
export const longestList = 10_000;

/**
 * What a rules file holds: the value itself, or its JSON as text or UTF-8 bytes. Nothing in it is deeper than the code
 * that walks through it could bear.
 *
 * @throws {TrailRulesError} where it is too large or too deep, is no JSON, or has a key twice in one object.
 */
export function rulesContent(file: unknown): unknown {
  if (typeof file !== 'string' && !(file instanceof Uint8Array)) {
    assertBounds(file);
    return file;
  }
  const bytes = typeof file === 'string' ? Buffer.byteLength(file) : file.byteLength;
  if (bytes > mostRulesBytes) {
    throw new TrailRulesError([`the text has ${bytes} bytes, and may have ${mostRulesBytes}`]);
  }
  const text = (typeof file === 'string' ? file : utf8Of(file)).replace(/^\ufeff/, '');
  const content = parsed(text);
  assertBounds(content);
  // Of two keys of one name, JSON.parse keeps the second without a word: rules would vanish.
  const repeated = repeatedKey(text);
  if (repeated !== undefined) throw new TrailRulesError([repeated]);
  return content;
}

function utf8Of(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new TrailRulesError(['the text is not UTF-8'], { cause: error });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The rest of the message may quote the text.
    const place = /at position \d+(?: \(line \d+ column \d+\))?/.exec(String(error))?.[0];
    throw new TrailRulesError([`the text is not JSON${place === undefined ? '' : `, ${place}`}`], {
      cause: error,
    });
  }
}

/** Level by level: a recursion could overflow the stack before it could tell. */
function assertBounds(content: unknown): void {
  let level = new Set([content].filter(isContainer));
  for (let depth = 1; level.size > 0; depth += 1) {
    if (depth > deepest) {
      throw new TrailRulesError([`objects and lists stand more than ${deepest} deep in one another`]);
    }
    for (const list of level) {
      if (Array.isArray(list) && list.length > longestList) {
        throw new TrailRulesError([`a list has ${list.length} elements, and may have ${longestList}`]);
      }
    }
    level = new Set([...level].flatMap(container => Object.values(container).filter(isContainer)));
  }
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** An object or list that is being read. */
interface OpenContainer {
  /** Of an object, so far. */
  readonly keys: Set<string> | undefined;
  /** What is being read, in the form of a path. */
  place: string;
  /** Of the element, in a list. */
  index: number;
}

/** The first key that a text of valid JSON has twice in one object, and where. */
function repeatedKey(text: string): string | undefined {
  const open: OpenContainer[] = [];
  let string = '';
  for (let at = 0; at < text.length; at += 1) {
    const current = open.at(-1);
    const character = text[at];
    if (character === '"') {
      const end = endOfString(text, at);
      string = text.slice(at, end);
      at = end - 1;
    } else if (character === '{') open.push({ keys: new Set(), place: '', index: 0 });
    else if (character === '[') open.push({ keys: undefined, place: '[0]', index: 0 });
    else if (character === '}' || character === ']') open.pop();
    else if (character === ',' && current !== undefined) {
      current.index += 1;
      current.place = `[${current.index}]`;
    } else if (character === ':' && current?.keys !== undefined) {
      const key = valueOfString(string);
      if (current.keys.has(key)) return repetition(open, key);
      current.keys.add(key);
      current.place = `.${key}`;
    }
  }
  return undefined;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function valueOfString(string: string): string {
  return string.includes('\\') ? String(JSON.parse(string)) : string.slice(1, -1);
}

function repetition(open: readonly OpenContainer[], key: string): string {
  const path = open.slice(0, -1).map(({ place }) => place);
  const where = printableText(path.join('').replace(/^\./, ''));
  return `${where === '' ? '' : `${where}: `}the key "${printableText(key, 128)}" stands twice`;
}
