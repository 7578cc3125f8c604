/** Markup that is already escaped, so that it is never escaped twice. */
export interface Xml {
  readonly markup: string;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const characters: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** One element; text is escaped, control characters become character references as in the answers of S3. */
export function element(
  name: string,
  ...content: readonly (string | number | boolean | Xml | undefined)[]
): Xml {
  const inner = content
    .filter(part => part !== undefined)
    .map(part => (typeof part === 'object' ? part.markup : escapeText(String(part))))
    .join('');
  return { markup: `<${name}>${inner}</${name.split(' ', 1)[0]}>` };
}

/** The document with this root element; `namespace` marks the successful answers of S3. */
export function xmlDocument(root: Xml, namespace = false): string {
  const markup = namespace
    ? root.markup.replace(/^<(\w+)/, '<$1 xmlns="http://s3.amazonaws.com/doc/2006-03-01/"')
    : root.markup;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${markup}`;
}

/**
 * The inner markup of each element of that name, to the first end tag; enough for the small, flat documents that S3
 * takes. It only ever reads forward, so that even a document of start tags alone takes linear time.
 */
export function elementsNamed(markup: string, name: string): string[] {
  const start = new RegExp(`<${name}(?:\\s[^<>]*)?/?>`, 'g');
  const end = new RegExp(`</${name}\\s*>`, 'g');
  const found: string[] = [];
  for (let open = start.exec(markup); open !== null; open = start.exec(markup)) {
    if (open[0].endsWith('/>')) {
      found.push('');
      continue;
    }
    end.lastIndex = start.lastIndex;
    const close = end.exec(markup);
    if (close === null) break;
    found.push(markup.slice(start.lastIndex, close.index));
    start.lastIndex = end.lastIndex;
  }
  return found;
}

/** The text of the first element of that name. */
export function textOf(markup: string, name: string): string | undefined {
  const [inner] = elementsNamed(markup, name);
  return inner === undefined ? undefined : unescapeText(inner);
}

function escapeText(text: string): string {
  return text
    .replace(/[&<>"]/g, character => entities[character] ?? character)
    .replace(/[\x00-\x08\x0b-\x1f\x7f]/g, character => `&#x${character.charCodeAt(0).toString(16)};`);
}

function unescapeText(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return characters[name] ?? whole;
    const codePoint = hex === undefined ? Number.parseInt(decimal, 10) : Number.parseInt(hex, 16);
    return codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : whole;
  });
}
