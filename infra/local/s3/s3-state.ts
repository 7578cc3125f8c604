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
import { conditionsOf, type S3Caller, type S3Permissions } from './s3-permissions.ts';
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
  /** Access key id of the role that copies them. @default S3's own */
  readonly replicationAccessKeyId?: string | undefined;
  /** Whether one data key serves all objects, which the key's policies then see as the bucket. @default false */
  readonly bucketKey?: boolean;
}

export interface S3StateOptions {
  readonly region: string;
  readonly accountId: string;
  readonly clock: () => Date;
  readonly maximumObjectBytes: number;
  readonly secretAccessKey?: string | undefined;
  readonly permissions: S3Permissions;
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

/** What decides whether a request is served. */
type RequestedBy = S3Caller & { readonly headers: S3Request['headers']; readonly query?: URLSearchParams };

/** What an event says of the request that caused it. */
type Announcer = Pick<S3Request, 'time' | 'requestId' | 'hostId' | 'sourceIpAddress' | 'accessKeyId'>;

interface BucketEntry {
  readonly bucket: Bucket;
  readonly settings: BucketSettings;
  readonly notificationConfiguration?: NotificationConfiguration;
  readonly replicationRules: readonly ReplicationRule[];
  readonly replicationAccessKeyId: string | undefined;
  readonly bucketKey: boolean;
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
  readonly #permissions: S3Permissions;
  readonly #onObjectEvent: S3StateOptions['onObjectEvent'];
  readonly #onVersion: S3StateOptions['onVersion'];
  readonly #entries = new Map<string, BucketEntry>();

  constructor(options: S3StateOptions) {
    this.region = options.region;
    this.accountId = options.accountId;
    this.maximumObjectBytes = options.maximumObjectBytes;
    this.secretAccessKey = options.secretAccessKey;
    this.#clock = options.clock;
    this.#permissions = options.permissions;
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
      replicationAccessKeyId: options.replicationAccessKeyId,
      bucketKey: options.bucketKey ?? false,
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

  /** Who copies the bucket's objects elsewhere, if it is not S3 for itself. */
  replicationAccessKeyId(name: string): string | undefined {
    return this.#entry(name).replicationAccessKeyId;
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

  /** Throws `AccessDenied` where the caller may not do what it asks for; an action on no bucket is one on all. */
  async requirePermission(
    action: string,
    bucketName: string | undefined,
    key: string,
    request: RequestedBy,
  ): Promise<void> {
    const reason = await this.#permissions.ask({
      caller: request,
      action,
      resource: bucketName === undefined ? '*' : arnOf(bucketName, key),
      context: conditionsOf(request),
      policy: this.#entries.get(bucketName ?? '')?.settings.policy,
    });
    if (reason !== undefined) throw new S3Error('AccessDenied', reason);
  }

  /** Throws `AccessDenied` where S3 may not use the key of an object in the caller's name. */
  async requireKey(
    actions: readonly `kms:${string}`[],
    { kmsKeyId }: Encryption,
    bucketName: string,
    key: string,
    caller: S3Caller,
  ): Promise<void> {
    if (kmsKeyId === undefined) return;
    const encryptedArn = arnOf(bucketName, this.#entry(bucketName).bucketKey ? '' : key);
    const reason = await this.#permissions.askKey({ caller, kmsKeyId, actions, encryptedArn });
    if (reason !== undefined) throw new S3Error('AccessDenied', reason);
  }

  /**
   * The version that a request names, or the current one. Whether a key is there is told only to those who may list
   * (https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html, "Permissions").
   */
  async versionFor(
    request: RequestedBy,
    bucketName: string,
    key: string,
    versionId: string | undefined,
  ): Promise<ObjectVersion> {
    try {
      return this.bucket(bucketName).find(key, versionId);
    } catch (error) {
      if (error instanceof S3Error && error.code === 'NoSuchKey') {
        await this.requirePermission('s3:ListBucket', bucketName, '', { ...request, headers: {} });
      }
      throw error;
    }
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

/** Without a key the bucket's. */
function arnOf(bucketName: string, key: string): string {
  return `arn:aws:s3:::${bucketName}${key === '' ? '' : `/${key}`}`;
}
