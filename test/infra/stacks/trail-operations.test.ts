import { describe, expect, test } from '@jest/globals';
import type { Configuration } from '../../../infra/config/configuration.ts';
import { deadLetterKeeperEnvironment } from '../../../src/handlers/lambda/dead-letter-keeper.env.ts';
import { trailAnalyzerEnvironment } from '../../../src/handlers/lambda/trail-analyzer.env.ts';
import { trailBackfillerEnvironment } from '../../../src/handlers/lambda/trail-backfiller.env.ts';
import { trailSummarizerEnvironment } from '../../../src/handlers/lambda/trail-summarizer.env.ts';
import { trailVerifierEnvironment } from '../../../src/handlers/lambda/trail-verifier.env.ts';
import { alarmsOf, metricsOf, ownAlarmsOf } from '../alarms.ts';
import { physicalNamesOf } from '../physical-names.ts';
import {
  render,
  resourcesOf,
  type SynthesizedStack,
  synthesizeIntake,
  synthesizeTrail,
} from '../synthesized-stack.ts';

const dev = synthesizeTrail();
const prod = synthesizeTrail({ env: 'prod', alertEmails: 'security@example.com' });

function functionOf(stack: SynthesizedStack, name: string): Record<string, unknown> {
  const found = resourcesOf(stack, 'AWS::Lambda::Function')
    .map(([, { Properties }]) => Properties)
    .find(({ FunctionName }) => FunctionName === name);
  if (found === undefined) throw new Error(`The template has no function ${name}.`);
  return found;
}

const variablesOf = (stack: SynthesizedStack, name: string) =>
  (render(functionOf(stack, name)['Environment']) as { Variables: Record<string, string> }).Variables;

const analyzer = 'sallyport-trail-analyzer-dev';
const keeper = 'sallyport-trail-dead-letter-keeper-dev';
const summarizer = 'sallyport-trail-summarizer-dev';
const verifier = 'sallyport-trail-verifier-dev';
const backfiller = 'sallyport-trail-backfiller-dev';

/** Variables that a deployment sets only where it is told to. */
const optional = [
  'TRAIL_RULES_OBJECT',
  'TRAIL_RULES_REFRESH_SECONDS',
  'TRAIL_LOG_PREFIX',
  'VERIFIED_ACCOUNTS',
  'VERIFIED_REGIONS',
  'VERIFY_CONCURRENCY',
];

describe('functions', () => {
  test.each([
    [analyzer, 120, 1024],
    [keeper, 30, 512],
    [summarizer, 120, 512],
    [verifier, 900, 1024],
    [backfiller, 900, 1024],
  ])('%s runs on Node 24 and arm64, is traced, stops after %d s, has %d MiB', (name, Timeout, MemorySize) => {
    expect(functionOf(dev, name)).toMatchObject({
      Timeout,
      MemorySize,
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      TracingConfig: { Mode: 'Active' },
    });
  });

  test.each([
    [analyzer, 'trail-analyzer-dev', trailAnalyzerEnvironment],
    [keeper, 'trail-dead-letter-keeper-dev', deadLetterKeeperEnvironment],
    [summarizer, 'trail-summarizer-dev', trailSummarizerEnvironment],
    [verifier, 'trail-verifier-dev', trailVerifierEnvironment],
    [backfiller, 'trail-backfiller-dev', trailBackfillerEnvironment],
  ])('%s has every variable that its schema asks for, and those of Powertools', (name, service, schema) => {
    const variables = variablesOf(dev, name);
    expect(Object.keys(variables).sort()).toEqual(
      [
        ...Object.keys(schema.shape).filter(name => !optional.includes(name)),
        'POWERTOOLS_LOG_LEVEL',
        'POWERTOOLS_METRICS_NAMESPACE',
        'POWERTOOLS_SERVICE_NAME',
      ].sort(),
    );
    expect(variables).toMatchObject({
      POWERTOOLS_SERVICE_NAME: service,
      POWERTOOLS_METRICS_NAMESPACE: 'Sallyport',
    });
  });

  test('each is told of its own tables, queue and topic', () => {
    expect(variablesOf(dev, analyzer)).toMatchObject({
      TRAIL_RULES: 'account-changes',
      TRAIL_EVENTS_TABLE_NAME: '<TrailEventsTable>',
      TRAIL_EVENT_RETENTION_DAYS: '365',
      TRAIL_ALERT_WINDOWS_TABLE_NAME: '<TrailAlertWindowsTable>',
      TRAIL_ALERT_WINDOW_MINUTES: '15',
      AUDIT_TABLE_NAME: '<TrailAuditTable>',
      ALERT_TOPIC_ARN: '<TrailAlertTopic>',
    });
    expect(variablesOf(dev, keeper)).toMatchObject({
      DEAD_LETTERS_TABLE_NAME: '<TrailDeadLettersTable>',
      SOURCE_QUEUE_ARN: '<TrailQueue.Arn>',
      AUDIT_TABLE_NAME: '<TrailAuditTable>',
      ALERT_TOPIC_ARN: '<TrailAlertTopic>',
    });
  });

  test('memory, time and retention are configuration', () => {
    const stack = synthesizeTrail({
      trailAnalyzerMemoryMegabytes: '2048',
      trailAnalyzerTimeoutSeconds: '300',
      trailEventRetentionDays: '30',
      functionMemoryMegabytes: '256',
      deadLetterKeeperTimeoutSeconds: '60',
    });
    expect(functionOf(stack, analyzer)).toMatchObject({ MemorySize: 2048, Timeout: 300 });
    expect(functionOf(stack, keeper)).toMatchObject({ MemorySize: 256, Timeout: 60 });
    expect(variablesOf(stack, analyzer)).toMatchObject({ TRAIL_EVENT_RETENTION_DAYS: '30' });
  });

  test('log groups keep their lines as configuration says', () => {
    for (const [stack, days] of [
      [dev, 7],
      [synthesizeTrail({ logRetentionDays: '30' }), 30],
    ] as const) {
      const found = resourcesOf(stack, 'AWS::Logs::LogGroup').map(([, { Properties }]) => [
        Properties['LogGroupName'],
        Properties['RetentionInDays'],
      ]);
      expect(found.sort()).toEqual([
        [`/aws/lambda/${analyzer}`, days],
        [`/aws/lambda/${backfiller}`, days],
        [`/aws/lambda/${keeper}`, days],
        [`/aws/lambda/${summarizer}`, days],
        [`/aws/lambda/${verifier}`, days],
        ['/aws/vendedlogs/states/sallyport-trail-backfill-dev', days],
      ]);
    }
  });
});

describe('alarms', () => {
  const functions = ['analyzer', 'dead-letter-keeper', 'summarizer', 'verifier', 'backfiller'] as const;
  const alarms: [name: string, metrics: string[], threshold: number, badPeriods: number][] = [
    ...functions.flatMap((name): [string, string[], number, number][] => [
      [`sallyport-trail-${name}-errors-dev`, ['AWS/Lambda Errors'], 1, 1],
      [`sallyport-trail-${name}-throttles-dev`, ['AWS/Lambda Throttles'], 1, 1],
    ]),
    ...['trail', 'trail-live'].flatMap((name): [string, string[], number, number][] => [
      [`sallyport-${name}-oldest-message-dev`, ['AWS/SQS ApproximateAgeOfOldestMessage'], 2700, 1],
      [`sallyport-${name}-dead-letters-dev`, ['AWS/SQS ApproximateNumberOfMessagesVisible'], 1, 1],
      [
        `sallyport-${name}-dead-letters-left-dev`,
        ['AWS/SQS ApproximateNumberOfMessagesVisible', 'AWS/SQS ApproximateNumberOfMessagesNotVisible'],
        1,
        45,
      ],
    ]),
    ['sallyport-trail-live-lost-dev', ['AWS/Events InvocationsFailedToBeSentToDlq'], 1, 1],
    ['sallyport-trail-missed-runs-dev', ['AWS/SQS ApproximateNumberOfMessagesVisible'], 1, 1],
    ['sallyport-trail-integrity-dev', ['Sallyport TrailVerificationsNotClean'], 1, 30],
    ['sallyport-trail-backfill-failed-dev', ['AWS/States ExecutionsFailed'], 1, 1],
    [
      'sallyport-trail-backfill-abandoned-dev',
      ['AWS/States ExecutionsTimedOut', 'AWS/States ExecutionsAborted'],
      1,
      1,
    ],
    ['sallyport-trail-dead-letters-kept-dev', ['Sallyport DeadLettersKept'], 1, 1],
  ];

  /** Raised where nothing happens. */
  const absences: [name: string, functionName: string, hours: number][] = [
    ['sallyport-trail-summary-missing-dev', summarizer, 2],
    ['sallyport-trail-verification-missing-dev', verifier, 30],
  ];

  test.each(absences)('%s is raised where %s has not run for %d hours', (name, functionName, hours) => {
    const [functionId] =
      resourcesOf(dev, 'AWS::Lambda::Function').find(
        ([, { Properties }]) => Properties['FunctionName'] === functionName,
      ) ?? [];
    expect(alarmsOf(dev).get(name)).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName: 'Invocations',
      Dimensions: [{ Name: 'FunctionName', Value: `<${functionId}>` }],
      Statistic: 'Sum',
      Period: 3600,
      EvaluationPeriods: hours,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
      AlarmActions: ['<TrailAlertTopic>'],
    });
  });

  test('are raised by all their bad periods, not by one of them', () => {
    for (const [name, alarm] of alarmsOf(dev)) {
      if (name !== 'sallyport-trail-integrity-dev') expect(alarm).not.toHaveProperty('DatapointsToAlarm');
    }
  });

  test.each([1, 24, 162])('what a verification finds every %d hours stays raised up to the next', hours => {
    const stack = synthesizeTrail({ trailVerificationHours: String(hours) });
    const alarm = alarmsOf(stack).get('sallyport-trail-integrity-dev');
    expect(alarm).toMatchObject({ Period: 3600, DatapointsToAlarm: 1, EvaluationPeriods: hours + 6 });
    expect(alarm?.['AlarmDescription']).toContain(`of ${hours + 6} hours`);
  });

  test('there are these and no others', () => {
    expect([...ownAlarmsOf(dev).keys()].sort()).toEqual(
      [...alarms, ...absences].map(([name]) => name).sort(),
    );
  });

  test.each(alarms)('%s watches %j and tells people', (name, metrics, Threshold, EvaluationPeriods) => {
    const alarm = alarmsOf(dev).get(name);
    expect(metricsOf(alarm).sort()).toEqual(metrics.sort());
    expect(alarm).toMatchObject({
      AlarmActions: ['<TrailAlertTopic>'],
      OKActions: ['<TrailAlertTopic>'],
      TreatMissingData: 'notBreaching',
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold,
      EvaluationPeriods,
    });
  });

  test('letters that stay are counted each minute, those that the keeper holds included', () => {
    const { Metrics } = alarmsOf(dev).get('sallyport-trail-dead-letters-left-dev') as {
      Metrics: { Id: string; Expression?: string; MetricStat?: { Period: number; Stat: string } }[];
    };
    expect(Metrics.find(({ Expression }) => Expression !== undefined)?.Expression).toBe('waiting + held');
    const stats = Metrics.flatMap(({ MetricStat }) => MetricStat ?? []);
    expect(stats.map(({ Period, Stat }) => [Period, Stat])).toEqual([
      [60, 'Maximum'],
      [60, 'Maximum'],
    ]);
  });

  test('the letters kept are those that the keeper of this environment counts', () => {
    for (const [stack, environment] of [
      [dev, 'dev'],
      [prod, 'prod'],
    ] as const) {
      const service = variablesOf(stack, `sallyport-trail-dead-letter-keeper-${environment}`);
      expect(alarmsOf(stack).get(`sallyport-trail-dead-letters-kept-${environment}`)).toMatchObject({
        Dimensions: [{ Name: 'service', Value: service['POWERTOOLS_SERVICE_NAME'] }],
        Statistic: 'Sum',
      });
    }
    expect(variablesOf(prod, 'sallyport-trail-dead-letter-keeper-prod')['POWERTOOLS_SERVICE_NAME']).not.toBe(
      variablesOf(dev, keeper)['POWERTOOLS_SERVICE_NAME'],
    );
  });

  test.each([
    ['functionErrorThreshold', 'sallyport-trail-analyzer-errors-dev'],
    ['functionThrottleThreshold', 'sallyport-trail-dead-letter-keeper-throttles-dev'],
    ['deadLetterThreshold', 'sallyport-trail-dead-letters-dev'],
    ['deadLetterThreshold', 'sallyport-trail-dead-letters-kept-dev'],
  ] satisfies [keyof Configuration, string][])('%s sets the threshold of %s', (value, name) => {
    const stack = synthesizeTrail({ [value]: '3', alarmPeriodMinutes: '10' });
    expect(alarmsOf(stack).get(name)).toMatchObject({ Threshold: 3, Period: 600 });
  });

  test('the patience is configuration', () => {
    const stack = alarmsOf(synthesizeTrail({ trailOldestMessageMinutes: '90' }));
    expect(stack.get('sallyport-trail-oldest-message-dev')).toMatchObject({ Threshold: 5400 });
    expect(stack.get('sallyport-trail-dead-letters-left-dev')).toMatchObject({ EvaluationPeriods: 90 });
    for (const name of ['sallyport-trail-oldest-message-dev', 'sallyport-trail-dead-letters-left-dev']) {
      expect(stack.get(name)?.['AlarmDescription']).toContain('90 minutes');
    }
  });
});

describe('E13: environments and stacks live side by side', () => {
  test.each([
    ['dev', dev],
    ['prod', prod],
  ])('every physical name of %s says so', (environment, stack) => {
    const names = physicalNamesOf(stack);
    expect(names.length).toBeGreaterThan(20);
    for (const name of names) expect(name).toMatch(new RegExp(`-${environment}(-<AWS::AccountId>)?$`));
    expect(stack.stackName).toBe(`sallyport-trail-${environment}`);
  });

  test('environments and stacks share no name', () => {
    const names = [dev, prod, synthesizeIntake()].flatMap(stack =>
      Object.entries(stack.json.Resources).flatMap(([, resource]) =>
        physicalNamesOf({ ...stack, json: { ...stack.json, Resources: { resource } } }).map(
          name => `${resource.Type} ${name}`,
        ),
      ),
    );
    expect(names.filter((name, place) => names.indexOf(name) !== place)).toEqual([]);
  });

  test('without an account the template fits any', () => {
    expect(JSON.stringify(dev.json)).not.toMatch(/\d{12}(?!\d)/);
  });
});

describe('data', () => {
  const stateful = {
    TrailLogsKey: 'AWS::KMS::Key',
    TrailTablesKey: 'AWS::KMS::Key',
    TrailAlertsKey: 'AWS::KMS::Key',
    TrailQueueKey: 'AWS::KMS::Key',
    TrailLogGroupsKey: 'AWS::KMS::Key',
    TrailLogBucket: 'AWS::S3::Bucket',
    TrailAccessLogBucket: 'AWS::S3::Bucket',
    TrailEventsTable: 'AWS::DynamoDB::Table',
    TrailDeadLettersTable: 'AWS::DynamoDB::Table',
    TrailAuditTable: 'AWS::DynamoDB::Table',
    TrailQueue: 'AWS::SQS::Queue',
    TrailDeadLetterQueue: 'AWS::SQS::Queue',
    TrailAlertWindowsTable: 'AWS::DynamoDB::Table',
    TrailBackfillsTable: 'AWS::DynamoDB::Table',
    TrailLiveQueue: 'AWS::SQS::Queue',
    TrailLiveDeadLetterQueue: 'AWS::SQS::Queue',
    TrailMissedRunsQueue: 'AWS::SQS::Queue',
    TrailAlertTopicDeadLetterQueue: 'AWS::SQS::Queue',
  };

  test.each(Object.entries(stateful))('%s keeps its logical id; prod keeps it, dev drops it', (id, type) => {
    expect(dev.json.Resources[id]).toMatchObject({ Type: type, DeletionPolicy: 'Delete' });
    expect(prod.json.Resources[id]).toMatchObject({
      Type: type,
      DeletionPolicy: expect.stringMatching(/^Retain/) as unknown,
      UpdateReplacePolicy: 'Retain',
    });
  });

  test('the list above is complete', () => {
    const types = new Set(Object.values(stateful));
    const found = [...types].flatMap(type => resourcesOf(dev, type).map(([id]) => id));
    expect(found.sort()).toEqual(Object.keys(stateful).sort());
    expect(dev.json.Resources['TrailAlertTopic']?.Type).toBe('AWS::SNS::Topic');
    expect(dev.json.Resources['Trail']?.Type).toBe('AWS::CloudTrail::Trail');
  });

  test('tables of prod cannot be deleted, nor can its stack', () => {
    prod.template.allResourcesProperties('AWS::DynamoDB::Table', { DeletionProtectionEnabled: true });
    dev.template.allResourcesProperties('AWS::DynamoDB::Table', { DeletionProtectionEnabled: false });
    expect(prod.terminationProtection).toBe(true);
    expect(dev.terminationProtection).toBe(false);
  });

  test('every key rotates, and its alias names the environment', () => {
    dev.template.allResourcesProperties('AWS::KMS::Key', {
      EnableKeyRotation: true,
      PendingWindowInDays: 10,
    });
    const aliases = resourcesOf(dev, 'AWS::KMS::Alias').map(([, { Properties }]) => Properties['AliasName']);
    expect(aliases.sort()).toEqual([
      'alias/sallyport-trail-alerts-dev',
      'alias/sallyport-trail-log-groups-dev',
      'alias/sallyport-trail-logs-dev',
      'alias/sallyport-trail-queue-dev',
      'alias/sallyport-trail-tables-dev',
    ]);
  });
});

test('the outputs name what operators ask for', () => {
  const outputs = Object.entries(dev.json.Outputs).map(([name, { Value }]) => [name, render(Value)]);
  expect(Object.fromEntries(outputs)).toEqual({
    TrailName: '<Trail>',
    TrailLogBucketName: '<TrailLogBucket>',
    TrailKeyArn: '<TrailLogsKey.Arn>',
    TrailEventsTableName: '<TrailEventsTable>',
    TrailDeadLettersTableName: '<TrailDeadLettersTable>',
    TrailAuditTableName: '<TrailAuditTable>',
    TrailAlertTopicArn: '<TrailAlertTopic>',
    TrailQueueUrl: '<TrailQueue>',
    TrailDeadLetterQueueUrl: '<TrailDeadLetterQueue>',
    TrailAlertWindowsTableName: '<TrailAlertWindowsTable>',
    TrailLiveQueueUrl: '<TrailLiveQueue>',
    TrailVerifierFunctionName: expect.stringMatching(/^<\w+VerifierFunction\w+>$/) as unknown,
    TrailBackfillStateMachineArn: expect.stringMatching(/^<\w+BackfillWorkflowStateMachine\w+>$/) as unknown,
    TrailBackfillsTableName: '<TrailBackfillsTable>',
  });
});

test('the stack holds no custom resource', () => {
  const types = Object.values(dev.json.Resources).map(({ Type }) => Type);
  expect(types.filter(type => /^Custom::|CustomResource/.test(type))).toEqual([]);
});
