import { randomUUID } from 'node:crypto';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { printablePath } from '../printable-path.ts';

/**
 * A file that is there whole or not at all: written under another name beside it, then moved to its place. A link
 * stays, and what it leads to is replaced; one that leads nowhere becomes the file.
 */
export class ReportFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws an error that says why, where the file could not be written. Leaves nothing behind. */
  async assertWritable(): Promise<void> {
    await this.#explain(async () => {
      const place = await this.#place();
      const probe = besideOf(place);
      await (await open(probe, 'wx')).close();
      await rm(probe);
    });
  }

  /** @throws an error that says why it could not be written; then the file is as it was before. */
  async write(pieces: Iterable<string>): Promise<void> {
    await this.#explain(async () => {
      const place = await this.#place();
      const draft = besideOf(place);
      const handle = await open(draft, 'wx');
      try {
        try {
          for (const piece of pieces) await handle.appendFile(piece, 'utf8');
          // What is renamed before it is on the disk may be empty after a crash.
          await handle.sync();
        } finally {
          await handle.close();
        }
        await rename(draft, place);
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
    });
  }

  /** Where the file stands, behind all links. */
  async #place(): Promise<string> {
    const found = await stat(this.#path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (found === undefined && this.#path.endsWith('/')) throw new Error('it is no folder that is there');
    if (found === undefined) return join(await realpath(dirname(this.#path)), basename(this.#path));
    if (found.isDirectory()) throw new Error('it is a folder');
    if (!found.isFile()) throw new Error('it is no file');
    return realpath(this.#path);
  }

  async #explain(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw new Error(`the report ${printablePath(this.#path)} cannot be written: ${code ?? message}`, {
        cause: error,
      });
    }
  }
}

/** A name that no log has: a walk that meets it passes it over. */
function besideOf(place: string): string {
  return join(dirname(place), `.sallyport-${randomUUID()}.tmp`);
}
