import type { Reading } from './reading.ts';

/** What is looked at. `account` stands for the settings of an account as a whole. */
export const resourceTypes = [
  'account',
  's3-bucket',
  'dynamodb-table',
  'sns-topic',
  'sqs-queue',
  'kms-key',
  'secret',
  'log-group',
] as const;

export type ResourceType = (typeof resourceTypes)[number];

/** Types that are listed once for an account, whatever the region: `s3-bucket` gives the buckets of all regions. */
export const accountWideTypes = ['account', 's3-bucket'] as const satisfies readonly ResourceType[];

/** Where to look. */
export interface InventoryScope {
  /** 12 digits. */
  readonly account: string;
  /** For example `eu-central-1`. Of types that are account-wide: the region whose endpoint is asked. */
  readonly region: string;
}

export interface ResourceRef {
  readonly type: ResourceType;
  readonly account: string;
  /** Where the resource is. Of `account`: the region that was asked. */
  readonly region: string;
  /** Identity of the resource. Of `account`: `arn:aws:iam::<account>:root`. */
  readonly arn: string;
  /** Name of a bucket, table, topic, queue, secret or log group; id of a key; the account's 12 digits. */
  readonly name: string;
  /** What the service's calls take, where that is neither name nor ARN: the URL of a queue. */
  readonly locator?: string;
}

/** What a resource states of its encryption at rest. */
export type StatedEncryption =
  | { readonly by: 'none' }
  /** A key that belongs to the service and is seen in no account: DynamoDB's default, SSE-SQS, CloudWatch Logs' default. */
  | { readonly by: 'aws-owned' }
  /** SSE-S3, `AES256`. */
  | { readonly by: 's3' }
  /** The service's key in this account (`aws/s3`, `aws/secretsmanager`), where the service says so by naming no key. */
  | { readonly by: 'aws-managed' }
  /** A KMS key, as the resource names it: ARN, id, or alias. */
  | { readonly by: 'kms'; readonly keyId: string };

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PublicAccessBlockConfiguration.html; all `false` where none is set. */
export interface PublicAccessBlock {
  readonly blockPublicAcls: boolean;
  readonly ignorePublicAcls: boolean;
  readonly blockPublicPolicy: boolean;
  readonly restrictPublicBuckets: boolean;
}

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_KeyMetadata.html */
export interface KeyFacts {
  readonly arn: string;
  /** The account that the key is in. */
  readonly account: string;
  /** Who manages the key's life. */
  readonly manager: 'AWS' | 'CUSTOMER';
  /** `Enabled`, `Disabled`, `PendingDeletion`, `PendingImport`, `Unavailable`… */
  readonly keyState: string;
  /** `SYMMETRIC_DEFAULT`, `RSA_2048`… */
  readonly keySpec: string;
  /** `AWS_KMS`, `EXTERNAL`, `AWS_CLOUDHSM`, `EXTERNAL_KEY_STORE`. */
  readonly origin: string;
}

/** What can be asked of a resource, and what the answer looks like. */
export interface AspectValues {
  /** Buckets, tables, topics, queues, secrets, log groups. */
  readonly encryption: StatedEncryption;
  /** Accounts and buckets. */
  readonly 'public-access-block': PublicAccessBlock;
  /** Buckets, topics, queues, secrets, keys: the resource policy, JSON text; `document` is absent where there is none. */
  readonly policy: { readonly document?: string };
  /** Buckets: whether S3 finds the policy public; `false` where there is none. */
  readonly 'policy-status': { readonly isPublic: boolean };
  /** Buckets: the permissions (`READ`, `FULL_CONTROL`…) that the ACL grants to everyone or to every AWS user. */
  readonly acl: { readonly publicGrants: readonly string[] };
  /** Buckets. */
  readonly versioning: 'enabled' | 'suspended' | 'off';
  /** Keys. */
  readonly key: KeyFacts;
  /** Keys: whether KMS rotates the material by itself. */
  readonly 'key-rotation': { readonly enabled: boolean; readonly periodDays?: number };
  /** Tables. */
  readonly 'point-in-time-recovery': { readonly enabled: boolean };
  /** All but accounts. */
  readonly tags: Readonly<Record<string, string>>;
}

export type Aspect = keyof AspectValues;

/** What each type of resource can be asked. */
export const aspectsOfType: Readonly<Record<ResourceType, readonly Aspect[]>> = {
  account: ['public-access-block'],
  's3-bucket': ['encryption', 'public-access-block', 'policy', 'policy-status', 'acl', 'versioning', 'tags'],
  'dynamodb-table': ['encryption', 'point-in-time-recovery', 'tags'],
  'sns-topic': ['encryption', 'policy', 'tags'],
  'sqs-queue': ['encryption', 'policy', 'tags'],
  'kms-key': ['key', 'key-rotation', 'policy', 'tags'],
  secret: ['encryption', 'policy', 'tags'],
  'log-group': ['encryption', 'tags'],
};

/** What of a resource was asked for: a value, or why there is none. What was not asked for is absent. */
export type Facts = { readonly [Name in Aspect]?: Reading<AspectValues[Name]> };

export interface ResourcePage {
  readonly resources: readonly ResourceRef[];
  /** What the list itself tells of its resources, by their ARNs: the same that `describe` would, and not to be asked again. */
  readonly facts?: Readonly<Record<string, Facts>>;
  /** Where the next page begins, plain text that may be stored; absent on the last page. */
  readonly next?: string;
}

/** What an account holds, read and never changed. */
export interface ResourceInventory {
  /**
   * One page of the resources of a type, at most 100. Never rejects for what a service answers: a page that cannot be
   * read is a fact.
   */
  list(scope: InventoryScope, type: ResourceType, cursor?: string): Promise<Reading<ResourcePage>>;
  /**
   * What is asked of one resource, each aspect for itself: what cannot be read leaves the others as they are. An aspect
   * that a resource of this type does not have is `unreadable`, `failed`, `NotApplicable`.
   */
  describe(resource: ResourceRef, aspects: readonly Aspect[]): Promise<Facts>;
  /** A KMS key by what a resource of that scope calls it: ARN, id, or alias. */
  describeKey(scope: InventoryScope, keyId: string): Promise<Reading<KeyFacts>>;
}
