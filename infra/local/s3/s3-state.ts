import {
  Bucket,
  type Encryption,
  isDeleteMarker,
  nullVersionId,
  type ObjectVersion,
  type StoredVersion,
} from './bucket.ts';
import { BucketPolicy } from './bucket-policy.ts';
import {
  type BucketSettings,
  blockedEntirely,
  type PublicAccessBlock,
  type PublicGrant,
} from './bucket-settings.ts';
import {
  type NotificationConfiguration,
  type NotificationDestination,
  notificationDestinations,
  type ObjectEvent,
  type ObjectEventName,
  requireSupportedRules,
} from './object-events.ts';
import type { ReplicationRule } from './replication-rule.ts';
import { S3Error } from './s3-error.ts';
import type { S3Request, S3Response } from './s3-request.ts';

export interface BucketOptions {
  readonly name: string;
  readonly versioned: boolean;
  /** Where the bucket is: what lists and locations say of it. Requests find it wherever it is. @default the state's */
  readonly region?: string;
  /** @default SSE-S3, as every bucket since January 2023 */
  readonly encryption?: Encryption;
  /** A bucket policy document; its explicit denials are enforced. */
  readonly policy?: object;
  /** @default all four switches on */
  readonly publicAccessBlock?: PublicAccessBlock;
  readonly tags?: Readonly<Record<string, string>>;
  /** What the ACL grants to the public. @default nothing, as where ACLs are off */
  readonly publicGrants?: readonly PublicGrant[];
  readonly notificationConfiguration?: NotificationConfiguration;
  /** Where new versions are copied to; needs a versioned bucket. */
  readonly replicationRules?: readonly ReplicationRule[];
}

export interface S3StateOptions {
  readonly region: string;
  readonly accountId: string;
  readonly clock: () => Date;
  readonly maximumObjectBytes: number;
  readonly secretAccessKey?: string | undefined;
  /** ARN of the principal behind an access key: whom bucket policies name. */
  readonly principalOf: (accessKeyId: string) => string;
  readonly onObjectEvent: (event: ObjectEvent, destinations: readonly NotificationDestination[]) => void;
  /** Hears of each new version and delete marker before it is announced or answered. */
  readonly onVersion: (bucketName: string, version: StoredVersion) => void;
}

/** One request on its way through an operation; `bucketName` and `key` are empty where the target names none. */
export interface S3Call {
  readonly state: S3State;
  readonly request: S3Request;
  readonly bucketName: string;
  readonly key: string;
}

export interface S3Operation {
  /** As the API reference names it. */
  readonly name: string;
  readonly method: string;
  readonly level: 'service' | 'bucket' | 'object';
  /** The permission that a bucket policy may deny; the second one where a version is named. */
  readonly action: string;
  readonly versionAction?: string;
  /** Query parameters that tell this operation from others of its method. */
  readonly requires?: readonly string[];
  /** A header that does the same. */
  readonly requiresHeader?: string;
  /** Further query parameters that it understands. */
  readonly accepts?: readonly string[];
  /** Headers that stand in for those of the request when the policy is judged. */
  policyHeaders?(call: S3Call): Readonly<Record<string, string>>;
  run(call: S3Call): S3Response | Promise<S3Response>;
}

/** What an event says of the request that caused it. */
type Announcer = Pick<S3Request, 'time' | 'requestId' | 'hostId' | 'sourceIpAddress' | 'accessKeyId'>;

interface BucketEntry {
  readonly bucket: Bucket;
  readonly settings: BucketSettings;
  readonly notificationConfiguration?: NotificationConfiguration;
  readonly replicationRules: readonly ReplicationRule[];
}

/** Whether S3 takes the name for a bucket ("General purpose bucket naming rules", S3 User Guide). */
export function isBucketName(name: string): boolean {
  return /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name);
}

/** The buckets of one account and region, their policies and who hears of new objects. */
export class S3State {
  readonly region: string;
  readonly accountId: string;
  readonly maximumObjectBytes: number;
  /** Of every access key. */
  readonly secretAccessKey: string | undefined;
  readonly #clock: () => Date;
  readonly #principalOf: S3StateOptions['principalOf'];
  readonly #onObjectEvent: S3StateOptions['onObjectEvent'];
  readonly #onVersion: S3StateOptions['onVersion'];
  readonly #entries = new Map<string, BucketEntry>();

  constructor(options: S3StateOptions) {
    this.region = options.region;
    this.accountId = options.accountId;
    this.maximumObjectBytes = options.maximumObjectBytes;
    this.secretAccessKey = options.secretAccessKey;
    this.#clock = options.clock;
    this.#principalOf = options.principalOf;
    this.#onObjectEvent = options.onObjectEvent;
    this.#onVersion = options.onVersion;
  }

  now(): Date {
    return this.#clock();
  }

  create(options: BucketOptions): Bucket {
    const { name, policy, notificationConfiguration, replicationRules = [] } = options;
    if (!isBucketName(name)) {
      throw new S3Error('InvalidBucketName', 'The specified bucket is not valid.', {
        fields: { BucketName: name },
      });
    }
    if (this.#entries.has(name)) {
      throw new S3Error(
        'BucketAlreadyOwnedByYou',
        'The bucket you tried to create already exists, and you own it.',
        {
          fields: { BucketName: name },
        },
      );
    }
    requireSupportedRules(name, notificationConfiguration);
    if (replicationRules.length > 0 && !options.versioned) {
      throw new S3Error('InvalidRequest', `Versioning must be on for bucket ${name} to be replicated`);
    }
    const encryption = options.encryption ?? { algorithm: 'AES256' };
    const bucket = new Bucket({
      name,
      createdAt: this.now(),
      region: options.region ?? this.region,
      versioned: options.versioned,
      defaultEncryption: this.encryptionOf(encryption),
    });
    const settings: BucketSettings = {
      encryption,
      publicAccessBlock: options.publicAccessBlock ?? blockedEntirely,
      policy: policy === undefined ? undefined : new BucketPolicy(JSON.stringify(policy)),
      tags: new Map(Object.entries(options.tags ?? {})),
      publicGrants: options.publicGrants ?? [],
    };
    this.#entries.set(name, {
      bucket,
      settings,
      ...(notificationConfiguration === undefined ? {} : { notificationConfiguration }),
      replicationRules,
    });
    return bucket;
  }

  /** In order of their names. */
  buckets(): Bucket[] {
    return [...this.#entries.keys()].sort().map(name => this.bucket(name));
  }

  bucket(name: string): Bucket {
    return this.#entry(name).bucket;
  }

  settings(name: string): BucketSettings {
    return this.#entry(name).settings;
  }

  replicationRules(name: string): readonly ReplicationRule[] {
    return this.#entry(name).replicationRules;
  }

  /** Deletes a version, or hides the key behind a delete marker; gives the version or the marker. */
  remove(bucketName: string, key: string, versionId: string | undefined): StoredVersion | undefined {
    const removed = this.bucket(bucketName).remove(key, versionId, this.now());
    if (versionId === undefined && removed !== undefined && isDeleteMarker(removed)) {
      this.#onVersion(bucketName, removed);
    }
    return removed;
  }

  /** Names the key by its ARN, as S3 answers it; without one it is the account's own key for S3. */
  encryptionOf({ algorithm, kmsKeyId }: Encryption): Encryption {
    if (algorithm === 'AES256') return { algorithm };
    const id = kmsKeyId ?? 'alias/aws/s3';
    if (id.startsWith('arn:')) return { algorithm, kmsKeyId: id };
    const resource = id.startsWith('alias/') ? id : `key/${id}`;
    return { algorithm, kmsKeyId: `arn:aws:kms:${this.region}:${this.accountId}:${resource}` };
  }

  /** Throws `AccessDenied` where the bucket's own policy denies the action on the key. */
  async requireNotDenied(
    action: string,
    bucketName: string,
    key: string,
    request: Pick<S3Request, 'headers' | 'sourceIpAddress' | 'accessKeyId'>,
    headers = request.headers,
  ): Promise<void> {
    const denied = await this.settings(bucketName).policy?.denies({
      action,
      bucket: bucketName,
      ...(key === '' ? {} : { key }),
      principal: this.#principalOf(request.accessKeyId),
      accountId: this.accountId,
      sourceIpAddress: request.sourceIpAddress,
      headers,
    });
    if (denied !== true) return;
    throw new S3Error('AccessDenied', `Access Denied: the policy of bucket ${bucketName} denies ${action}`);
  }

  /** Tells the listeners of a new version. */
  announce(name: ObjectEventName, bucketName: string, version: ObjectVersion, request: Announcer): void {
    this.#onVersion(bucketName, version);
    const event: ObjectEvent = {
      name,
      bucket: bucketName,
      key: version.key,
      ...(version.versionId === nullVersionId ? {} : { versionId: version.versionId }),
      size: version.bytes.length,
      etag: version.etag,
      sequencer: version.sequencer,
      time: request.time,
      region: this.region,
      accountId: this.accountId,
      requestId: request.requestId,
      hostId: request.hostId,
      sourceIpAddress: request.sourceIpAddress,
      accessKeyId: request.accessKeyId,
    };
    const { notificationConfiguration } = this.#entry(bucketName);
    this.#onObjectEvent(event, notificationDestinations(notificationConfiguration, event));
  }

  #entry(name: string): BucketEntry {
    const entry = this.#entries.get(name);
    if (entry !== undefined) return entry;
    throw new S3Error('NoSuchBucket', 'The specified bucket does not exist', {
      fields: { BucketName: name },
    });
  }
}
