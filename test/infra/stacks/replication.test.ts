import { describe, expect, test } from '@jest/globals';
import { alarmsOf } from '../alarms.ts';
import {
  propertiesOf,
  render,
  resourcesOf,
  type SynthesizedStack,
  statementsOfBucket,
  statementsOfRole,
  synthesizeIntake,
  synthesizeProcessing,
} from '../synthesized-stack.ts';

const account = '<AWS::AccountId>';
const arnOf = (purpose: string) => `arn:<AWS::Partition>:s3:::sallyport-${purpose}-dev-${account}`;

interface Replication {
  readonly stack: SynthesizedStack;
  readonly purpose: string;
  readonly source: { readonly bucket: string; readonly arn: string; readonly key: string };
  readonly destination: { readonly name: string; readonly arn: string; readonly key: string };
  readonly destinationContext: string;
  readonly ruleId: string;
  readonly topic: string;
}

const replications: Replication[] = [
  {
    stack: synthesizeIntake(),
    purpose: 'uploads',
    source: { bucket: 'UploadsBucket', arn: arnOf('uploads'), key: '<UploadsKey.Arn>' },
    destination: {
      name: `sallyport-internal-processing-dev-${account}`,
      arn: arnOf('internal-processing'),
      key: '<sallyport-processing-dev:InternalProcessingKeyArn>',
    },
    destinationContext: arnOf('internal-processing'),
    ruleId: 'ReplicateAllUploads',
    topic: '<AlertTopic>',
  },
  {
    stack: synthesizeProcessing(),
    purpose: 'processed',
    source: {
      bucket: 'ProcessedOutputBucket',
      arn: arnOf('processed-output'),
      key: '<ProcessedOutputKey.Arn>',
    },
    destination: { name: '<DeliveryBucket>', arn: '<DeliveryBucket.Arn>', key: '<DeliveryKey.Arn>' },
    destinationContext: arnOf('delivery'),
    ruleId: 'ReplicateProcessedFiles',
    topic: '<ProcessingAlertTopic>',
  },
];

const roleOf = ({ stack, purpose }: Replication) =>
  resourcesOf(stack, 'AWS::IAM::Role').find(([, { Properties }]) =>
    String(Properties['Description']).endsWith(`what the replication of ${purpose} may do`),
  )?.[0];

describe.each(replications)('E2: $ruleId', replication => {
  const { stack, purpose, source, destination, destinationContext, ruleId, topic } = replication;
  const statements = statementsOfRole(stack, `what the replication of ${purpose} may do`);

  test('copies every version and delete marker, encrypted again under the key of the destination, measured', () => {
    expect(render(propertiesOf(stack, source.bucket)['ReplicationConfiguration'])).toEqual({
      Role: `<${roleOf(replication)}.Arn>`,
      Rules: [
        {
          Id: ruleId,
          Status: 'Enabled',
          Priority: 1,
          Filter: { Prefix: '' },
          DeleteMarkerReplication: { Status: 'Enabled' },
          SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } },
          Destination: {
            Bucket: destination.arn,
            EncryptionConfiguration: { ReplicaKmsKeyID: destination.key },
            Metrics: { Status: 'Enabled' },
          },
        },
      ],
    });
  });

  test('both buckets keep versions, and the source waits for what the role may do', () => {
    const versioned = { VersioningConfiguration: { Status: 'Enabled' } };
    expect(propertiesOf(stack, source.bucket)).toMatchObject(versioned);
    expect(propertiesOf(synthesizeProcessing(), 'InternalProcessingBucket')).toMatchObject(versioned);
    expect(propertiesOf(synthesizeProcessing(), 'DeliveryBucket')).toMatchObject(versioned);
    const policy = resourcesOf(stack, 'AWS::IAM::Policy').find(([, { Properties }]) =>
      (render(Properties['Roles']) as string[]).includes(`<${roleOf(replication)}>`),
    );
    expect(stack.json.Resources[source.bucket]?.DependsOn).toEqual(
      expect.arrayContaining([roleOf(replication), policy?.[0]]),
    );
  });

  test('S3 assumes the role', () => {
    expect(render(propertiesOf(stack, roleOf(replication) ?? '')['AssumeRolePolicyDocument'])).toMatchObject({
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 's3.amazonaws.com' } }],
    });
  });

  test('the role reads versions of the source, writes replicas in the destination, and does no more', () => {
    const allowed = statements.flatMap(({ actions, resources }) =>
      actions.flatMap(action => resources.map(resource => `${action} ${resource}`)),
    );
    expect(allowed.filter(line => !line.startsWith('kms:')).sort()).toEqual([
      `s3:GetObjectVersionAcl ${source.arn}/*`,
      `s3:GetObjectVersionForReplication ${source.arn}/*`,
      `s3:GetObjectVersionTagging ${source.arn}/*`,
      `s3:GetReplicationConfiguration ${source.arn}`,
      `s3:ListBucket ${source.arn}`,
      `s3:ReplicateDelete ${destination.arn}/*`,
      `s3:ReplicateObject ${destination.arn}/*`,
      `s3:ReplicateTags ${destination.arn}/*`,
    ]);
  });

  test('the role uses each key through S3, for that bucket and its objects', () => {
    const through = (arn: string) => ({
      StringEquals: { 'kms:ViaService': 's3.<AWS::Region>.<AWS::URLSuffix>' },
      StringLike: { 'kms:EncryptionContext:aws:s3:arn': [arn, `${arn}/*`] },
    });
    const uses = statements
      .filter(({ actions }) => actions.some(action => action.startsWith('kms:')))
      .map(({ actions, resources, conditions }) => ({ actions, resources, conditions }));
    expect(uses).toEqual([
      { actions: ['kms:Decrypt'], resources: [source.key], conditions: through(source.arn) },
      {
        actions: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'],
        resources: [destination.key],
        conditions: through(destinationContext),
      },
    ]);
  });

  const dimensions = [
    { Name: 'DestinationBucket', Value: destination.name },
    { Name: 'RuleId', Value: ruleId },
    { Name: 'SourceBucket', Value: `<${source.bucket}>` },
  ];

  test('E6: an alarm is raised by replicas that lag more than 900 s behind in two periods of 15 minutes', () => {
    expect(alarmsOf(stack).get(`sallyport-${purpose}-replication-latency-dev`)).toMatchObject({
      Namespace: 'AWS/S3',
      MetricName: 'ReplicationLatency',
      Dimensions: dimensions,
      Statistic: 'Maximum',
      Period: 900,
      EvaluationPeriods: 2,
      Threshold: 900,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: [topic],
      OKActions: [topic],
    });
  });

  test('E6: an alarm is raised by the first object that is not replicated', () => {
    expect(alarmsOf(stack).get(`sallyport-${purpose}-replication-failures-dev`)).toMatchObject({
      Namespace: 'AWS/S3',
      MetricName: 'OperationsFailedReplication',
      Dimensions: dimensions,
      Statistic: 'Sum',
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: [topic],
    });
  });
});

test('E6: the lag is configuration', () => {
  for (const [stack, purpose] of [
    [synthesizeIntake({ replicationLatencySeconds: '60' }), 'uploads'],
    [synthesizeProcessing({ replicationLatencySeconds: '60' }), 'processed'],
  ] as const) {
    const alarm = alarmsOf(stack).get(`sallyport-${purpose}-replication-latency-dev`);
    expect(alarm).toMatchObject({ Threshold: 60, Period: 900 });
  }
});

test('E2: what a replica meets at its destination denies no replication', () => {
  for (const bucket of ['InternalProcessingBucket', 'DeliveryBucket']) {
    const denied = statementsOfBucket(synthesizeProcessing(), bucket).map(({ actions, conditions }) => [
      actions,
      Object.keys(conditions),
    ]);
    expect(denied).toEqual([
      // Of plain HTTP, which S3 does not use.
      [['s3:*'], ['Bool']],
      [['s3:PutObject'], ['StringNotEquals']],
      [['s3:PutObject'], ['StringNotEquals']],
    ]);
  }
});
