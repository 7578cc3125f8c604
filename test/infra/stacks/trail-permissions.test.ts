import { describe, expect, test } from '@jest/globals';
import { account, deployedPolicy, type RoleCall, region, simulateRole } from '../simulate-role.ts';
import { propertiesOf, resourcesOf, synthesizeAll, synthesizeTrail } from '../synthesized-stack.ts';

const stack = synthesizeTrail({ trailRulesBucket: 'true' });
const table = (name: string) => `arn:aws:dynamodb:${region}:${account}:table/${name}`;
const windows = table('TrailAlertWindowsTable');
const audit = table('TrailAuditTable');
const log = 'arn:aws:s3:::TrailLogBucket/AWSLogs/111122223333/CloudTrail/eu-central-1/2026/11/21/one.json.gz';
const rules = 'arn:aws:s3:::TrailRulesBucket/rules.json';
const accepted = 'arn:aws:s3:::TrailRulesBucket/accepted/rules.json';
const topic = `arn:aws:sns:${region}:${account}:TrailAlertTopic`;
const machine = 'sallyport-trail-backfill-dev';
const states = (rest: string) => `arn:aws:states:${region}:${account}:${rest}`;

const on = (resource: string, ...actions: readonly string[]): RoleCall[] =>
  actions.map(action => ({ action, resource }));

/** Use of a key in the name of a service, or by the role itself. */
const key = (name: string, service: string | undefined, action = 'kms:Decrypt'): RoleCall => ({
  action,
  resource: `arn:aws:kms:${region}:${account}:key/${name}`,
  ...(service === undefined ? {} : { context: { 'kms:ViaService': `${service}.${region}.amazonaws.com` } }),
  resourcePolicy: deployedPolicy(propertiesOf(stack, name)['KeyPolicy']),
});

const alerts = [...on(topic, 'sns:Publish'), key('TrailAlertsKey', 'sns', 'kms:GenerateDataKey')];
const tables = ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'].map(action =>
  key('TrailTablesKey', 'dynamodb', action),
);
const readsLogs = [
  ...on(log, 's3:GetObject', 's3:GetObjectVersion'),
  ...on('arn:aws:s3:::TrailLogBucket', 's3:ListBucket'),
  key('TrailLogsKey', 's3'),
];
const analyzes = [
  ...readsLogs,
  ...on(table('TrailEventsTable'), 'dynamodb:GetItem', 'dynamodb:UpdateItem'),
  ...on(windows, 'dynamodb:BatchWriteItem', 'dynamodb:UpdateItem'),
  ...on(audit, 'dynamodb:PutItem'),
  ...on(rules, 's3:GetObject'),
  ...on(accepted, 's3:GetObject', 's3:PutObject'),
  key('TrailRulesKey', 's3'),
  key('TrailRulesKey', 's3', 'kms:GenerateDataKey'),
  ...tables,
  ...alerts,
];
const writesLogs = on(log, 's3:PutObject', 's3:DeleteObject', 's3:DeleteObjectVersion');

/** What each function calls, by its adapters; and what whoever takes it over would like to. */
const roles: readonly [words: string, may: readonly RoleCall[], mayNot: readonly RoleCall[]][] = [
  [
    'what trail-analyzer may do',
    analyzes,
    [
      ...writesLogs,
      ...on(rules, 's3:PutObject', 's3:DeleteObject'),
      ...on(audit, 'dynamodb:DeleteItem', 'dynamodb:UpdateItem'),
      ...on(table('TrailEventsTable'), 'dynamodb:DeleteItem', 'dynamodb:Scan'),
      ...on(windows, 'dynamodb:Query', 'dynamodb:DeleteItem'),
      key('TrailLogsKey', undefined),
    ],
  ],
  [
    'what trail-summarizer may do',
    [
      ...on(windows, ...['BatchWriteItem', 'GetItem', 'Query', 'UpdateItem'].map(name => `dynamodb:${name}`)),
      ...on(`${windows}/index/ByDue`, 'dynamodb:Query'),
      ...tables,
      ...alerts,
    ],
    [
      ...on(windows, 'dynamodb:DeleteItem', 'dynamodb:Scan'),
      ...on(table('TrailEventsTable'), 'dynamodb:GetItem', 'dynamodb:UpdateItem'),
      ...readsLogs,
      key('TrailTablesKey', undefined),
    ],
  ],
  [
    'what trail-verifier may do',
    [
      ...readsLogs,
      ...on('*', 'cloudtrail:ListPublicKeys'),
      ...on(audit, 'dynamodb:PutItem', 'dynamodb:GetItem', 'dynamodb:Query'),
      ...tables,
      ...alerts,
    ],
    [
      ...writesLogs,
      ...on(audit, 'dynamodb:DeleteItem', 'dynamodb:UpdateItem', 'dynamodb:Scan'),
      ...on('*', 'cloudtrail:DescribeTrails'),
      ...on(`arn:aws:cloudtrail:${region}:${account}:trail/any`, 'cloudtrail:StopLogging'),
      key('TrailLogsKey', undefined),
    ],
  ],
  [
    'what trail-backfiller may do',
    [
      ...analyzes,
      ...on(table('TrailBackfillsTable'), 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'),
    ],
    [...writesLogs, ...on(table('TrailBackfillsTable'), 'dynamodb:DeleteItem', 'dynamodb:Scan')],
  ],
  [
    'what the backfill workflow may do',
    [
      ...on('arn:aws:s3:::TrailLogBucket', 's3:ListBucket'),
      ...on(states(`stateMachine:${machine}`), 'states:StartExecution'),
      ...on(states(`execution:${machine}/Logs:one`), 'states:DescribeExecution', 'states:StopExecution'),
      ...alerts,
    ],
    [
      ...on(log, 's3:GetObject'),
      ...on(states('stateMachine:sallyport-intake-dev'), 'states:StartExecution'),
      ...on(states('execution:sallyport-intake-dev:one'), 'states:StopExecution'),
      ...on(`arn:aws:lambda:${region}:${account}:function:other`, 'lambda:InvokeFunction'),
    ],
  ],
];

describe.each(roles)('%s', (words, may, mayNot) => {
  const role = simulateRole(stack, words);
  const named = (calls: readonly RoleCall[]) =>
    calls.map(call => [`${call.action} ${call.resource.split(':').slice(5).join(':')}`, call] as const);

  test.each(named(may))('takes in %s', async (_name, call) => {
    expect(await role.ask(call)).toBe('Allowed');
  });

  test.each(named(mayNot))('leaves out %s', async (_name, call) => {
    expect(await role.ask(call)).toBe('ImplicitlyDenied');
  });
});

describe('the rule for events of global services', () => {
  const home = { region: 'eu-central-1', account };
  const found = synthesizeAll(home).find(([id]) => id === 'TrailGlobalEventsStack')?.[1];
  if (found === undefined) throw new Error('There is no stack for events of global services.');
  const role = simulateRole(found, 'what the rule for events of global services may do');
  const bus = (where: string, name = 'default', whose = account) =>
    `arn:aws:events:${where}:${whose}:event-bus/${name}`;

  test('puts events into the default bus of the home region', async () => {
    expect(await role.ask({ action: 'events:PutEvents', resource: bus('eu-central-1') })).toBe('Allowed');
  });

  test.each([
    bus('us-east-1'),
    bus('eu-west-1'),
    bus('eu-central-1', 'other'),
    bus('eu-central-1', 'default', '444455556666'),
  ])('puts none into %s', async resource => {
    expect(await role.ask({ action: 'events:PutEvents', resource })).toBe('ImplicitlyDenied');
  });
});

test('no role of the trail is left out', () => {
  const descriptions = resourcesOf(stack, 'AWS::IAM::Role').map(([, { Properties }]) =>
    String(Properties['Description']),
  );
  const tried = roles.map(([words]) => words);
  const untried = descriptions.filter(description => !tried.some(words => description.endsWith(words)));
  expect(untried).toEqual([expect.stringMatching(/what trail-dead-letter-keeper may do$/)]);
});
