import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { LocalAccount } from '../../../infra/local/account/local-account.ts';
import { DynamoDbAuditLog } from '../../../src/adapters/aws/dynamodb-audit-log.ts';
import { type LocalServicesEndpoint, startLocalServices } from '../../emulators/local-services.ts';
import { type MessagingEndpoint, type ObservedTopic, startMessaging } from '../../emulators/messaging.ts';
import { startTables, type TablesEndpoint } from '../../emulators/tables.ts';
import { sallyport } from '../cli/sallyport-process.ts';
import { credentialsDetail, findingEvent } from './finding-fixtures.ts';
import { sqsEvent } from './notification-fixtures.ts';

const run = promisify(execFile);
const invoker = fileURLToPath(new URL('./fixtures/invoke-function.ts', import.meta.url));
const accountId = '000000000000';

let tables: TablesEndpoint;
let messaging: MessagingEndpoint;
let services: LocalServicesEndpoint;
let topic: ObservedTopic;
let account: LocalAccount;
let env: Record<string, string>;
let ledgerTable: string;
let auditTable: string;

beforeAll(async () => {
  account = new LocalAccount(accountId);
  [tables, messaging] = await Promise.all([startTables(), startMessaging()]);
  services = await startLocalServices(account.services);
  topic = await messaging.createTopic('findings');
  ledgerTable = await tables.createTable('remediations', 'pk', 'sk');
  auditTable = await tables.createTable('audit', 'requestId', 'timestamp');
  const urlOf = async (client: {
    config: { endpoint?: () => Promise<{ hostname: string; port?: number }> };
  }) => {
    const endpoint = await client.config.endpoint?.();
    return `http://${endpoint?.hostname}:${endpoint?.port}`;
  };
  env = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL: services.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: await urlOf(tables.client),
    AWS_ENDPOINT_URL_SNS: await urlOf(messaging.sns),
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    AWS_LAMBDA_FUNCTION_NAME: 'sallyport-finding-remediator-dev',
    REMEDIATION_MODE: 'contain',
    MINIMUM_SEVERITY: '7',
    OWN_ACCOUNT: accountId,
    REMEDIATION_ROLE_ARN: `arn:aws:iam::${accountId}:role/sallyport-remediator`,
    RESPONDER_ARNS: '',
    PROTECTED_ROLES: 'sallyport-*',
    EXEMPT_TAG: 'sallyport:exempt=a=b',
    EXEMPT_IDS: '',
    EXEMPT_ACCOUNTS: '',
    REMEDIATION_RETENTION_DAYS: '365',
    LEDGER_TABLE_NAME: ledgerTable,
    AUDIT_TABLE_NAME: auditTable,
    ALERT_TOPIC_ARN: topic.topicArn,
  };
  account.iam.addUser('eve', {}, { AKIAIOSFODNN7EXAMPLE: 'Active' });
  account.iam.addUser('exempt', { 'sallyport:exempt': 'a=b' }, { AKIAIOSFODNN7EXAMPLF: 'Active' });
});

afterAll(async () => {
  await Promise.all([tables.close(), messaging.close(), services.close()]);
});

async function invoke(event: object, requestId = crypto.randomUUID()): Promise<Record<string, unknown>> {
  const args = ['--no-warnings', invoker, 'finding-remediator', JSON.stringify(event), requestId];
  const { stdout } = await run(process.execPath, args, { env });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
}

const batch = (...details: Record<string, unknown>[]) =>
  sqsEvent(...details.map(detail => JSON.stringify(findingEvent(detail))));

const published = async (findingId: string) =>
  (await topic.received(({ Body }) => String(Body).includes(findingId))).map(({ Body }) => String(Body));

async function actionsOf(findingId: string): Promise<string[]> {
  const audit = new DynamoDbAuditLog({ client: tables.client, tableName: auditTable });
  const actions: string[] = [];
  for await (const { action, outcome } of audit.entriesOf(findingId)) actions.push(`${action} ${outcome}`);
  return actions;
}

test('the function contains what a finding is about, and rolls it back by hand', async () => {
  const eve = account.iam.users.get('eve');
  expect(await invoke(batch({ ...credentialsDetail, id: 'by-function' }))).toEqual({ batchItemFailures: [] });
  expect([...(eve?.accessKeys.values() ?? [])]).toEqual(['Inactive']);
  expect([...(eve?.policies.keys() ?? [])]).toEqual(['sallyport-containment']);
  const alerts = await published('by-function');
  expect(alerts).toHaveLength(1);
  expect(alerts[0]).toContain(
    'aws lambda invoke --function-name sallyport-finding-remediator-dev --region us-east-1 ',
  );

  const asked = { findingId: 'by-function', by: 'kim', reason: 'test' };
  expect(await invoke({ action: 'rollback', ...asked })).toMatchObject({ outcome: 'rolled-back' });
  expect([...(eve?.accessKeys.values() ?? [])]).toEqual(['Active']);
  expect(eve?.policies.size).toBe(0);
  expect(await invoke({ action: 'release', ...asked })).toEqual({ outcome: 'released' });
  const actions = await actionsOf('by-function');
  expect(actions.filter(action => !action.includes('step'))).toEqual([
    'finding.decide planned',
    'finding.conclude contained',
    'finding.roll-back rolled-back',
    'finding.release released',
  ]);
});

test('whoever asks of what nobody knows is audited, once where Lambda repeats the invocation', async () => {
  const asked = { action: 'rollback', findingId: 'unheard-of', by: 'kim', reason: 'test' };
  const requestId = crypto.randomUUID();
  for (const id of [requestId, requestId, crypto.randomUUID()]) {
    expect(await invoke(asked, id)).toEqual({ outcome: 'unknown' });
  }
  expect(await actionsOf('unheard-of')).toEqual(['finding.roll-back unknown', 'finding.roll-back unknown']);
});

test('the command line rolls back what the function contained', async () => {
  const eve = account.iam.users.get('eve');
  expect(await invoke(batch({ ...credentialsDetail, id: 'by-hand' }))).toEqual({ batchItemFailures: [] });
  const rollback = (...args: string[]) => {
    const names = ['--table', ledgerTable, '--audit-table', auditTable, '--topic', topic.topicArn];
    return sallyport(
      ['finding', 'rollback', 'by-hand', '--by', 'kim', '--reason', 'test', ...names, ...args],
      { env },
    );
  };
  const { code, stdout, stderr } = await rollback('--json');
  expect([code, stderr]).toEqual([0, '']);
  const answer = JSON.parse(stdout) as { steps: { status: string }[] };
  expect(answer).toMatchObject({ outcome: 'rolled-back', findingId: 'by-hand' });
  expect(answer.steps.map(({ status }) => status)).toEqual(['undone', 'undone']);
  expect([...(eve?.accessKeys.values() ?? [])]).toEqual(['Active']);
  expect(await rollback('--release')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^released: /),
  });
  expect(await rollback('--release')).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^not-held: /),
  });
});

test('one malformed finding fails its own message, and an exemption holds', async () => {
  const exempt = {
    ...credentialsDetail,
    id: 'of-exempt',
    resource: {
      resourceType: 'AccessKey',
      accessKeyDetails: {
        ...credentialsDetail.resource.accessKeyDetails,
        accessKeyId: 'AKIAIOSFODNN7EXAMPLF',
        userName: 'exempt',
      },
    },
  };
  expect(await invoke(batch({ severity: 'high' }, exempt))).toEqual({
    batchItemFailures: [{ itemIdentifier: 'm1' }],
  });
  expect([...(account.iam.users.get('exempt')?.accessKeys.values() ?? [])]).toEqual(['Active']);
  expect((await published('of-exempt'))[0]).toContain('finding.exempt');
  expect(await actionsOf('m1')).toEqual(['message.fail failed']);
});
