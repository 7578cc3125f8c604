import { describe, expect, test } from '@jest/globals';
import { readConfiguration } from '../../../infra/config/configuration.ts';
import { compileInput } from '../../../infra/local/input-transformer.ts';
import { compileEventPattern } from '../../../src/domain/trail/event-pattern/compile-event-pattern.ts';
import { alarmsOf } from '../alarms.ts';
import {
  propertiesOf,
  render,
  resourcesOf,
  type SynthesizedStack,
  statementsOfRole,
  synthesizeAll,
  synthesizeBackup,
} from '../synthesized-stack.ts';

const context = { backupPlan: 'true' };
const all = synthesizeAll(context);
const stack = synthesizeBackup();
const locked = synthesizeBackup({
  env: 'prod',
  alertEmails: 'security@example.com',
  backupVaultLock: 'true',
  dailyBackupRetentionDays: '14',
  monthlyBackupRetentionDays: '400',
  backupMissingHours: '72',
});

const onlyOf = (some: SynthesizedStack, type: string): Record<string, unknown> => {
  some.template.resourceCountIs(type, 1);
  return render(resourcesOf(some, type)[0]?.[1].Properties) as Record<string, unknown>;
};

const arnOf = {
  'AWS::DynamoDB::Table': (name: string) =>
    `arn:<AWS::Partition>:dynamodb:<AWS::Region>:<AWS::AccountId>:table/${name}`,
  'AWS::S3::Bucket': (name: string) => `arn:<AWS::Partition>:s3:::${name}`,
};

/** What the stacks have: the ARN of each resource of a type, with the alias of its key. */
function created(type: keyof typeof arnOf, nameProperty: string): Map<string, string | undefined> {
  return new Map(
    all.flatMap(([, some]) => {
      const aliases = new Map(
        resourcesOf(some, 'AWS::KMS::Alias').map(([, { Properties }]) => [
          String(render(Properties['TargetKeyId'])),
          String(Properties['AliasName']),
        ]),
      );
      return resourcesOf(some, type).map(([, { Properties }]): [string, string | undefined] => {
        const key = [...aliases].find(([arn]) => JSON.stringify(render(Properties)).includes(arn));
        return [arnOf[type](String(render(Properties[nameProperty]))), key?.[1]];
      });
    }),
  );
}

const tables = created('AWS::DynamoDB::Table', 'TableName');
const buckets = created('AWS::S3::Bucket', 'BucketName');
const evidence = ['compliance-logs', 'trail-logs'].map(purpose =>
  arnOf['AWS::S3::Bucket'](`sallyport-${purpose}-dev-<AWS::AccountId>`),
);
/** They tell of nothing that has been, and expire by themselves. */
const underWay = ['trail-alert-windows', 'trail-backfills'].map(purpose =>
  arnOf['AWS::DynamoDB::Table'](`sallyport-${purpose}-dev`),
);
const backedUp = [...tables.keys()].filter(arn => !underWay.includes(arn));

describe('what is backed up', () => {
  const { BackupSelection } = onlyOf(stack, 'AWS::Backup::BackupSelection') as {
    BackupSelection: { Resources: string[]; IamRoleArn: string };
  };

  test('is every table but those of work under way, and the buckets of evidence, by names that the stacks really create', () => {
    expect(tables.size).toBeGreaterThan(10);
    expect(underWay.filter(arn => !tables.has(arn))).toEqual([]);
    expect(evidence.filter(arn => !buckets.has(arn))).toEqual([]);
    expect([...BackupSelection.Resources].sort()).toEqual([...backedUp, ...evidence].sort());
  });

  test('takes nothing of another stack into the template', () => {
    expect(JSON.stringify(stack.json)).not.toMatch(/Fn::ImportValue|Fn::GetStackOutput/);
  });

  test('can be decrypted: each key by the alias that it has', () => {
    const granted = statementsOfRole(stack, 'what AWS Backup may do to back up').find(({ actions }) =>
      actions.includes('kms:GenerateDataKey'),
    );
    const keys = [...backedUp.map(arn => tables.get(arn)), ...evidence.map(arn => buckets.get(arn))];
    const aliases = granted?.conditions['ForAnyValue:StringEquals']?.['kms:ResourceAliases'];
    expect(new Set(aliases as string[] | undefined)).toEqual(new Set(keys));
    expect(keys).not.toContain(undefined);
    expect(granted?.conditions['StringEquals']).toEqual({
      'kms:ViaService': ['dynamodb', 's3'].map(service => `${service}.<AWS::Region>.<AWS::URLSuffix>`),
    });
  });
});

describe('the plan', () => {
  const rule = (name: string, schedule: string, days: number) => ({
    RuleName: name,
    TargetBackupVault: '<BackupVault>',
    ScheduleExpression: schedule,
    ScheduleExpressionTimezone: 'Etc/UTC',
    Lifecycle: { DeleteAfterDays: days },
  });

  test.each([
    [stack, 'sallyport-dev', 35, 365],
    [locked, 'sallyport-prod', 14, 400],
  ])('backs up each night and each month, for as long as configured', (some, name, daily, monthly) => {
    expect(onlyOf(some, 'AWS::Backup::BackupPlan')['BackupPlan']).toEqual({
      BackupPlanName: name,
      BackupPlanRule: [
        rule('daily', 'cron(0 3 * * ? *)', daily),
        rule('monthly', 'cron(0 5 1 * ? *)', monthly),
      ],
    });
  });

  test('is on in production, and elsewhere where that is asked for', () => {
    expect(readConfiguration({}).backupPlan).toBe(false);
    expect(readConfiguration({ backupPlan: 'true' }).backupPlan).toBe(true);
    expect(readConfiguration({ env: 'prod' }).backupPlan).toBe(true);
    expect(readConfiguration({ env: 'prod', backupPlan: 'false' }).backupPlan).toBe(false);
  });
});

describe('the vault', () => {
  test('is under a key of its own, and stays where data stays', () => {
    expect(propertiesOf(stack, 'BackupVault')).toMatchObject({
      BackupVaultName: 'sallyport-dev',
      EncryptionKeyArn: { 'Fn::GetAtt': ['BackupVaultKey', 'Arn'] },
    });
    expect(stack.json.Resources['BackupVault']?.DeletionPolicy).toBe('Delete');
    expect(locked.json.Resources['BackupVault']?.DeletionPolicy).toBe('RetainExceptOnCreate');
  });

  test('is locked where that is asked for, so that who may can open it', () => {
    expect(propertiesOf(stack, 'BackupVault')).not.toHaveProperty('LockConfiguration');
    // Without ChangeableForDays: with it, nobody at all could.
    expect(propertiesOf(locked, 'BackupVault')['LockConfiguration']).toEqual({
      MinRetentionDays: 14,
      MaxRetentionDays: 400,
    });
  });
});

describe('the role', () => {
  const statements = statementsOfRole(stack, 'what AWS Backup may do to back up');
  const role = onlyOf(stack, 'AWS::IAM::Role');

  test("is AWS Backup's, and has no managed policy", () => {
    expect(role).not.toHaveProperty('ManagedPolicyArns');
    expect(role['AssumeRolePolicyDocument']).toMatchObject({
      Statement: [
        {
          Action: 'sts:AssumeRole',
          Principal: { Service: 'backup.amazonaws.com' },
        },
      ],
    });
  });

  test('reads what is backed up, names it, and can neither change nor delete nor restore it', () => {
    const actions = statements.flatMap(statement => statement.actions);
    expect(actions.filter(action => action.includes('*'))).toEqual([]);
    expect(
      actions.filter(action => /^(s3|dynamodb|backup):(?!Get|List|Describe)/.test(action)).sort(),
    ).toEqual([
      'backup:TagResource',
      'dynamodb:StartAwsBackupJob',
      's3:PutBucketNotification',
      's3:PutInventoryConfiguration',
    ]);
    const ofData = statements.filter(({ actions: some }) =>
      some.some(action => /^(s3|dynamodb):/.test(action) && action !== 's3:ListAllMyBuckets'),
    );
    expect(new Set(ofData.flatMap(({ resources }) => resources))).toEqual(
      new Set([...backedUp, ...evidence, ...evidence.map(arn => `${arn}/*`)]),
    );
  });

  test('names every resource where the action lets it', () => {
    const everywhere = statements.filter(({ resources }) => resources.includes('*'));
    // None of these supports a resource (Service Authorization Reference).
    expect(everywhere.flatMap(({ actions }) => actions).sort()).toEqual([
      'cloudwatch:GetMetricData',
      'events:ListRules',
      's3:ListAllMyBuckets',
    ]);
  });

  test('uses the key of the vault, and grants it to AWS services alone', () => {
    const ofVault = statements.filter(({ resources }) => resources.includes('<BackupVaultKey.Arn>'));
    expect(ofVault.map(({ actions, conditions }) => ({ actions, conditions }))).toEqual([
      { actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey'], conditions: {} },
      { actions: ['kms:CreateGrant'], conditions: { Bool: { 'kms:GrantIsForAWSResource': 'true' } } },
    ]);
  });
});

describe('a backup that is not made', () => {
  const { EventPattern, Targets } = onlyOf(stack, 'AWS::Events::Rule') as {
    EventPattern: object;
    Targets: [Parameters<typeof compileInput>[0]];
  };

  /** AWS Backup Developer Guide, "Monitoring AWS Backup events using Amazon EventBridge". */
  const job = (state: string, backupVaultName = 'sallyport-dev') => ({
    version: '0',
    id: 'event-1',
    'detail-type': 'Backup Job State Change',
    source: 'aws.backup',
    account: '111122223333',
    time: '2026-11-21T08:00:00Z',
    region: 'eu-central-1',
    resources: [],
    detail: {
      backupJobId: 'job-1',
      backupVaultName,
      resourceArn: 'arn:aws:dynamodb:eu-central-1:111122223333:table/sallyport-audit-dev',
      resourceType: 'DynamoDB',
      state,
      statusMessage: '"Insufficient privileges"',
    },
  });

  test.each([
    ['FAILED', true],
    ['ABORTED', true],
    ['EXPIRED', true],
    ['PARTIAL', true],
    ['COMPLETED', false],
    ['RUNNING', false],
  ])('is told by its state %s: %s', (state, isTold) => {
    const matches = compileEventPattern(EventPattern).matches;
    expect(matches(job(state))).toBe(isTold);
    expect(matches(job(state, 'Default'))).toBe(false);
  });

  test('is told with its resource', () => {
    const makeInput = compileInput(Targets[0], 'rule');
    expect(JSON.parse(makeInput(job('FAILED'), { arn: '', name: '' }))).toMatchObject({
      kind: 'backup.unfinished',
      severity: 'high',
      title: 'A backup is FAILED',
      details: {
        job: 'job-1',
        resource: 'arn:aws:dynamodb:eu-central-1:111122223333:table/sallyport-audit-dev',
        state: 'FAILED',
      },
    });
    expect(render(Targets)).toMatchObject([
      { Arn: '<BackupAlertTopic>', DeadLetterConfig: { Arn: '<UnfinishedBackupsDeadLetterQueue.Arn>' } },
    ]);
  });

  test.each([
    [
      'sallyport-failed-backups',
      'NumberOfBackupJobsFailed',
      'GreaterThanOrEqualToThreshold',
      1,
      1,
      'notBreaching',
    ],
    ['sallyport-missing-backups', 'NumberOfBackupJobsCompleted', 'LessThanThreshold', 48, 72, 'breaching'],
  ])('raises the alarm %s', (name, MetricName, ComparisonOperator, periods, configured, TreatMissingData) => {
    const expected = (vault: string, topic: string) => ({
      Namespace: 'AWS/Backup',
      MetricName,
      Dimensions: [{ Name: 'BackupVaultName', Value: vault }],
      Statistic: 'Sum',
      Threshold: 1,
      ComparisonOperator,
      TreatMissingData,
      AlarmActions: [topic],
      OKActions: [topic],
    });
    const dev = alarmsOf(stack).get(`${name}-dev`);
    expect(dev).toMatchObject({
      ...expected('sallyport-dev', '<BackupAlertTopic>'),
      EvaluationPeriods: periods,
    });
    const prod = alarmsOf(locked).get(`${name}-prod`);
    expect(prod).toMatchObject({
      ...expected('sallyport-prod', '<BackupAlertTopic>'),
      EvaluationPeriods: configured,
    });
  });
});

describe('what operators ask for', () => {
  test('stands in the outputs', () => {
    expect(Object.keys(stack.json.Outputs).sort()).toEqual([
      'BackupAlertTopicArn',
      'BackupPlanId',
      'BackupRoleArn',
      'BackupVaultKeyArn',
      'BackupVaultName',
    ]);
  });
});
