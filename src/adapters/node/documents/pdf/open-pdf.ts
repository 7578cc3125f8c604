import type { PDFDocumentProxy } from 'unpdf/pdfjs';
import { BrokenDocumentError } from '../reading-errors.ts';

export type OpenPdf =
  | { readonly state: 'locked' }
  | {
      readonly state: 'open';
      readonly document: PDFDocumentProxy;
      /** Whether PDF.js had to search the file for its objects because the cross-reference leads nowhere. */
      readonly repaired: boolean;
      /** How many pictures were left out so far; counted in a tolerant reading only. */
      readonly pictures: number;
      close(): Promise<void>;
    };

/** The parser's words when it gives the cross-reference up, and when it leaves a picture out. */
const repairWarning = 'Indexing all PDF objects';
const pictureWarning = 'Image exceeded maximum allowed size';

export interface OpenPdfOptions {
  /** Whether PDF.js passes over what it cannot read within a page, instead of failing on it. */
  readonly tolerant?: boolean;
}

/**
 * Opens a PDF with PDF.js, which runs in this thread and decodes no picture. A file that it cannot open is a
 * `BrokenDocumentError`; one that needs a password is `locked`.
 */
export async function openPdf(bytes: Uint8Array, options: OpenPdfOptions = {}): Promise<OpenPdf> {
  const pdfjs = await import('unpdf/pdfjs');
  const warnings = new WarningRecord();
  const task = pdfjs.getDocument({
    // PDF.js takes the bytes it is given as its own.
    data: new Uint8Array(bytes),
    disableFontFace: true,
    useSystemFonts: false,
    useWasm: false,
    useWorkerFetch: false,
    isOffscreenCanvasSupported: false,
    isImageDecoderSupported: false,
    maxImageSize: 0,
    stopAtErrors: options.tolerant !== true,
    verbosity: pdfjs.VerbosityLevel.WARNINGS,
  });
  const close = async (): Promise<void> => {
    warnings.stop();
    await task.destroy();
  };
  try {
    const document = await task.promise;
    return {
      state: 'open',
      document,
      get repaired() {
        return warnings.count(repairWarning) > 0;
      },
      get pictures() {
        return warnings.count(pictureWarning);
      },
      close,
    };
  } catch (error) {
    await close();
    if (error instanceof Error && error.name === 'PasswordException') return { state: 'locked' };
    throw new BrokenDocumentError('neither its cross-reference nor its pages can be read');
  }
}

/** PDF.js warns on the console and nowhere else. This is its thread: nobody else writes there. */
class WarningRecord {
  readonly #console = globalThis.console;
  readonly #counts = new Map<string, number>();

  constructor() {
    const record = (line: unknown): void => {
      for (const words of [repairWarning, pictureWarning]) {
        if (String(line).includes(words)) this.#counts.set(words, this.count(words) + 1);
      }
    };
    globalThis.console = Object.assign(Object.create(this.#console), { warn: record, log: record });
  }

  count(words: string): number {
    return this.#counts.get(words) ?? 0;
  }

  stop(): void {
    globalThis.console = this.#console;
  }
}
