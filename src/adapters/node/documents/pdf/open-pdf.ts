import type { PDFDocumentProxy } from 'unpdf/pdfjs';
import { BrokenDocumentError } from '../reading-errors.ts';

export type OpenPdf =
  | { readonly state: 'locked' }
  | {
      readonly state: 'open';
      readonly document: PDFDocumentProxy;
      /** Whether PDF.js had to search the file for its objects because the cross-reference leads nowhere. */
      readonly repaired: boolean;
      close(): Promise<void>;
    };

/** The parser's words when it gives the cross-reference up. */
const repairWarning = 'Indexing all PDF objects';

/**
 * Opens a PDF with PDF.js, which runs in this thread and decodes no picture. A file that it cannot open is a
 * `BrokenDocumentError`; one that needs a password is `locked`.
 */
export async function openPdf(bytes: Uint8Array): Promise<OpenPdf> {
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
    stopAtErrors: true,
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
        return warnings.has(repairWarning);
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
  readonly #lines: string[] = [];

  constructor() {
    const record = (line: unknown): void => {
      if (this.#lines.length < 1_000) this.#lines.push(String(line));
    };
    globalThis.console = Object.assign(Object.create(this.#console), { warn: record, log: record });
  }

  has(words: string): boolean {
    return this.#lines.some(line => line.includes(words));
  }

  stop(): void {
    globalThis.console = this.#console;
  }
}
