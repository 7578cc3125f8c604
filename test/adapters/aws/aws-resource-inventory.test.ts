import {
  CreateTableCommand,
  TagResourceCommand,
  UpdateContinuousBackupsCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { CreateTopicCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, test } from '@jest/globals';
import { createCloudWatchLogsService, LocalLogGroups } from '../../../infra/local/account/cloudwatch-logs.ts';
import { createKmsService } from '../../../infra/local/account/kms.ts';
import { LocalKeys } from '../../../infra/local/account/local-keys.ts';
import { LocalSecrets } from '../../../infra/local/account/local-secrets.ts';
import { createS3ControlService, LocalBucketsOfAccount } from '../../../infra/local/account/s3-control.ts';
import { createSecretsManagerService } from '../../../infra/local/account/secrets-manager.ts';
import { type Emulators, startEmulators } from '../../../infra/local/emulators.ts';
import { LocalS3 } from '../../../infra/local/s3/local-s3.ts';
import { TableSettings } from '../../../infra/local/table-settings.ts';
import { assumedRoleClients } from '../../../src/adapters/aws/assumed-role-clients.ts';
import {
  AwsResourceInventory,
  type InventoryClients,
} from '../../../src/adapters/aws/aws-resource-inventory.ts';
import { resourceInventoryContract } from '../../../src/adapters/contracts/resource-inventory-contract.ts';
import type { AspectValues, ResourceRef } from '../../../src/ports/resource-inventory.ts';
import { type LocalServicesEndpoint, startLocalServices } from '../../emulators/local-services.ts';
import {
  absentKey,
  absentResources,
  awsAlias,
  awsKeyArn,
  customerAlias,
  customerKeyArn,
  keyNames,
  sampleResources,
  sampleScope,
} from '../sample-account.ts';

let emulators: Emulators;
let services: LocalServicesEndpoint;
let s3: Awaited<ReturnType<LocalS3['listen']>>;
let clients: InventoryClients;
let inventory: AwsResourceInventory;

const { account, region } = sampleScope;

beforeAll(async () => {
  emulators = await startEmulators(region);
  const keys = new LocalKeys(account);
  const secrets = new LocalSecrets(account);
  const logGroups = new LocalLogGroups(account);
  const buckets = new LocalBucketsOfAccount(account);
  const localS3 = new LocalS3({ region, accountId: account });
  s3 = await localS3.listen();
  const tables = new TableSettings({ region, keyArnOf: keyId => keyId });
  services = await startLocalServices({
    kms: createKmsService(keys),
    secretsmanager: createSecretsManagerService(secrets),
    logs: createCloudWatchLogsService(logGroups),
    's3-control': createS3ControlService(buckets),
    dynamodb: ({ headers, body }) =>
      tables.answer((headers['x-amz-target'] ?? '').replace(/^.*\./, ''), body, (action, text) =>
        sendToTables(headers, action, text),
      ),
  });
  const at = (endpoint: string) =>
    assumedRoleClients({
      ownAccount: account,
      roleName: 'reader',
      sts: new STSClient({ region }),
      settings: { endpoint, credentials: { accessKeyId: 'test', secretAccessKey: 'test' }, maxAttempts: 1 },
    })(sampleScope);
  const emulated = at(services.endpoint);
  const messaging = at(emulators.messaging);
  clients = {
    s3: at(s3.endpoint).s3,
    s3Control: emulated.s3Control,
    dynamoDb: emulated.dynamoDb,
    sns: messaging.sns,
    sqs: messaging.sqs,
    kms: emulated.kms,
    secretsManager: emulated.secretsManager,
    logs: emulated.logs,
  };
  inventory = new AwsResourceInventory({ clientsOf: () => clients });
  for (const { resource, values } of sampleResources) {
    await build(resource, values, { keys, secrets, logGroups, buckets, localS3 });
  }
  for (const [alias, arn] of Object.entries({ [customerAlias]: customerKeyArn, [awsAlias]: awsKeyArn })) {
    const key = keys.find(region, arn);
    if (key !== undefined) keys.addAlias(alias, key);
  }
});

afterAll(async () => {
  for (const client of Object.values(clients)) client.destroy();
  await Promise.all([emulators.stop(), services.close(), s3.close()]);
});

async function sendToTables(headers: Readonly<Record<string, string>>, action: string, body: string) {
  const answer = await fetch(emulators.tables, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${action}`,
      'x-amz-date': headers['x-amz-date'] ?? '',
      authorization: headers['authorization'] ?? '',
    },
    body,
  });
  return { status: answer.status, body: await answer.text() };
}

interface Emulated {
  readonly keys: LocalKeys;
  readonly secrets: LocalSecrets;
  readonly logGroups: LocalLogGroups;
  readonly buckets: LocalBucketsOfAccount;
  readonly localS3: LocalS3;
}

/** Puts a resource of the sample into the service that it belongs to. */
async function build(
  resource: Omit<ResourceRef, 'locator'>,
  values: Partial<AspectValues>,
  { keys, secrets, logGroups, buckets, localS3 }: Emulated,
): Promise<void> {
  const { name } = resource;
  const { encryption, policy, tags = {} } = values;
  const kmsKeyId = encryption?.by === 'kms' ? encryption.keyId : undefined;
  const attributes = {
    ...(kmsKeyId === undefined ? {} : { KmsMasterKeyId: kmsKeyId }),
    ...(policy?.document === undefined ? {} : { Policy: policy.document }),
  };
  const withKey = kmsKeyId === undefined ? {} : { kmsKeyId };
  const withPolicy = policy?.document === undefined ? {} : { policy: policy.document };
  switch (resource.type) {
    case 'account':
      buckets.publicAccessBlock = switchesOf(values['public-access-block']);
      return;
    case 's3-bucket':
      localS3.createBucket({
        name,
        region: resource.region,
        versioned: values.versioning === 'enabled',
        encryption:
          encryption?.by === 'kms' || encryption?.by === 'aws-managed'
            ? { algorithm: 'aws:kms', ...withKey }
            : { algorithm: 'AES256' },
        ...(policy?.document === undefined ? {} : { policy: JSON.parse(policy.document) }),
        publicAccessBlock: switchesOf(values['public-access-block']),
        tags,
        publicGrants: (values.acl?.publicGrants ?? []).map(permission => ({
          group: 'AllUsers',
          permission: permission as 'READ',
        })),
      });
      return;
    case 'dynamodb-table':
      await clients.dynamoDb.send(
        new CreateTableCommand({
          TableName: name,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
          ...(kmsKeyId === undefined
            ? {}
            : { SSESpecification: { Enabled: true, KMSMasterKeyId: kmsKeyId } }),
        }),
      );
      await waitUntilTableExists(
        { client: clients.dynamoDb, maxWaitTime: 30, minDelay: 1 },
        { TableName: name },
      );
      await clients.dynamoDb.send(
        new UpdateContinuousBackupsCommand({
          TableName: name,
          PointInTimeRecoverySpecification: {
            PointInTimeRecoveryEnabled: values['point-in-time-recovery']?.enabled === true,
          },
        }),
      );
      for (const [Key, Value] of Object.entries(tags)) {
        await clients.dynamoDb.send(
          new TagResourceCommand({ ResourceArn: resource.arn, Tags: [{ Key, Value }] }),
        );
      }
      return;
    case 'sns-topic':
      await clients.sns.send(
        new CreateTopicCommand({
          Name: name,
          Attributes: attributes,
          Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
        }),
      );
      return;
    case 'sqs-queue':
      await clients.sqs.send(
        new CreateQueueCommand({
          QueueName: name,
          Attributes: {
            ...attributes,
            // A key of one's own and one of SQS exclude each other; the emulator keeps both.
            SqsManagedSseEnabled: String(encryption?.by === 'aws-owned'),
          },
          tags,
        }),
      );
      return;
    case 'kms-key':
      keys.add({
        region,
        keyId: name,
        manager: values.key?.manager ?? 'CUSTOMER',
        state: values.key?.keyState ?? 'Enabled',
        ...(values['key-rotation']?.enabled === true ? { rotationPeriodDays: 365 } : {}),
        ...withPolicy,
        tags,
      });
      return;
    case 'secret':
      secrets.add({ region, name, suffix: 'AbCdEf', ...withKey, ...withPolicy, tags });
      return;
    case 'log-group':
      logGroups.add({ region, name, ...withKey, tags });
  }
}

function switchesOf(block: AspectValues['public-access-block'] | undefined) {
  return {
    BlockPublicAcls: block?.blockPublicAcls === true,
    IgnorePublicAcls: block?.ignorePublicAcls === true,
    BlockPublicPolicy: block?.blockPublicPolicy === true,
    RestrictPublicBuckets: block?.restrictPublicBuckets === true,
  };
}

describe(`the contract of ${resourceInventoryContract.port}`, () => {
  test.each(resourceInventoryContract.cases)('$name', ({ run }) =>
    run({
      inventory,
      scope: sampleScope,
      resources: sampleResources,
      // A queue is asked for by its URL.
      absent: absentResources.map(resource =>
        resource.type === 'sqs-queue'
          ? { ...resource, locator: `${emulators.messaging}/${account}/${resource.name}` }
          : resource,
      ),
      keys: keyNames,
      absentKey,
    }),
  );
});
