import { walkXml } from '../walk-xml.ts';

/** Text of one part of a package. */
export interface PartText {
  /** Text as it reads: runs of a paragraph joined, paragraphs and cells apart. */
  readonly text: string;
  /** Text boxes, which show as well. */
  readonly boxes: string;
  /** What stands beside it: deleted text, instructions of fields, descriptions of pictures. */
  readonly asides: string;
}

/** Root elements of parts that are laid out in paragraphs (ECMA-376 part 1, clause 11.3). */
const wordRoots = new Set([
  'document',
  'hdr',
  'ftr',
  'footnotes',
  'endnotes',
  'comments',
  'glossaryDocument',
]);

/** Elements that stand for characters. */
const characters: Readonly<Record<string, string>> = {
  tab: '\t',
  ptab: '\t',
  br: '\n',
  cr: '\n',
  noBreakHyphen: '-',
};

/** Attributes that people fill with text: descriptions of pictures, titles, values of controls, instructions. */
const textAttributes = ['descr', 'title', 'alt', 'instr', 'displayText', 'string', 'author'];

/** Elements whose value is text: of lists, of variables, of form fields and their help. */
const textElements = new Set(['lvlText', 'docVar', 'default', 'statusText', 'helpText']);

/** Text whose own runs belong together, but that must not cut the text around it. */
const asideElements: Readonly<Record<string, string>> = {
  delText: 'deleted',
  instrText: 'instruction',
  delInstrText: 'instruction',
};

/** Reads all text of one XML part. In parts of another vocabulary every element is a line of its own. */
export function readWordPart(bytes: Uint8Array): PartText {
  const reader = new PartReader();
  walkXml(bytes, {
    open: (name, attributes) => reader.open(name, attributes),
    close: name => reader.close(name),
    text: text => reader.text(text),
  });
  return reader.result();
}

class PartReader {
  /** The text around, and one more for each text box within a text box. */
  readonly #layers: string[][] = [[]];
  /** Text boxes are often there twice, in the newer and the older vocabulary. */
  readonly #boxes = new Set<string>();
  readonly #beside = { deleted: '', instruction: '' };
  readonly #path: string[] = [];
  #boxText = '';
  #asides = '';
  #inParagraphs = false;

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    if (this.#path.length === 0) this.#inParagraphs = wordRoots.has(name);
    this.#path.push(name);
    for (const key of textElements.has(name) ? [...textAttributes, 'val'] : textAttributes) {
      const value = attributes[key];
      if (value !== undefined && value.trim() !== '') this.#asides += `${value}\n`;
    }
    if (name === 'txbxContent') this.#layers.push([]);
    else if (name === 'sym') this.#append(symbol(attributes['char']));
    // Tab stops of a paragraph's look are elements `tab` as well.
    else if (this.#inParagraphs && this.#path.at(-2) !== 'tabs') this.#append(characters[name] ?? '');
  }

  close(name: string): void {
    this.#path.pop();
    if (name === 'txbxContent') this.#closeBox();
    else if (!this.#inParagraphs || name === 'p' || name === 'tr') this.#endLine();
    else if (name === 'tc') this.#append('\t');
  }

  text(text: string): void {
    const name = this.#path.at(-1) ?? '';
    const aside = asideElements[name];
    if (aside === 'deleted' || aside === 'instruction') this.#beside[aside] += text;
    // In paragraphs, the text of other elements is of the layout: positions and sizes of pictures.
    else if (name === 't' || (!this.#inParagraphs && text.trim() !== '')) this.#append(text);
  }

  result(): PartText {
    this.#endLine();
    const text = this.#layers.map(pieces => pieces.join('')).join('\n');
    return { text, boxes: this.#boxText, asides: this.#asides };
  }

  #append(text: string): void {
    if (text !== '') this.#layers.at(-1)?.push(text);
  }

  #endLine(): void {
    const last = this.#layers.at(-1)?.at(-1);
    if (last !== undefined && !last.endsWith('\n')) this.#append('\n');
    for (const kind of ['deleted', 'instruction'] as const) {
      if (this.#beside[kind] !== '') this.#asides += `${this.#beside[kind]}\n`;
      this.#beside[kind] = '';
    }
  }

  #closeBox(): void {
    this.#endLine();
    const box = this.#layers.pop()?.join('') ?? '';
    if (this.#boxes.has(box)) return;
    this.#boxes.add(box);
    this.#boxText += box;
  }
}

/** Characters of symbol fonts stand in the private area from U+F000 on. */
function symbol(hexadecimal: string | undefined): string {
  const code = Number.parseInt(hexadecimal ?? '', 16);
  if (!(code >= 0x20 && code <= 0xffff)) return '';
  return String.fromCharCode(code >= 0xf000 && code <= 0xf0ff ? code - 0xf000 : code);
}
