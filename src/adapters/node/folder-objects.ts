import { createReadStream, type Stats } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ListedObject, ListedPlace, ListOptions, ObjectListing } from '../../ports/object-listing.ts';
import type {
  ObjectContent,
  ObjectHead,
  ObjectRef,
  ObjectStore,
  ObjectTarget,
  ReadOptions,
} from '../../ports/object-store.ts';
import { absentFolder, isAbsent, translateFileFailure } from './file-failure.ts';

export interface FolderObjectsOptions {
  readonly folder: string;
  /** As what bucket its files are spoken of. @defaultValue the folder */
  readonly bucket?: string;
}

/** No file of a signature is longer. */
const longestSignature = 4096;

/**
 * The files of a folder as the objects of a bucket, for reading: the key is the path below the folder, and there is one version,
 * `null`. Links are followed, but no folder is listed twice. What lies in `<key>.signature` beside a file is the `signature`
 * in its metadata, of which a folder has none else.
 *
 * @example
 * const objects = new FolderObjects({ folder: 'archive', bucket: 'archive' });
 * for await (const { key } of objects.list({ bucket: 'archive', prefix: 'AWSLogs/' })) keys.push(key);
 */
export class FolderObjects implements ObjectListing, Pick<ObjectStore, 'current' | 'read'> {
  readonly #folder: string;
  readonly #bucket: string;
  #isThere = false;

  constructor({ folder, bucket = folder }: FolderObjectsOptions) {
    this.#folder = folder;
    this.#bucket = bucket;
  }

  async *list(place: ListedPlace, { startAfter = '' }: ListOptions = {}): AsyncGenerator<ListedObject> {
    const operation = 'ObjectListing.list';
    await this.#requireFolder(place.bucket, operation);
    const walked = new Set<string>();
    for await (const { key, stats } of this.#walk(parentOf(place.prefix), place.prefix, walked, operation)) {
      if (Buffer.compare(Buffer.from(key), Buffer.from(startAfter)) > 0) {
        yield { bucket: place.bucket, key, ...factsOf(stats) };
      }
    }
  }

  async *folders(place: ListedPlace): AsyncGenerator<string> {
    const operation = 'ObjectListing.folders';
    await this.#requireFolder(place.bucket, operation);
    for (const { key, stats } of await this.#entries(parentOf(place.prefix), operation)) {
      if (!stats.isDirectory() || !key.startsWith(place.prefix)) continue;
      for await (const _ of this.#walk(key, key, new Set(), operation)) {
        yield key;
        break;
      }
    }
  }

  async current({ bucket, key }: ObjectTarget): Promise<ObjectHead | undefined> {
    const operation = 'ObjectStore.current';
    await this.#requireFolder(bucket, operation);
    const stats = await this.#look(key, operation);
    if (stats?.isFile() !== true) return undefined;
    const signature = await this.#signatureOf(key, operation);
    return {
      ref: { bucket, key, versionId: 'null' },
      ...factsOf(stats),
      metadata: signature === undefined ? {} : { signature },
    };
  }

  async read(ref: ObjectRef, { range }: ReadOptions = {}): Promise<ObjectContent | undefined> {
    const head = ref.versionId === 'null' ? await this.current(ref) : undefined;
    if (head === undefined) return undefined;
    const { first: start, last: end } = range ?? { first: 0, last: Number.POSITIVE_INFINITY };
    return { head, body: this.#body(ref.key, { start, end }) };
  }

  async *#body(key: string, range: { start: number; end: number }): AsyncGenerator<Uint8Array> {
    try {
      yield* createReadStream(join(this.#folder, key), range);
    } catch (error) {
      throw translateFileFailure(error, 'ObjectStore.read', this.#bucket);
    }
  }

  /** Files below a folder, in the order of their keys' bytes. */
  async *#walk(
    folder: string,
    prefix: string,
    walked: Set<string>,
    operation: string,
  ): AsyncGenerator<{ readonly key: string; readonly stats: Stats }> {
    for (const { key, stats } of await this.#entries(folder, operation)) {
      if (!key.startsWith(prefix) && !prefix.startsWith(key)) continue;
      if (stats.isFile() && key.startsWith(prefix)) yield { key, stats };
      if (!stats.isDirectory()) continue;
      const real = await realpath(join(this.#folder, key)).catch(() => key);
      if (walked.has(real)) continue;
      walked.add(real);
      yield* this.#walk(key, prefix, walked, operation);
    }
  }

  /** What stands right in a folder; keys of folders end with a slash, which puts them where their files belong. */
  async #entries(folder: string, operation: string) {
    if (!isPlain(folder.slice(0, -1)) && folder !== '') return [];
    const names = await readdir(join(this.#folder, folder)).catch((error: unknown) => {
      if (isAbsent(error)) return [];
      throw translateFileFailure(error, operation, this.#bucket);
    });
    const entries: { key: string; bytes: Buffer; stats: Stats }[] = [];
    for (const name of names) {
      const stats = await this.#look(`${folder}${name}`, operation);
      if (stats === undefined) continue;
      const key = stats.isDirectory() ? `${folder}${name}/` : `${folder}${name}`;
      entries.push({ key, bytes: Buffer.from(key), stats });
    }
    return entries.sort((left, right) => Buffer.compare(left.bytes, right.bytes));
  }

  async #look(key: string, operation: string): Promise<Stats | undefined> {
    if (!isPlain(key)) return undefined;
    return stat(join(this.#folder, key)).catch((error: unknown) => {
      if (isAbsent(error)) return undefined;
      throw translateFileFailure(error, operation, this.#bucket);
    });
  }

  async #signatureOf(key: string, operation: string): Promise<string | undefined> {
    const file = `${key}.signature`;
    const stats = await this.#look(file, operation);
    if (stats?.isFile() !== true || stats.size > longestSignature) return undefined;
    const text = await readFile(join(this.#folder, file), 'utf8').catch((error: unknown) => {
      throw translateFileFailure(error, operation, this.#bucket);
    });
    return text.trim();
  }

  async #requireFolder(bucket: string, operation: string): Promise<void> {
    if (bucket !== this.#bucket) throw absentFolder(bucket, operation);
    if (this.#isThere) return;
    if ((await this.#root(operation))?.isDirectory() !== true) throw absentFolder(bucket, operation);
    this.#isThere = true;
  }

  #root(operation: string): Promise<Stats | undefined> {
    return stat(this.#folder).catch((error: unknown) => {
      if (isAbsent(error)) return undefined;
      throw translateFileFailure(error, operation, this.#bucket);
    });
  }
}

/** A key that leads out of the folder, or that no path can be, names nothing. */
function isPlain(key: string): boolean {
  return !key.includes('\0') && key.split('/').every(part => part !== '' && part !== '.' && part !== '..');
}

function parentOf(prefix: string): string {
  return prefix.slice(0, prefix.lastIndexOf('/') + 1);
}

function factsOf({ size, mtimeMs, mtime }: Stats): Pick<ListedObject, 'size' | 'etag' | 'lastModified'> {
  return {
    size,
    etag: `${size.toString(16)}-${Math.floor(mtimeMs).toString(16)}`,
    lastModified: `${mtime.toISOString().slice(0, 19)}.000Z`,
  };
}
