import type { Reading } from '../../ports/reading.ts';
import type {
  Aspect,
  Facts,
  InventoryScope,
  KeyFacts,
  ResourceInventory,
  ResourcePage,
  ResourceRef,
  ResourceType,
} from '../../ports/resource-inventory.ts';
import { accountSource } from './inventory/account-source.ts';
import { bucketSource } from './inventory/bucket-source.ts';
import type { InventoryClients } from './inventory/inventory-clients.ts';
import type { InventorySource } from './inventory/inventory-source.ts';
import { keySource, readKey } from './inventory/key-source.ts';
import { logGroupSource } from './inventory/log-group-source.ts';
import { queueSource } from './inventory/queue-source.ts';
import { secretSource } from './inventory/secret-source.ts';
import { tableSource } from './inventory/table-source.ts';
import { topicSource } from './inventory/topic-source.ts';

export type { InventoryClients } from './inventory/inventory-clients.ts';

export interface AwsResourceInventoryOptions {
  /** The clients of an account and region: see `assumedRoleClients`. Asked before each call, so it should keep them. */
  readonly clientsOf: (scope: InventoryScope) => InventoryClients;
}

const sources: Readonly<Record<ResourceType, InventorySource>> = {
  account: accountSource,
  's3-bucket': bucketSource,
  'dynamodb-table': tableSource,
  'sns-topic': topicSource,
  'sqs-queue': queueSource,
  'kms-key': keySource,
  secret: secretSource,
  'log-group': logGroupSource,
};

const notApplicable: Reading<never> = {
  state: 'unreadable',
  reason: 'failed',
  api: 'none',
  code: 'NotApplicable',
};

/**
 * What accounts hold, from the services themselves. Only the calls that the asked aspects need are made, one that two
 * of them need once, all at one time; a bucket is asked in its own region. What was read is not kept.
 *
 * `reason` follows from the error's name: `throttled` and `denied` as in `translateFailure`, `throttled` also where no
 * answer came in time, `gone` only where the service says by name that there is no such thing, all else `failed`. What only says that nothing is set
 * (`NoSuchBucketPolicy`, `NoSuchTagSet`…) is a value. Calls are repeated as their clients are set to.
 *
 * Needs, as far as the aspects are asked: `s3:ListAllMyBuckets`, `s3:GetEncryptionConfiguration`,
 * `s3:GetBucketPublicAccessBlock`, `s3:GetAccountPublicAccessBlock`, `s3:GetBucketPolicy`, `s3:GetBucketPolicyStatus`,
 * `s3:GetBucketAcl`, `s3:GetBucketVersioning`, `s3:GetBucketTagging`; `dynamodb:ListTables`, `dynamodb:DescribeTable`,
 * `dynamodb:DescribeContinuousBackups`, `dynamodb:ListTagsOfResource`; `sns:ListTopics`, `sns:GetTopicAttributes`,
 * `sns:ListTagsForResource`; `sqs:ListQueues`, `sqs:GetQueueAttributes`, `sqs:ListQueueTags`; `kms:ListKeys`,
 * `kms:DescribeKey`, `kms:GetKeyRotationStatus`, `kms:GetKeyPolicy`, `kms:ListResourceTags`;
 * `secretsmanager:ListSecrets`, `secretsmanager:DescribeSecret`, `secretsmanager:GetResourcePolicy`;
 * `logs:DescribeLogGroups`, `logs:ListTagsForResource`.
 *
 * @example
 * const clientsOf = assumedRoleClients({ ownAccount, roleName: 'sallyport-reader', sts: new STSClient() });
 * new AwsResourceInventory({ clientsOf });
 */
export class AwsResourceInventory implements ResourceInventory {
  readonly #clientsOf: (scope: InventoryScope) => InventoryClients;

  constructor(options: AwsResourceInventoryOptions) {
    this.#clientsOf = options.clientsOf;
  }

  async list(scope: InventoryScope, type: ResourceType, cursor?: string): Promise<Reading<ResourcePage>> {
    return sources[type].list(this.#clientsOf(scope), scope, cursor);
  }

  async describe(resource: ResourceRef, aspects: readonly Aspect[]): Promise<Facts> {
    const { type, account, region } = resource;
    const readers = sources[type].readers(this.#clientsOf({ account, region }), resource);
    const facts = [...new Set(aspects)].map(
      async aspect => [aspect, (await readers[aspect]?.()) ?? notApplicable] as const,
    );
    return Object.fromEntries(await Promise.all(facts));
  }

  async describeKey(scope: InventoryScope, keyId: string): Promise<Reading<KeyFacts>> {
    const { account } = scope;
    // KMS of another region finds no such key, which must not be taken for a deleted one.
    const [, region = scope.region] = /^arn:[a-z-]+:kms:([a-z0-9-]+):/.exec(keyId) ?? [];
    return readKey(this.#clientsOf({ account, region }).kms, keyId);
  }
}
