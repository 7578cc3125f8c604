import { describe, expect, test } from '@jest/globals';
import { readConfiguration } from '../../../infra/config/configuration.ts';
import {
  allStatements,
  render,
  resourcesOf,
  type SynthesizedStack,
  synthesizeTrail,
} from '../synthesized-stack.ts';

const stack = synthesizeTrail();

const propertiesNamed = (of: SynthesizedStack, type: string, property: string, name: string) =>
  resourcesOf(of, type)
    .map(([id, { Properties }]): [string, Record<string, unknown>] => [
      id,
      render(Properties) as Record<string, unknown>,
    ])
    .find(([, properties]) => properties[property] === name);

const ruleNamed = (of: SynthesizedStack, name: string) =>
  propertiesNamed(of, 'AWS::Events::Rule', 'Name', name)?.[1];

const variablesOf = (of: SynthesizedStack, name: string) =>
  (
    propertiesNamed(of, 'AWS::Lambda::Function', 'FunctionName', name)?.[1]['Environment'] as
      | { readonly Variables: Record<string, string> }
      | undefined
  )?.Variables;

describe.each([
  ['sallyport-trail-summary-dev', 'sallyport-trail-summarizer-dev', 'rate(5 minutes)'],
  ['sallyport-trail-verification-dev', 'sallyport-trail-verifier-dev', 'rate(24 hours)'],
])('%s', (name, functionName, expression) => {
  const [functionId] = propertiesNamed(stack, 'AWS::Lambda::Function', 'FunctionName', functionName) ?? [];

  test(`invokes ${functionName} by the clock; what it does not take waits in a queue`, () => {
    expect(ruleNamed(stack, name)).toMatchObject({
      ScheduleExpression: expression,
      Targets: [{ Arn: `<${functionId}.Arn>`, DeadLetterConfig: { Arn: '<TrailMissedRunsQueue.Arn>' } }],
    });
  });

  test('may do both, and no other rule may', () => {
    const ruleArn = `arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:rule/${name}`;
    const permissions = resourcesOf(stack, 'AWS::Lambda::Permission')
      .map(([, { Properties }]) => render(Properties) as Record<string, unknown>)
      .filter(({ FunctionName }) => FunctionName === `<${functionId}.Arn>`);
    expect(permissions).toEqual([
      {
        Action: 'lambda:InvokeFunction',
        FunctionName: `<${functionId}.Arn>`,
        Principal: 'events.amazonaws.com',
        SourceArn: ruleArn,
      },
    ]);
    const senders = allStatements(stack).filter(
      ({ effect, resources }) => effect === 'Allow' && resources.includes('<TrailMissedRunsQueue.Arn>'),
    );
    expect(senders).toHaveLength(2);
    expect(senders).toContainEqual(
      expect.objectContaining({
        principals: ['events.amazonaws.com'],
        actions: ['sqs:SendMessage'],
        conditions: { ArnEquals: { 'aws:SourceArn': ruleArn } },
      }),
    );
  });
});

describe('configuration', () => {
  const other = synthesizeTrail({
    trailSummaryMinutes: '1',
    trailAlertWindowMinutes: '60',
    trailSummarizerTimeoutSeconds: '60',
    trailVerificationHours: '1',
    trailVerifiedAccounts: '111122223333',
    trailVerifiedRegions: 'eu-central-1,us-east-1',
    trailVerifierTimeoutSeconds: '600',
    trailVerifierMemoryMegabytes: '2048',
  });

  test('says how often summaries are told, over how long', () => {
    expect(ruleNamed(other, 'sallyport-trail-summary-dev')).toMatchObject({
      ScheduleExpression: 'rate(1 minute)',
    });
    expect(variablesOf(other, 'sallyport-trail-analyzer-dev')).toMatchObject({
      TRAIL_ALERT_WINDOW_MINUTES: '60',
    });
    expect(
      propertiesNamed(other, 'AWS::Lambda::Function', 'FunctionName', 'sallyport-trail-summarizer-dev')?.[1],
    ).toMatchObject({ Timeout: 60 });
  });

  test('says what is verified, how often; each time reaches a day further back than the one before', () => {
    expect(ruleNamed(other, 'sallyport-trail-verification-dev')).toMatchObject({
      ScheduleExpression: 'rate(1 hour)',
    });
    const verifier = 'sallyport-trail-verifier-dev';
    expect(variablesOf(other, verifier)).toMatchObject({
      VERIFIED_HOURS: '25',
      VERIFIED_ACCOUNTS: '111122223333',
      VERIFIED_REGIONS: 'eu-central-1,us-east-1',
    });
    expect(propertiesNamed(other, 'AWS::Lambda::Function', 'FunctionName', verifier)?.[1]).toMatchObject({
      Timeout: 600,
      MemorySize: 2048,
    });
    expect(variablesOf(stack, verifier)).toMatchObject({
      TRAIL_LOG_BUCKET_NAME: '<TrailLogBucket>',
      VERIFIED_HOURS: '48',
    });
  });

  test('says what stands before the keys of the logs: the verifier looks there, and nowhere else', () => {
    const verifier = 'sallyport-trail-verifier-dev';
    const prefixed = synthesizeTrail({ trailLogPrefix: 'org/logs' });
    expect(variablesOf(prefixed, verifier)).toMatchObject({ TRAIL_LOG_PREFIX: 'org/logs' });
    expect(variablesOf(stack, verifier)).not.toHaveProperty('TRAIL_LOG_PREFIX');
    for (const trailLogPrefix of ['/logs', 'logs/', 'a//b', 'a*', 'a?', 'a$b', 'a'.repeat(201)]) {
      expect(() => readConfiguration({ trailLogPrefix })).toThrow(/trailLogPrefix/);
    }
  });

  test.each([
    ['', 'AWSLogs/'],
    ['org/logs', 'org/logs/AWSLogs/'],
  ])('has a backfill begin where the keys begin with: %j', (trailLogPrefix, defaultPrefix) => {
    const [, machine] =
      propertiesNamed(
        synthesizeTrail(trailLogPrefix === '' ? {} : { trailLogPrefix }),
        'AWS::StepFunctions::StateMachine',
        'StateMachineName',
        'sallyport-trail-backfill-dev',
      ) ?? [];
    const definition: unknown = JSON.parse(String(machine?.['DefinitionString']));
    expect(definition).toMatchObject({
      States: { Begin: { Parameters: { Payload: { step: 'begin', defaultPrefix } } } },
    });
  });

  test('leaves out verification and backfill where that is asked for', () => {
    const lean = synthesizeTrail({ trailVerificationHours: '0', trailBackfill: 'false' });
    const ids = [...Object.keys(lean.json.Resources), ...Object.keys(lean.json.Outputs)];
    expect(ids.filter(id => /verif|backfill/i.test(id))).toEqual([]);
    expect(Object.keys(stack.json.Resources).some(id => /verif/i.test(id))).toBe(true);
  });
});

describe('windows of alerts', () => {
  test('are found by when they are due, in an index of keys alone, and expire', () => {
    const table = stack.json.Resources['TrailAlertWindowsTable']?.Properties;
    expect(table).toMatchObject({
      KeySchema: [
        { AttributeName: 'window', KeyType: 'HASH' },
        { AttributeName: 'entry', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'ByDue',
          KeySchema: [
            { AttributeName: 'dueShard', KeyType: 'HASH' },
            { AttributeName: 'dueAt', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    });
  });
});
