import { BrokenDocumentError } from '../reading-errors.ts';
import type { OleContainer } from './ole-container.ts';

/** First word of the file information block (MS-DOC 2.5.2). */
const wordMagic = 0xa5ec;

/** Versions from Word 97 on; older ones lay their text out differently. */
const word97 = 0x00c1;

/** Places in the file information block of Word 97 and later (MS-DOC 2.5.1 to 2.5.6). */
const place = { version: 2, flags: 10, lengths: 64, associations: 0x019a, pieces: 0x01a2 } as const;
const isEncrypted = 0x0100;
const usesTable1 = 0x0200;

/** Stories in the order of their text, with the places of their lengths after `place.lengths`. */
const stories = [
  ['body', 12],
  ['footnotes', 16],
  ['headers', 20],
  ['macros', 24],
  ['comments', 28],
  ['endnotes', 32],
  ['text boxes', 36],
  ['text boxes of headers', 40],
] as const;

export interface Story {
  readonly part: string;
  /** As stored, with the characters by which Word marks cells, fields and objects. */
  readonly text: string;
}

/** A Word document in the binary format of Word 97 to 2003 (MS-DOC) within its OLE container. */
export class BinaryWordDocument {
  readonly container: OleContainer;
  readonly #main: Buffer;
  readonly #flags: number;

  private constructor(container: OleContainer) {
    this.container = container;
    this.#main = container.stream('WordDocument');
    if (this.#main.length < 32 || this.#main.readUInt16LE(0) !== wordMagic)
      throw new BrokenDocumentError('its main stream is no Word document');
    this.#flags = this.#main.readUInt16LE(place.flags);
  }

  /** The document in a container, or undefined where the container is something else. */
  static in(container: OleContainer): BinaryWordDocument | undefined {
    return container.has('WordDocument') ? new BinaryWordDocument(container) : undefined;
  }

  get encrypted(): boolean {
    return (this.#flags & isEncrypted) !== 0;
  }

  /** Whether it was written by a Word older than 97. */
  get outdated(): boolean {
    return this.#main.readUInt16LE(place.version) < word97;
  }

  /** The template that opens with the document: a path or a URL; empty where none is named (MS-DOC 2.9.266, entry 1). */
  get template(): string {
    const strings = this.#tableAt(place.associations);
    if (strings.length < 8 || strings.readUInt16LE(0) !== 0xffff) return '';
    const skipped = strings.readUInt16LE(6) * 2;
    const at = 8 + skipped;
    if (at + 2 > strings.length) return '';
    return strings.toString('utf16le', at + 2, at + 2 + strings.readUInt16LE(at) * 2);
  }

  /** All text, story by story; also what is hidden, deleted under change tracking, or part of a field. */
  stories(): Story[] {
    const text = this.#text();
    let start = 0;
    const found: Story[] = [];
    for (const [part, offset] of stories) {
      const length = this.#main.readUInt32LE(place.lengths + offset);
      if (length > 0) found.push({ part, text: text.slice(start, start + length) });
      start += length;
    }
    if (start > text.length) throw new BrokenDocumentError('its text is shorter than it says');
    // One paragraph mark closes the stories; anything beyond is text that no story claims.
    const rest = text.slice(start);
    if (rest.trim() !== '') found.push({ part: 'other text', text: rest });
    return found;
  }

  /** Text of all pieces in the order of the document (MS-DOC 2.4.1). */
  #text(): string {
    const pieces = this.#pieceTable();
    const count = Math.floor((pieces.length - 4) / 12);
    let text = '';
    for (let index = 0; index < count; index += 1) {
      const length = pieces.readUInt32LE((index + 1) * 4) - pieces.readUInt32LE(index * 4);
      const descriptor = pieces.readUInt32LE((count + 1) * 4 + index * 8 + 2);
      // Bit 30: one byte a character, at half the offset.
      const compressed = (descriptor & 0x40000000) !== 0;
      const offset = descriptor & 0x3fffffff;
      const start = compressed ? offset / 2 : offset;
      const end = start + (compressed ? length : length * 2);
      if (length < 0 || end > this.#main.length) throw new BrokenDocumentError('its text is cut off');
      // More characters than bytes: pieces name the same bytes again and again.
      if (text.length > this.#main.length) throw new BrokenDocumentError('its pieces of text overlap');
      const bytes = this.#main.subarray(start, end);
      text += new TextDecoder(compressed ? 'windows-1252' : 'utf-16le').decode(bytes);
    }
    return text;
  }

  /** The piece table stands after the property modifications (MS-DOC 2.9.38). */
  #pieceTable(): Buffer {
    const clx = this.#tableAt(place.pieces);
    let at = 0;
    while (clx[at] === 1) at += 3 + clx.readUInt16LE(at + 1);
    if (clx[at] !== 2) throw new BrokenDocumentError('it has no table of its text');
    const length = clx.readUInt32LE(at + 1);
    const table = clx.subarray(at + 5, at + 5 + length);
    if (table.length < length || length < 16)
      throw new BrokenDocumentError('the table of its text is cut off');
    return table;
  }

  #tableAt(position: number): Buffer {
    const stream = this.container.stream((this.#flags & usesTable1) !== 0 ? '1Table' : '0Table');
    const start = this.#main.readUInt32LE(position);
    const length = this.#main.readUInt32LE(position + 4);
    if (start + length > stream.length) throw new BrokenDocumentError('its table stream is cut off');
    return stream.subarray(start, start + length);
  }
}
