import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl';
import { hasChecksum, InflationMeter } from './inflation-meter.ts';
import type { ReadingBounds } from './reading-bounds.ts';
import { BrokenDocumentError, OverBudgetError } from './reading-errors.ts';

/** Compression methods of APPNOTE.TXT 4.4.5 that Open XML knows. */
const stored = 0;
const deflated = 8;

/** All files of a ZIP archive by name, inflated within the bounds, each checked against what the directory says. */
export async function readZipArchive(
  bytes: Buffer,
  bounds: Pick<ReadingBounds, 'entries' | 'inflatedBytes'>,
): Promise<ReadonlyMap<string, Buffer>> {
  const archive = await openArchive(bytes);
  if (archive.entryCount > bounds.entries)
    throw new OverBudgetError('entries', `it holds more than ${bounds.entries} entries`);
  const entries = await directoryOf(archive);
  const meter = new InflationMeter(bounds.inflatedBytes);
  // What the directory admits to is refused before anything is inflated.
  new InflationMeter(bounds.inflatedBytes).count(
    entries.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0),
  );
  await refuseOverlaps(archive, entries);
  const files = new Map<string, Buffer>();
  for (const entry of entries) {
    if (entry.fileName.endsWith('/')) continue;
    // Readers differ in which of two they take.
    if (files.has(entry.fileName)) throw new BrokenDocumentError('two entries of the archive have one name');
    files.set(entry.fileName, await readEntry(archive, entry, bytes, meter));
  }
  return files;
}

async function openArchive(bytes: Buffer): Promise<ZipFile> {
  try {
    return await fromBufferPromise(bytes, { lazyEntries: true, validateEntrySizes: true });
  } catch {
    throw new BrokenDocumentError('the directory of the archive cannot be read');
  }
}

async function directoryOf(archive: ZipFile): Promise<Entry[]> {
  const entries: Entry[] = [];
  try {
    for await (const entry of archive.eachEntry()) entries.push(entry);
  } catch {
    throw new BrokenDocumentError('the directory of the archive cannot be read');
  }
  return entries;
}

/** Entries that share their bytes are how small archives inflate without end ("A better zip bomb", Fifield 2019). */
async function refuseOverlaps(archive: ZipFile, entries: readonly Entry[]): Promise<void> {
  const inOrder = entries.toSorted((a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader);
  let end = 0;
  for (const entry of inOrder) {
    if (entry.relativeOffsetOfLocalHeader < end)
      throw new BrokenDocumentError('entries of the archive overlap');
    end = (await dataStart(archive, entry)) + entry.compressedSize;
  }
}

async function dataStart(archive: ZipFile, entry: Entry): Promise<number> {
  try {
    return (await archive.readLocalFileHeaderPromise(entry, { minimal: true })).fileDataStart;
  } catch {
    throw new BrokenDocumentError('an entry of the archive cannot be read');
  }
}

async function readEntry(
  archive: ZipFile,
  entry: Entry,
  bytes: Buffer,
  meter: InflationMeter,
): Promise<Buffer> {
  if (entry.isEncrypted()) throw new BrokenDocumentError('an entry of the archive is encrypted');
  const start = await dataStart(archive, entry);
  const data = bytes.subarray(start, start + entry.compressedSize);
  if (data.length < entry.compressedSize) throw new BrokenDocumentError('the archive is cut off');
  const content = contentOf(entry, data, meter);
  if (content.length !== entry.uncompressedSize || !hasChecksum(content, entry.crc32))
    throw new BrokenDocumentError('an entry of the archive is not what its directory says');
  return content;
}

function contentOf(entry: Entry, data: Buffer, meter: InflationMeter): Buffer {
  if (entry.compressionMethod === deflated) return meter.inflate(data);
  if (entry.compressionMethod !== stored)
    throw new BrokenDocumentError('an entry of the archive is compressed in an unusual way');
  meter.count(data.length);
  return data;
}
