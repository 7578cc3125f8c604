import type { PdfToken } from './read-pdf-object.ts';

type Dictionary = ReadonlyMap<string, readonly PdfToken[]>;

/** Names of glyphs that are numbers of the font, and name no character. */
const codeName = /^(?:[a-z]{0,2}_?\d+|(?:glyph|cid|index|gid|char|glyphx)[_.]?\w{1,5}|[a-z]\d+)$/i;

/** Counts fonts that do not tell which characters their glyphs are: what PDF.js reads from them is a guess. */
export class FontWatch {
  readonly #codedEncodings = new Set<string>();
  readonly #encodingsOfFonts: string[] = [];
  #opaque = 0;

  /** @param number The object's number, as it stands in references. */
  see(number: string, dictionary: Dictionary): void {
    const differences = dictionary.get('Differences');
    if (differences !== undefined && isCoded(differences)) this.#codedEncodings.add(number);
    if (dictionary.get('Type')?.[0]?.value !== 'Font' || dictionary.has('ToUnicode')) return;
    const encoding = dictionary.get('Encoding') ?? [];
    const [first] = encoding;
    if (first?.kind === 'name') {
      if (/^Identity-[HV]$/.test(first.value)) this.#opaque += 1;
    } else if (first?.kind === 'word') this.#encodingsOfFonts.push(first.value);
    else if (isCoded(encoding)) this.#opaque += 1;
  }

  get opaque(): number {
    return this.#opaque + this.#encodingsOfFonts.filter(number => this.#codedEncodings.has(number)).length;
  }
}

function isCoded(tokens: readonly PdfToken[]): boolean {
  return tokens.some(({ kind, value }) => kind === 'name' && codeName.test(value));
}
