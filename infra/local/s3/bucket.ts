import { randomBytes } from 'node:crypto';
import type { Checksums } from './checksums.ts';
import { S3Error } from './s3-error.ts';

/** `kmsKeyId` is a key ARN, as in the answers of S3. */
export interface Encryption {
  readonly algorithm: 'AES256' | 'aws:kms' | 'aws:kms:dsse';
  readonly kmsKeyId?: string;
}

/** What is stored beside the bytes. */
export interface ObjectAttributes {
  /** `content-type` and the other headers that S3 gives back. */
  readonly systemHeaders: Readonly<Record<string, string>>;
  /** Names without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly encryption: Encryption;
  readonly tags: ReadonlyMap<string, string>;
}

/** Where a version stands in its replication, as `x-amz-replication-status` says it. */
export type ReplicationStatus = 'PENDING' | 'COMPLETED' | 'FAILED' | 'REPLICA';

export interface ObjectVersion extends ObjectAttributes {
  readonly key: string;
  readonly versionId: string;
  readonly bytes: Buffer;
  /** Without quotes. */
  readonly etag: string;
  /** Whole seconds, as the HTTP date of RFC 9110 carries them. */
  readonly lastModified: Date;
  readonly checksums: Checksums;
  readonly sequencer: string;
  /** Absent where no rule takes the version. */
  readonly replicationStatus?: ReplicationStatus;
}

export interface DeleteMarker {
  readonly key: string;
  readonly versionId: string;
  readonly lastModified: Date;
  readonly deleteMarker: true;
  readonly replicationStatus?: 'REPLICA';
}

export type StoredVersion = ObjectVersion | DeleteMarker;

export interface MultipartUpload {
  readonly uploadId: string;
  readonly key: string;
  readonly attributes: ObjectAttributes;
  /** Headers of the request that began it: the parts are judged by its encryption. */
  readonly headers: Readonly<Record<string, string>>;
  readonly parts: Map<number, { readonly bytes: Buffer; readonly etag: string; readonly lastModified: Date }>;
}

/** The version id of what was stored without versioning. */
export const nullVersionId = 'null';

export function isDeleteMarker(version: StoredVersion): version is DeleteMarker {
  return 'deleteMarker' in version;
}

/** The versions of one bucket, in memory. */
export class Bucket {
  readonly name: string;
  readonly createdAt: Date;
  readonly region: string;
  /** With the ARN of its key. */
  defaultEncryption: Encryption;
  versioned: boolean;
  readonly uploads = new Map<string, MultipartUpload>();
  /** By key, oldest first. */
  readonly #versions = new Map<string, StoredVersion[]>();
  #sequence = 0;

  constructor(options: {
    readonly name: string;
    readonly createdAt: Date;
    readonly region: string;
    readonly versioned: boolean;
    readonly defaultEncryption: Encryption;
  }) {
    this.name = options.name;
    this.createdAt = options.createdAt;
    this.region = options.region;
    this.versioned = options.versioned;
    this.defaultEncryption = options.defaultEncryption;
  }

  /** The keys in the order of their UTF-8 bytes, which is the order of S3's lists. */
  keys(): string[] {
    return [...this.#versions.keys()].sort(compareKeys);
  }

  /** Newest first. */
  versionsOf(key: string): StoredVersion[] {
    return (this.#versions.get(key) ?? []).toReversed();
  }

  /** The current version, unless there is none or it is a delete marker. */
  current(key: string): ObjectVersion | undefined {
    const latest = this.#versions.get(key)?.at(-1);
    return latest === undefined || isDeleteMarker(latest) ? undefined : latest;
  }

  /** The version a request names, or the current one; throws what S3 answers where there is none to read. */
  find(key: string, versionId: string | undefined): ObjectVersion {
    const versions = this.#versions.get(key) ?? [];
    if (versionId === undefined) {
      const latest = versions.at(-1);
      if (latest !== undefined && !isDeleteMarker(latest)) return latest;
      throw new S3Error('NoSuchKey', 'The specified key does not exist.', {
        fields: { Key: key },
        headers: latest === undefined ? {} : markerHeaders(latest),
      });
    }
    requireVersionId(versionId);
    const version = versions.find(candidate => candidate.versionId === versionId);
    if (version === undefined) {
      throw new S3Error('NoSuchVersion', 'The specified version does not exist.', {
        fields: { Key: key, VersionId: versionId },
      });
    }
    if (isDeleteMarker(version)) {
      throw new S3Error('MethodNotAllowed', 'The specified method is not allowed against this resource.', {
        fields: { Method: 'GET', ResourceType: 'DeleteMarker' },
        headers: {
          ...markerHeaders(version),
          allow: 'DELETE',
          'last-modified': version.lastModified.toUTCString(),
        },
      });
    }
    return version;
  }

  /** Adds a version; without versioning it takes the place of the one before. */
  add(
    key: string,
    content: Omit<ObjectVersion, 'key' | 'versionId' | 'sequencer' | 'lastModified'>,
    time: Date,
  ) {
    const version: ObjectVersion = {
      ...content,
      key,
      versionId: this.#newVersionId(),
      lastModified: wholeSeconds(time),
      sequencer: this.#nextSequencer(),
    };
    this.#append(version);
    return version;
  }

  /** Adds a version of another bucket under its own id and time; a replica that is there already is replaced. */
  addReplica<Version extends StoredVersion>(version: Version): Version {
    const replica = isDeleteMarker(version) ? version : { ...version, sequencer: this.#nextSequencer() };
    this.#erase(version.key, version.versionId);
    this.#append(replica);
    return replica;
  }

  /** Changes in place what is no part of a version's identity. */
  amend(
    { key, versionId }: ObjectVersion,
    change: Partial<Pick<ObjectVersion, 'tags' | 'replicationStatus'>>,
  ): void {
    const versions = this.#versions.get(key) ?? [];
    const index = versions.findIndex(version => version.versionId === versionId);
    const version = versions[index];
    if (version !== undefined && !isDeleteMarker(version)) versions[index] = { ...version, ...change };
  }

  /** Deletes as S3 does: a named version for good, otherwise by a delete marker where the bucket is versioned. */
  remove(key: string, versionId: string | undefined, time: Date): DeleteMarker | StoredVersion | undefined {
    if (versionId !== undefined) {
      requireVersionId(versionId);
      return this.#erase(key, versionId);
    }
    if (!this.versioned) return this.#erase(key, nullVersionId);
    const marker: DeleteMarker = {
      key,
      versionId: this.#newVersionId(),
      lastModified: wholeSeconds(time),
      deleteMarker: true,
    };
    this.#append(marker);
    return marker;
  }

  #append(version: StoredVersion): void {
    if (!this.versioned) this.#erase(version.key, nullVersionId);
    this.#versions.set(version.key, [...(this.#versions.get(version.key) ?? []), version]);
  }

  #erase(key: string, versionId: string): StoredVersion | undefined {
    const versions = this.#versions.get(key) ?? [];
    const erased = versions.find(version => version.versionId === versionId);
    const left = versions.filter(version => version !== erased);
    if (left.length === 0) this.#versions.delete(key);
    else this.#versions.set(key, left);
    return erased;
  }

  #nextSequencer(): string {
    this.#sequence += 1;
    return this.#sequence.toString(16).toUpperCase().padStart(18, '0');
  }

  #newVersionId(): string {
    return this.versioned ? randomBytes(16).toString('hex') : nullVersionId;
  }
}

/** Orders keys by their UTF-8 bytes. */
export function compareKeys(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

function markerHeaders(marker: StoredVersion): Record<string, string> {
  return { 'x-amz-delete-marker': 'true', 'x-amz-version-id': marker.versionId };
}

/** S3 tells a version id that cannot be one of its own from one that names nothing. */
function requireVersionId(versionId: string): void {
  if (versionId === nullVersionId || /^[\w.]{32}$/.test(versionId)) return;
  throw new S3Error('InvalidArgument', 'Invalid version id specified', {
    fields: { ArgumentName: 'versionId', ArgumentValue: versionId },
  });
}

function wholeSeconds(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1000) * 1000);
}
