import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DynamoDBClient,
  type SSESpecification,
  UpdateContinuousBackupsCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { clientConfiguration } from '../../../infra/local/aws-clients.ts';
import { type Emulators, startEmulators } from '../../../infra/local/emulators.ts';
import { Gateway } from '../../../infra/local/gateway.ts';
import { TableSettings } from '../../../infra/local/table-settings.ts';

const region = 'eu-central-1';
const gateway = new Gateway();
let emulators: Emulators;
let dynamodb: DynamoDBClient;

beforeAll(async () => {
  await gateway.listen(0);
  emulators = await startEmulators(region);
  gateway.connect({
    region,
    messaging: emulators.messaging,
    tables: emulators.tables,
    tableSettings: new TableSettings({ region, keyArnOf: keyId => `arn:of:${keyId}` }),
    s3: async () => {},
    stepFunctions: async () => ({ status: 501, body: {} }),
    services: {},
    onPublished: () => {},
  });
  dynamodb = new DynamoDBClient(clientConfiguration(gateway.endpoint, region, 'tester'));
});

afterAll(async () => {
  dynamodb.destroy();
  await gateway.close();
  await emulators.stop();
});

const create = (TableName: string, SSESpecification?: SSESpecification) =>
  dynamodb.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      SSESpecification,
    }),
  );

const describeTable = async (TableName: string) =>
  (await dynamodb.send(new DescribeTableCommand({ TableName }))).Table;

const recoveryOf = async (TableName: string) =>
  (await dynamodb.send(new DescribeContinuousBackupsCommand({ TableName }))).ContinuousBackupsDescription;

describe('a table tells its encryption', () => {
  test.each<[string, SSESpecification | undefined, string | undefined]>([
    ['none asked for: a key that AWS owns', undefined, undefined],
    ['switched off: a key that AWS owns', { Enabled: false }, undefined],
    ['no key named: AWS-managed', { Enabled: true, SSEType: 'KMS' }, 'arn:of:alias/aws/dynamodb'],
    ['a key named', { Enabled: true, SSEType: 'KMS', KMSMasterKeyId: 'own' }, 'arn:of:own'],
  ])('%s', async (name, specification, keyArn) => {
    const table = name.replace(/\W/g, '-');
    const created = await create(table, specification);
    const expected =
      keyArn === undefined ? undefined : { Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn: keyArn };
    expect(created.TableDescription?.SSEDescription).toEqual(expected);
    expect((await describeTable(table))?.SSEDescription).toEqual(expected);
  });

  test('and its own region', async () => {
    await create('regional');
    expect((await describeTable('regional'))?.TableArn).toBe(
      `arn:aws:dynamodb:${region}:000000000000:table/regional`,
    );
  });

  test('not that of a table of its name that is gone', async () => {
    await create('again', { Enabled: true });
    await dynamodb.send(new DeleteTableCommand({ TableName: 'again' }));
    while ((await describeTable('again').catch(() => undefined)) !== undefined);
    await create('again');
    expect((await describeTable('again'))?.SSEDescription).toBeUndefined();
  });
});

describe('point-in-time recovery', () => {
  const recovery = (PointInTimeRecoveryStatus: string) => ({
    ContinuousBackupsStatus: 'ENABLED',
    PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus },
  });
  const update = (TableName: string, PointInTimeRecoveryEnabled: boolean) =>
    dynamodb.send(
      new UpdateContinuousBackupsCommand({
        TableName,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled },
      }),
    );

  test('is off, on and off again', async () => {
    await create('recovered', { Enabled: true });
    expect(await recoveryOf('recovered')).toEqual(recovery('DISABLED'));
    const { ContinuousBackupsDescription } = await update('recovered', true);
    expect(ContinuousBackupsDescription).toEqual(recovery('ENABLED'));
    expect(await recoveryOf('recovered')).toEqual(recovery('ENABLED'));
    await update('recovered', false);
    expect(await recoveryOf('recovered')).toEqual(recovery('DISABLED'));
    // Encryption has stayed as it was.
    expect((await describeTable('recovered'))?.SSEDescription).toBeDefined();
  });

  test('of no table is refused under a name of its own', async () => {
    await expect(recoveryOf('missing')).rejects.toMatchObject({ name: 'TableNotFoundException' });
    await expect(update('missing', true)).rejects.toMatchObject({ name: 'TableNotFoundException' });
  });

  test('of no valid name is refused as the emulator says', async () => {
    await expect(recoveryOf('!')).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

test('what is no table, and what is no JSON, is refused by the emulator', async () => {
  await expect(describeTable('missing')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  const answer = await fetch(gateway.endpoint, {
    method: 'POST',
    headers: { 'X-Amz-Target': 'DynamoDB_20120810.CreateTable' },
    body: '{"TableName":',
  });
  expect(answer.status).toBe(400);
});
