import { createHash } from 'node:crypto';
import type { Clock } from '../../ports/clock.ts';
import { PortError } from '../../ports/failure.ts';
import type {
  ByteRange,
  CopyOptions,
  CopyOutcome,
  ObjectBody,
  ObjectContent,
  ObjectEncryption,
  ObjectHead,
  ObjectRef,
  ObjectStore,
  ObjectTarget,
  PutOutcome,
  ReadOptions,
  WriteOptions,
} from '../../ports/object-store.ts';

export interface MemoryObjectStoreOptions {
  readonly clock: Clock;
  /** Names of the buckets; a call on any other one fails with `NoSuchBucket`. */
  readonly buckets: readonly string[];
  /** What a write that asks for no encryption gets. @default AES256, as in S3 */
  readonly defaultEncryption?: ObjectEncryption;
}

interface StoredObject {
  readonly head: ObjectHead;
  readonly bytes: Uint8Array;
}

/** A version, or a delete marker, which has an identity only. */
type StoredVersion = StoredObject | { readonly deleteMarker: ObjectRef };

const maximumKeyBytes = 1024;
const maximumMetadataBytes = 2048;
const chunkBytes = 64 * 1024;

/** Versioned objects in memory, with the behaviour of S3 as far as the port promises it. */
export class MemoryObjectStore implements ObjectStore {
  readonly #clock: Clock;
  readonly #defaultEncryption: ObjectEncryption;
  /** By bucket and key, oldest version first. */
  readonly #buckets: ReadonlyMap<string, Map<string, StoredVersion[]>>;
  #lastVersion = 0;

  constructor(options: MemoryObjectStoreOptions) {
    this.#clock = options.clock;
    this.#defaultEncryption = options.defaultEncryption ?? { algorithm: 'AES256' };
    this.#buckets = new Map(options.buckets.map(name => [name, new Map()]));
  }

  async head(ref: ObjectRef): Promise<ObjectHead | undefined> {
    return this.#find(ref, 'ObjectStore.head')?.head;
  }

  async current(target: ObjectTarget): Promise<ObjectHead | undefined> {
    return this.#latest(target, 'ObjectStore.current')?.head;
  }

  async read(ref: ObjectRef, options: ReadOptions = {}): Promise<ObjectContent | undefined> {
    const operation = 'ObjectStore.read';
    const stored = this.#find(ref, operation);
    if (stored === undefined) return undefined;
    const { head, bytes } = stored;
    return {
      head,
      body: chunksOf(options.range === undefined ? bytes : cut(bytes, options.range, operation)),
    };
  }

  async put(target: ObjectTarget, body: ObjectBody, options: WriteOptions = {}): Promise<PutOutcome> {
    const operation = 'ObjectStore.put';
    this.#versions(target, operation);
    requireMetadata(options.metadata, operation);
    const bytes = body instanceof Uint8Array ? body.slice() : await collect(body, operation);
    if (options.ifAbsent === true && this.#latest(target, operation) !== undefined)
      return { outcome: 'already-exists' };
    const { contentType, metadata, encryption } = options;
    return {
      outcome: 'stored',
      ...this.#store(target, bytes, { contentType, metadata, encryption }, operation),
    };
  }

  async copy(source: ObjectRef, target: ObjectTarget, options: CopyOptions = {}): Promise<CopyOutcome> {
    const operation = 'ObjectStore.copy';
    this.#versions(target, operation);
    requireMetadata(options.metadata, operation);
    const stored = this.#find(source, operation);
    if (stored === undefined) return { outcome: 'source-missing' };
    const { contentType, metadata } = stored.head;
    const attributes = {
      contentType,
      metadata: options.metadata ?? metadata,
      encryption: options.encryption,
    };
    return { outcome: 'copied', ...this.#store(target, stored.bytes, attributes, operation) };
  }

  /** Every version that can be read, by key and then oldest first; for the assertions of a test. */
  list(bucket: string): ObjectHead[] {
    const keys = this.#bucket(bucket, 'MemoryObjectStore.list');
    return [...keys.keys()]
      .sort()
      .flatMap(key => keys.get(key) ?? [])
      .flatMap(version => ('head' in version ? [version.head] : []));
  }

  /** Lays a delete marker over the key, as a lifecycle rule does, and gives the marker's reference. */
  hide(target: ObjectTarget): ObjectRef {
    const versions = this.#versions(target, 'MemoryObjectStore.hide');
    const deleteMarker = { bucket: target.bucket, key: target.key, versionId: this.#newVersionId() };
    versions.push({ deleteMarker });
    return deleteMarker;
  }

  /** Deletes one version, or delete marker, for good. */
  erase(ref: ObjectRef): void {
    const versions = this.#versions(ref, 'MemoryObjectStore.erase');
    const index = versions.findIndex(version => refOf(version).versionId === ref.versionId);
    if (index >= 0) versions.splice(index, 1);
  }

  #store(
    { bucket, key }: ObjectTarget,
    bytes: Uint8Array,
    attributes: {
      readonly contentType: string | undefined;
      readonly metadata: Readonly<Record<string, string>> | undefined;
      readonly encryption: ObjectEncryption | undefined;
    },
    operation: string,
  ): { ref: ObjectRef; etag: string } {
    const ref: ObjectRef = { bucket, key, versionId: this.#newVersionId() };
    const etag = createHash('md5').update(bytes).digest('hex');
    const wholeSeconds = Math.floor(this.#clock.now().getTime() / 1000) * 1000;
    const head: ObjectHead = {
      ref,
      size: bytes.length,
      etag,
      lastModified: new Date(wholeSeconds).toISOString(),
      // What the AWS SDK sends where none is given.
      contentType: attributes.contentType ?? 'application/octet-stream',
      metadata: { ...attributes.metadata },
      encryption: attributes.encryption ?? this.#defaultEncryption,
    };
    this.#versions(ref, operation).push({ head, bytes });
    return { ref, etag };
  }

  #find(ref: ObjectRef, operation: string): StoredObject | undefined {
    const found = this.#versions(ref, operation).find(version => refOf(version).versionId === ref.versionId);
    return found !== undefined && 'head' in found ? found : undefined;
  }

  /** Nothing where a delete marker is the latest. */
  #latest(target: ObjectTarget, operation: string): StoredObject | undefined {
    const latest = this.#versions(target, operation).at(-1);
    return latest !== undefined && 'head' in latest ? latest : undefined;
  }

  #versions({ bucket, key }: ObjectTarget, operation: string): StoredVersion[] {
    requireKey(key, operation);
    const keys = this.#bucket(bucket, operation);
    const versions = keys.get(key) ?? [];
    keys.set(key, versions);
    return versions;
  }

  #bucket(name: string, operation: string): Map<string, StoredVersion[]> {
    const keys = this.#buckets.get(name);
    if (keys !== undefined) return keys;
    throw new PortError({
      kind: 'not-found',
      operation,
      code: 'NoSuchBucket',
      message: `${operation} failed: there is no bucket ${name}`,
    });
  }

  #newVersionId(): string {
    this.#lastVersion += 1;
    return `memory-${String(this.#lastVersion).padStart(8, '0')}`;
  }
}

function refOf(version: StoredVersion): ObjectRef {
  return 'head' in version ? version.head.ref : version.deleteMarker;
}

/** Copies, so that a reader cannot change what is stored. */
async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += chunkBytes) yield bytes.slice(start, start + chunkBytes);
}

function cut(bytes: Uint8Array, { first, last }: ByteRange, operation: string): Uint8Array {
  const valid = Number.isSafeInteger(first) && Number.isSafeInteger(last) && first >= 0 && first <= last;
  if (valid && first < bytes.length) return bytes.subarray(first, last + 1);
  throw permanent(operation, 'InvalidRange', `bytes ${first} to ${last} of ${bytes.length} cannot be read`);
}

async function collect(
  body: { readonly stream: AsyncIterable<Uint8Array>; readonly size: number },
  operation: string,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body.stream) {
    length += chunk.length;
    if (length > body.size) throw sizeMismatch(body.size, operation);
    chunks.push(chunk.slice());
  }
  if (length !== body.size) throw sizeMismatch(body.size, operation);
  const bytes = new Uint8Array(length);
  let position = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, position);
    position += chunk.length;
  }
  return bytes;
}

function sizeMismatch(size: number, operation: string): PortError {
  return permanent(
    operation,
    'SizeMismatch',
    `the stream does not have the ${size} bytes that were announced`,
  );
}

function requireKey(key: string, operation: string): void {
  if (key === '' || !key.isWellFormed()) {
    throw permanent(operation, 'InvalidKey', 'a key is at least one character of well-formed Unicode');
  }
  if (Buffer.byteLength(key) > maximumKeyBytes) {
    throw permanent(operation, 'KeyTooLongError', `the key is longer than ${maximumKeyBytes} bytes`);
  }
}

function requireMetadata(metadata: Readonly<Record<string, string>> | undefined, operation: string): void {
  let bytes = 0;
  for (const [name, value] of Object.entries(metadata ?? {})) {
    bytes += name.length + value.length;
    if (/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name) && /^(?:[!-~](?:[ -~]*[!-~])?)?$/.test(value)) continue;
    throw permanent(
      operation,
      'InvalidMetadata',
      'metadata holds a name or value that S3 does not keep as it is',
    );
  }
  if (bytes > maximumMetadataBytes) {
    throw permanent(operation, 'MetadataTooLarge', `metadata is larger than ${maximumMetadataBytes} bytes`);
  }
}

function permanent(operation: string, code: string, reason: string): PortError {
  return new PortError({ kind: 'permanent', operation, code, message: `${operation} failed: ${reason}` });
}
