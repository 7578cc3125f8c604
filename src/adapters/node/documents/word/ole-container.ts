import { BrokenDocumentError } from '../reading-errors.ts';

const magic = Buffer.from('d0cf11e0a1b11ae1', 'hex');
const freeSector = 0xffffffff;
const endOfChain = 0xfffffffe;
const lastRegularSector = 0xfffffffa;
const directoryEntrySize = 128;

interface DirectoryEntry {
  readonly name: string;
  readonly kind: 'storage' | 'stream' | 'root' | 'none';
  readonly left: number;
  readonly right: number;
  readonly child: number;
  readonly start: number;
  readonly size: number;
}

export function isOle(bytes: Buffer): boolean {
  return bytes.subarray(0, magic.length).equals(magic);
}

/**
 * An OLE compound file (MS-CFB). Streams are read when asked for, so that a directory whose entries all name the same
 * sectors costs nothing. A chain that loops or leads out of the file is a `BrokenDocumentError`.
 */
export class OleContainer {
  readonly #bytes: Buffer;
  readonly #sectorSize: number;
  readonly #miniSectorSize: number;
  readonly #miniCutoff: number;
  readonly #table: readonly number[];
  readonly #miniTable: readonly number[];
  readonly #miniStream: Buffer;
  readonly #entries = new Map<string, DirectoryEntry>();

  private constructor(bytes: Buffer) {
    this.#bytes = bytes;
    const major = bytes.readUInt16LE(26);
    const shift = bytes.readUInt16LE(30);
    const miniShift = bytes.readUInt16LE(32);
    if ((major !== 3 && major !== 4) || (shift !== 9 && shift !== 12) || miniShift !== 6)
      throw new BrokenDocumentError('the header of the OLE container is not valid');
    this.#sectorSize = 2 ** shift;
    this.#miniSectorSize = 2 ** miniShift;
    this.#miniCutoff = bytes.readUInt32LE(56);
    this.#table = this.#readTable();
    const directory = this.#chain(bytes.readUInt32LE(48));
    const entries = parseDirectory(directory);
    const [root] = entries;
    if (root?.kind !== 'root') throw new BrokenDocumentError('the OLE container has no root');
    this.#miniStream = root.size === 0 ? Buffer.alloc(0) : this.#chain(root.start);
    this.#miniTable = bytes.readUInt32LE(64) === 0 ? [] : wordsOf(this.#chain(bytes.readUInt32LE(60)));
    this.#place(entries, root.child);
  }

  /** Opens a container. What cannot be followed is a `BrokenDocumentError`. */
  static read(bytes: Buffer): OleContainer {
    try {
      return new OleContainer(bytes);
    } catch (error) {
      if (error instanceof BrokenDocumentError) throw error;
      throw new BrokenDocumentError('the OLE container is cut off');
    }
  }

  /** Paths of all storages and streams, steps joined by `/`. */
  paths(): string[] {
    return [...this.#entries.keys()];
  }

  has(path: string): boolean {
    return this.#entries.has(path);
  }

  isStorage(path: string): boolean {
    return this.#entries.get(path)?.kind === 'storage';
  }

  /** Bytes of a stream. */
  stream(path: string): Buffer {
    const entry = this.#entries.get(path);
    if (entry?.kind !== 'stream') throw new BrokenDocumentError('a stream of the OLE container is missing');
    if (entry.size === 0) return Buffer.alloc(0);
    const content = entry.size < this.#miniCutoff ? this.#miniChain(entry.start) : this.#chain(entry.start);
    if (content.length < entry.size)
      throw new BrokenDocumentError('a stream of the OLE container is cut off');
    return content.subarray(0, entry.size);
  }

  /** The file allocation table: its sectors stand in the header and, beyond 109, in a chain of their own. */
  #readTable(): number[] {
    const bytes = this.#bytes;
    const places: number[] = [];
    for (let at = 76; at < 512; at += 4) places.push(bytes.readUInt32LE(at));
    let next = bytes.readUInt32LE(68);
    for (const seen = new Set<number>(); next <= lastRegularSector; ) {
      if (seen.has(next)) throw loop();
      seen.add(next);
      const words = wordsOf(this.#sector(next));
      next = words.pop() ?? endOfChain;
      places.push(...words);
    }
    const used = places.filter(place => place !== freeSector);
    if (used.length > bytes.length / this.#sectorSize) throw loop();
    return used.flatMap(place => wordsOf(this.#sector(place)));
  }

  #sector(number: number): Buffer {
    const start = (number + 1) * this.#sectorSize;
    const sector = this.#bytes.subarray(start, start + this.#sectorSize);
    // The last sector of a file may be short.
    if (sector.length === 0) throw new BrokenDocumentError('the OLE container is cut off');
    return sector;
  }

  #chain(start: number): Buffer {
    return Buffer.concat(follow(this.#table, start).map(number => this.#sector(number)));
  }

  #miniChain(start: number): Buffer {
    const size = this.#miniSectorSize;
    return Buffer.concat(
      follow(this.#miniTable, start).map(number =>
        this.#miniStream.subarray(number * size, (number + 1) * size),
      ),
    );
  }

  /** Names every entry that the trees of siblings and children reach. */
  #place(entries: readonly DirectoryEntry[], first: number): void {
    const waiting = [{ id: first, folder: '' }];
    const seen = new Set<number>();
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { id, folder } = next;
      const entry = id > lastRegularSector ? undefined : entries[id];
      if (entry === undefined) continue;
      if (seen.has(id)) throw loop();
      seen.add(id);
      waiting.push({ id: entry.left, folder }, { id: entry.right, folder });
      if (entry.kind === 'none' || entry.kind === 'root') continue;
      const path = folder + entry.name;
      this.#entries.set(path, entry);
      if (entry.kind === 'storage') waiting.push({ id: entry.child, folder: `${path}/` });
    }
  }
}

/** Sector numbers of a chain, in order. */
function follow(table: readonly number[], start: number): number[] {
  const chain: number[] = [];
  for (let next = start; next !== endOfChain; next = table[next] ?? freeSector) {
    if (next > lastRegularSector || next >= table.length)
      throw new BrokenDocumentError('a chain of the OLE container leads nowhere');
    if (chain.length >= table.length) throw loop();
    chain.push(next);
  }
  return chain;
}

function parseDirectory(bytes: Buffer): DirectoryEntry[] {
  const entries: DirectoryEntry[] = [];
  for (let at = 0; at + directoryEntrySize <= bytes.length; at += directoryEntrySize) {
    const nameBytes = Math.min(Math.max(bytes.readUInt16LE(at + 64) - 2, 0), 62);
    entries.push({
      name: bytes.toString('utf16le', at, at + nameBytes),
      kind: kindOf(bytes.readUInt8(at + 66)),
      left: bytes.readUInt32LE(at + 68),
      right: bytes.readUInt32LE(at + 72),
      child: bytes.readUInt32LE(at + 76),
      start: bytes.readUInt32LE(at + 116),
      // The upper half is no part of the size in version 3, and no file here is that large in version 4.
      size: bytes.readUInt32LE(at + 120),
    });
  }
  return entries;
}

function kindOf(code: number): DirectoryEntry['kind'] {
  if (code === 1) return 'storage';
  if (code === 2) return 'stream';
  return code === 5 ? 'root' : 'none';
}

function wordsOf(bytes: Buffer): number[] {
  const words: number[] = [];
  for (let at = 0; at + 4 <= bytes.length; at += 4) words.push(bytes.readUInt32LE(at));
  return words;
}

function loop(): BrokenDocumentError {
  return new BrokenDocumentError('a chain of the OLE container runs in a circle');
}
