import { InflationMeter } from '../inflation-meter.ts';
import { hasExecutableName, looksExecutable } from '../looks-executable.ts';
import type { ReadingBounds } from '../reading-bounds.ts';
import { BrokenDocumentError } from '../reading-errors.ts';
import { decodePdfStream } from './decode-pdf-stream.ts';
import { FontWatch } from './font-watch.ts';
import { dictionaryOf, type PdfObjectHead, type PdfToken, readPdfObject } from './read-pdf-object.ts';

/** What a walk over the bytes of a PDF shows, whatever its cross-reference says. */
export interface PdfScan {
  /** Whether the end of the file is there: a cross-reference, where it starts, and the mark, nothing half after it. */
  readonly complete: boolean;
  readonly encrypted: boolean;
  readonly counts: {
    /** Scripts, actions that launch, embedded files, embedded programs, links, forms in XFA. */
    readonly scripts: number;
    readonly launches: number;
    readonly files: number;
    readonly programs: number;
    readonly links: number;
    readonly xfaForms: number;
  };
  /** Pages by the number of their object, whether or not the tree of pages leads to them. */
  readonly pages: number;
  /** Whether a content shows text, whether or not a page leads to it. */
  readonly showsText: boolean;
  /** Fonts that do not tell which characters their glyphs are. */
  readonly opaqueFonts: number;
  /** Texts that stand for what is shown: replacements and descriptions (ISO 32000-2, 14.9.3 and 14.9.4). */
  readonly alternatives: readonly string[];
  /** Streams whose data is damaged; pictures are not looked at. */
  readonly damagedStreams: number;
  /** Streams of objects that could not be looked into, damaged or packed in an unusual way. */
  readonly closedObjectStreams: number;
}

type Counts = { -readonly [Name in keyof PdfScan['counts']]: number };

/**
 * Walks over every object of a PDF by its keyword, those within object streams too, and inflates every stream but
 * pictures, within the bound. Names are found where no string can hide them, since every object is read on its own.
 */
export function scanPdf(bytes: Buffer, bounds: Pick<ReadingBounds, 'inflatedBytes'>): PdfScan {
  return new PdfScanner(bytes, new InflationMeter(bounds.inflatedBytes)).scan();
}

class PdfScanner {
  readonly #bytes: Buffer;
  readonly #text: string;
  readonly #meter: InflationMeter;
  readonly #streams = new Set<number>();
  readonly #pages = new Set<string>();
  readonly #fonts = new FontWatch();
  readonly #alternatives = new Set<string>();
  readonly #counts: Counts = { scripts: 0, launches: 0, files: 0, programs: 0, links: 0, xfaForms: 0 };
  #encrypted = false;
  #showsText = false;
  #hasCrossReference = false;
  #damagedStreams = 0;
  #closedObjectStreams = 0;

  constructor(bytes: Buffer, meter: InflationMeter) {
    this.#bytes = bytes;
    this.#text = bytes.toString('latin1');
    this.#meter = meter;
  }

  scan(): PdfScan {
    let lastObject = 0;
    for (const { 0: keyword, index } of this.#text.matchAll(/(?<!end)obj(?![A-Za-z])|trailer/g)) {
      const head = readPdfObject(this.#text, index + keyword.length);
      if (keyword === 'trailer') this.#readTrailer(head);
      else if (/[\d\s\0]/.test(this.#text.charAt(index - 1))) lastObject = index;
      this.#readObject(head, /(\d+)\s+\d+\s*$/.exec(this.#text.slice(Math.max(0, index - 24), index))?.[1]);
    }
    return {
      complete: this.#hasCrossReference && this.#endsAfter(lastObject),
      encrypted: this.#encrypted,
      counts: this.#counts,
      pages: this.#pages.size,
      showsText: this.#showsText,
      opaqueFonts: this.#fonts.opaque,
      alternatives: [...this.#alternatives],
      damagedStreams: this.#damagedStreams,
      closedObjectStreams: this.#closedObjectStreams,
    };
  }

  /** ISO 32000-2, 7.5.5: the place of the cross-reference, then the mark. An object after it was never finished. */
  #endsAfter(lastObject: number): boolean {
    const mark = this.#text.lastIndexOf('%%EOF');
    return mark > lastObject && /startxref\s+\d+\s*$/.test(this.#text.slice(Math.max(0, mark - 64), mark));
  }

  #readTrailer(head: PdfObjectHead): void {
    const dictionary = dictionaryOf(head);
    if (dictionary.has('Root')) this.#hasCrossReference = true;
    if (dictionary.has('Encrypt')) this.#encrypted = true;
  }

  #readObject(head: PdfObjectHead, number = ''): void {
    this.#seeObject(head, number);
    const start = head.streamStart;
    if (start === undefined || this.#streams.has(start)) return;
    this.#streams.add(start);
    const dictionary = dictionaryOf(head);
    if (nameIn(dictionary, 'Type') === 'XRef') this.#readTrailer(head);
    // By what it needs: its type may be missing or stand elsewhere, and a picture may be one as well.
    const isObjects =
      nameIn(dictionary, 'Type') === 'ObjStm' || (dictionary.has('First') && dictionary.has('N'));
    if (isObjects || nameIn(dictionary, 'Subtype') !== 'Image')
      this.#readStream(dictionary, isObjects, start);
  }

  #seeObject(head: PdfObjectHead, number: string): void {
    this.#countNames(head.tokens);
    const dictionary = dictionaryOf(head);
    if (nameIn(dictionary, 'Type') === 'Page') this.#pages.add(number);
    this.#fonts.see(number, dictionary);
  }

  #readStream(dictionary: ReadonlyMap<string, readonly PdfToken[]>, isObjects: boolean, start: number): void {
    const filter = dictionary.get('Filter') ?? [];
    try {
      const data = decodePdfStream(this.#bytes.subarray(start), filter, this.#meter);
      if (data !== undefined && looksExecutable(data)) this.#counts.programs += 1;
      if (data !== undefined) this.#readContent(data, dictionary);
      if (!isObjects) return;
      // With a predictor, the bytes are not the objects' yet.
      if (data === undefined || dictionary.has('DecodeParms')) this.#closedObjectStreams += 1;
      else this.#readObjectStream(data.toString('latin1'), dictionary);
    } catch (error) {
      if (!(error instanceof BrokenDocumentError)) throw error;
      this.#damagedStreams += 1;
      if (isObjects) this.#closedObjectStreams += 1;
    }
  }

  /** Pairs of number and offset stand before the objects (ISO 32000-2, 7.5.7). */
  #readObjectStream(text: string, dictionary: ReadonlyMap<string, readonly PdfToken[]>): void {
    const [first, count] = ['First', 'N'].map(key => Number(dictionary.get(key)?.[0]?.value));
    if (!(first !== undefined && first >= 0 && count !== undefined && count >= 0)) {
      this.#closedObjectStreams += 1;
      return;
    }
    const numbers = text.slice(0, first).match(/\d+/g) ?? [];
    const offsets = numbers.filter((_, index) => index % 2 === 1).map(offset => first + Number(offset));
    const inOrder = offsets.toSorted((a, b) => a - b);
    inOrder.forEach((offset, index) => {
      const number = numbers[2 * offsets.indexOf(offset)];
      this.#seeObject(readPdfObject(text, offset, inOrder[index + 1]), number ?? '');
    });
  }

  /** Within the content of a page, replacements stand in the properties of marked content. */
  #readContent(content: Buffer, dictionary: ReadonlyMap<string, readonly PdfToken[]>): void {
    const isContent = ['Type', 'Length1', 'Subtype'].every(key => !dictionary.has(key));
    if (isContent && content.includes('BT') && (content.includes('Tj') || content.includes('TJ')))
      this.#showsText = true;
    for (let at = content.indexOf('/ActualText'); at >= 0; at = content.indexOf('/ActualText', at + 1)) {
      const { tokens } = readPdfObject(content.toString('latin1', at, at + 10_000), 0);
      const [, value] = tokens;
      if (value?.kind === 'string') this.#alternatives.add(textString(value.value));
    }
  }

  #countNames(tokens: readonly PdfToken[]): void {
    let scripts = 0;
    let sources = 0;
    tokens.forEach((token, index) => {
      const before = tokens[index - 1];
      const key = before?.kind === 'name' ? before.value : '';
      if (token.kind === 'string') this.#readString(key, token.value);
      if (token.kind !== 'name') return;
      // The value of an action may be an object of its own.
      if (key === 'S' || tokens.length === 1) {
        if (token.value === 'JavaScript') scripts += 1;
        else this.#countAction(token.value);
      } else if (token.value === 'JS') sources += 1;
      else if (token.value === 'EF') this.#counts.files += 1;
      else if (token.value === 'XFA') this.#counts.xfaForms += 1;
      // The tree of scripts that run when the document opens.
      else if (token.value === 'JavaScript' && tokens[index + 1]?.kind !== 'name') scripts += 1;
    });
    // An action of another kind may carry a script as well.
    this.#counts.scripts += Math.max(scripts, sources);
  }

  #readString(key: string, value: string): void {
    if (/^U?F$/.test(key) && hasExecutableName(textString(value))) this.#counts.programs += 1;
    // Ciphered in an encrypted file, and then no text.
    if (/^(?:ActualText|Alt)$/.test(key)) this.#alternatives.add(textString(value));
  }

  #countAction(action: string): void {
    if (action === 'Launch') this.#counts.launches += 1;
    if (action === 'URI') this.#counts.links += 1;
  }
}

function nameIn(dictionary: ReadonlyMap<string, readonly PdfToken[]>, key: string): string {
  const value = dictionary.get(key)?.[0];
  return value?.kind === 'name' ? value.value : '';
}

/** Text strings are in PDFDocEncoding or, with a mark, UTF-16 or UTF-8 (ISO 32000-2, 7.9.2.2). */
function textString(value: string): string {
  const bytes = Buffer.from(value, 'latin1');
  if (value.startsWith('\xfe\xff')) return new TextDecoder('utf-16be').decode(bytes);
  return value.startsWith('\xef\xbb\xbf') ? bytes.toString('utf8', 3) : value;
}
