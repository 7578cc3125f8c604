import { describe, expect, test } from '@jest/globals';
import type { Configuration } from '../../../infra/config/configuration.ts';
import { alarmsOf, compositeAlarmsOf, metricsOf, namedMetricsOf } from '../alarms.ts';
import { type NamedMetric, unpublished } from '../published-metrics.ts';
import {
  propertiesOf,
  render,
  resourcesOf,
  type SynthesizedStack,
  synthesizeAll,
} from '../synthesized-stack.ts';

const stacks = synthesizeAll();

const everyAlarm = stacks.flatMap(([id, stack]) =>
  [...alarmsOf(stack)].map(([name, alarm]) => ({ id, stack, name, alarm })),
);
const every = (type: string) =>
  stacks.flatMap(([id, stack]) =>
    resourcesOf(stack, type).map(([logicalId, { Properties }]) => ({
      id,
      stack,
      logicalId,
      properties: render(Properties) as Record<string, unknown>,
    })),
  );
const alarmNamed = (name: string) => {
  const found = everyAlarm.find(alarm => alarm.name === name);
  if (found === undefined) throw new Error(`No stack has an alarm ${name}.`);
  return found.alarm;
};
/** The alarms of a stack on one metric of what the logical id names. */
const watching = (stack: SynthesizedStack, metric: string, dimension: string, value: string) =>
  [...alarmsOf(stack)].filter(([, alarm]) =>
    namedMetricsOf(alarm).some(
      ({ namespace, name, dimensions }) =>
        `${namespace} ${name}` === metric && dimensions[dimension] === value,
    ),
  );

describe('every alarm of every stack', () => {
  test('there are many, and each name is there once', () => {
    const names = everyAlarm.map(({ name }) => name);
    expect(names.length).toBeGreaterThan(80);
    expect(names.filter((name, place) => names.indexOf(name) !== place)).toEqual([]);
  });

  test('watches what AWS publishes or our functions emit, with exactly its dimensions', () => {
    const faults = everyAlarm.flatMap(({ name, alarm }) => {
      const metrics = namedMetricsOf(alarm);
      if (metrics.length === 0) return [`${name} watches nothing`];
      return metrics.flatMap(metric => {
        const why = unpublished(metric);
        return why === undefined ? [] : [`${name}: ${why}`];
      });
    });
    expect(faults).toEqual([]);
  });

  test('tells a topic of its own stack that it is raised, and that it is over', () => {
    const all = [
      ...everyAlarm,
      ...stacks.flatMap(([id, stack]) =>
        [...compositeAlarmsOf(stack)].map(([name, alarm]) => ({ id, stack, name, alarm })),
      ),
    ];
    for (const { stack, name, alarm } of all) {
      const topics = resourcesOf(stack, 'AWS::SNS::Topic').map(([logicalId]) => `<${logicalId}>`);
      const { AlarmActions = [], OKActions = [], AlarmDescription } = alarm as Record<string, string[]>;
      expect([name, AlarmActions.length, OKActions]).toEqual([name, 1, AlarmActions]);
      expect(topics).toContain(AlarmActions[0]);
      expect(String(AlarmDescription).length).toBeGreaterThan(40);
      expect(String(AlarmDescription).length).toBeLessThanOrEqual(1024);
      expect(alarm['ActionsEnabled'] ?? true).toBe(true);
    }
  });

  test('says what no data means', () => {
    const breaching = everyAlarm.filter(({ alarm }) => alarm['TreatMissingData'] !== 'notBreaching');
    for (const { name, alarm } of breaching) {
      expect([name, alarm['TreatMissingData']]).toEqual([name, 'breaching']);
      expect(name).toMatch(/-missing-/);
    }
  });
});

describe('a metric that nobody publishes', () => {
  const good: NamedMetric = { namespace: 'AWS/Lambda', name: 'Errors', dimensions: { FunctionName: 'f' } };
  const own: NamedMetric = {
    namespace: 'Sallyport',
    name: 'UploadsRefused',
    dimensions: { service: 'intake-trigger-dev' },
  };

  test.each<[string, NamedMetric]>([
    ['a good one', good],
    ['one of ours', own],
    [
      'one of ours by code',
      { ...own, name: 'UploadsRefusedByCode', dimensions: { ...own.dimensions, Code: 'unversioned' } },
    ],
  ])('is not %s', (_, metric) => {
    expect(unpublished(metric)).toBeUndefined();
  });

  test.each<[string, NamedMetric, RegExp]>([
    ['namespace', { ...good, namespace: 'AWS/Lamda' }, /publishes no Errors/],
    ['name', { ...good, name: 'Error' }, /publishes no Error$/],
    ['missing dimension', { ...good, dimensions: {} }, /not with no dimension/],
    [
      'dimension too many',
      { ...good, dimensions: { FunctionName: 'f', Alias: 'a' } },
      /not with Alias,FunctionName/,
    ],
    [
      'request metric without its filter',
      { namespace: 'AWS/S3', name: '4xxErrors', dimensions: { BucketName: 'b' } },
      /not with BucketName/,
    ],
    [
      'metric of another service',
      { ...own, dimensions: { service: 'upload-writer-dev' } },
      /upload-writer-dev emits no UploadsRefused/,
    ],
    [
      'service without its environment',
      { ...own, dimensions: { service: 'intake-trigger' } },
      /emits no UploadsRefused/,
    ],
    ['name of ours', { ...own, name: 'UploadRefused' }, /emits no UploadRefused/],
    [
      'code without the metric by code',
      { ...own, dimensions: { ...own.dimensions, Code: 'c' } },
      /not with Code,service/,
    ],
  ])('is found out by a wrong %s', (_, metric, why) => {
    expect(unpublished(metric)).toMatch(why);
  });
});

describe('E6, A10: every function', () => {
  const functions = every('AWS::Lambda::Function').filter(({ properties }) =>
    String(properties['FunctionName']).startsWith('sallyport-'),
  );

  /** They read for as long as there is something to read. */
  const unhurried = ['sallyport-trail-verifier-dev', 'sallyport-trail-backfiller-dev'];

  test('there are a dozen and more', () => {
    expect(functions.length).toBeGreaterThanOrEqual(12);
  });

  test.each(functions)(
    '$properties.FunctionName has alarms on errors, throttles and duration',
    ({ stack, logicalId, properties }) => {
      const alarmOn = (metric: string) => {
        const found = watching(stack, metric, 'FunctionName', `<${logicalId}>`);
        expect(found).toHaveLength(1);
        return found[0]?.[1];
      };
      const sum = { Statistic: 'Sum', Period: 300, EvaluationPeriods: 1, Threshold: 1 };
      // From the first one on, which is stricter than E6's "more than one": a lost upload is one too many.
      expect(alarmOn('AWS/Lambda Errors')).toMatchObject({
        ...sum,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      });
      expect(alarmOn('AWS/Lambda Throttles')).toMatchObject({
        ...sum,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      });
      expect(alarmOn('AWS/Lambda Duration')).toMatchObject({
        Statistic: 'Average',
        Period: 300,
        EvaluationPeriods: 2,
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: Math.min(
          unhurried.includes(String(properties['FunctionName'])) ? Infinity : 60_000,
          800 * Number(properties['Timeout']),
        ),
      });
    },
  );

  test('one with a shorter time-out than 75 s is held to 80 % of it', () => {
    expect(alarmNamed('sallyport-upload-writer-duration-dev')).toMatchObject({ Threshold: 12_000 });
    expect(alarmNamed('sallyport-intake-trigger-duration-dev')).toMatchObject({ Threshold: 24_000 });
    expect(alarmNamed('sallyport-document-processor-duration-dev')).toMatchObject({ Threshold: 60_000 });
  });

  test('is traced, and so are workflows and the API', () => {
    for (const { properties } of functions) expect(properties['TracingConfig']).toEqual({ Mode: 'Active' });
    for (const { properties } of every('AWS::StepFunctions::StateMachine')) {
      expect(properties['TracingConfiguration']).toEqual({ Enabled: true });
    }
    for (const { properties } of every('AWS::ApiGateway::Stage')) {
      expect(properties['TracingEnabled']).toBe(true);
    }
  });

  test('every log group keeps its lines for a time that is set', () => {
    const groups = every('AWS::Logs::LogGroup');
    expect(groups.length).toBeGreaterThan(functions.length);
    for (const { logicalId, properties } of groups) {
      expect([logicalId, Number(properties['RetentionInDays']) > 0]).toEqual([logicalId, true]);
    }
  });
});

describe('every queue and workflow', () => {
  const queues = every('AWS::SQS::Queue');
  const depth = 'AWS/SQS ApproximateNumberOfMessagesVisible';

  test.each(queues)(
    '$properties.QueueName has an alarm on what waits',
    ({ stack, logicalId, properties }) => {
      const metric =
        properties['RedrivePolicy'] === undefined ? depth : 'AWS/SQS ApproximateAgeOfOldestMessage';
      const found = watching(stack, metric, 'QueueName', `<${logicalId}.QueueName>`);
      expect(found.length).toBeGreaterThanOrEqual(1);
      expect(found[0]?.[1]).toMatchObject({ ComparisonOperator: 'GreaterThanOrEqualToThreshold' });
    },
  );

  test('an upload that waits for a quarter of an hour raises one', () => {
    expect(alarmNamed('sallyport-intake-oldest-message-dev')).toMatchObject({
      Statistic: 'Maximum',
      Threshold: 15 * 60,
    });
  });

  test.each(every('AWS::StepFunctions::StateMachine'))(
    '$properties.StateMachineName has alarms on what fails and what ends otherwise',
    ({ stack, logicalId }) => {
      for (const name of ['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted']) {
        expect(watching(stack, `AWS/States ${name}`, 'StateMachineArn', `<${logicalId}>`)).toHaveLength(1);
      }
    },
  );
});

describe('E6: buckets', () => {
  const documentBuckets = [
    'UploadsBucket',
    'InternalProcessingBucket',
    'ProcessedOutputBucket',
    'DeliveryBucket',
    'QuarantineBucket',
    'DocumentsBucket',
    'RecordsBucket',
  ];
  const bucket = (logicalId: string) => {
    const found = every('AWS::S3::Bucket').find(it => it.logicalId === logicalId);
    if (found === undefined) throw new Error(`No stack has a bucket ${logicalId}.`);
    return found;
  };

  test.each(documentBuckets)('%s has alarms on its 4xx and 5xx, and S3 measures its requests', logicalId => {
    const { stack, properties } = bucket(logicalId);
    expect(properties['MetricsConfigurations']).toEqual([{ Id: 'EntireBucket' }]);
    for (const [metric, Threshold] of [
      ['4xxErrors', 10],
      ['5xxErrors', 1],
    ] as const) {
      const [[, alarm] = []] = watching(stack, `AWS/S3 ${metric}`, 'BucketName', `<${logicalId}>`);
      expect(namedMetricsOf(alarm)).toContainEqual({
        namespace: 'AWS/S3',
        name: metric,
        dimensions: { BucketName: `<${logicalId}>`, FilterId: 'EntireBucket' },
      });
      expect(alarm).toMatchObject({
        Threshold,
        EvaluationPeriods: 1,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'notBreaching',
      });
      const { Metrics = [], ...plain } = alarm as { Metrics?: { MetricStat?: object }[] };
      const asked = Metrics.flatMap(({ MetricStat }) => MetricStat ?? []);
      for (const stat of asked) expect(stat).toMatchObject({ Stat: 'Sum', Period: 300 });
      if (asked.length === 0) expect(plain).toMatchObject({ Statistic: 'Sum', Period: 300 });
    }
  });

  test.each([
    ['processed-output', 'DocumentsDelivered', 'document-processor-dev'],
    ['quarantine', 'DocumentsQuarantined', 'document-processor-dev'],
    ['documents', 'DocumentsEncrypted', 'document-encryptor-dev'],
  ])('of %s the two 404s are taken off that each of our copies costs', (purpose, name, service) => {
    const alarm = alarmNamed(`sallyport-${purpose}-bucket-client-errors-dev`);
    const { Metrics } = alarm as { Metrics: { Expression?: string }[] };
    expect(Metrics.flatMap(({ Expression }) => Expression ?? [])).toEqual(['errors - 2 * FILL(copies, 0)']);
    expect(namedMetricsOf(alarm)).toContainEqual({
      namespace: 'Sallyport',
      name,
      dimensions: { service },
    });
  });

  test('a rule whose replication is watched publishes its metrics', () => {
    const replicating = everyAlarm.filter(({ alarm }) => metricsOf(alarm)[0]?.includes('Replication'));
    expect(replicating.map(({ name }) => name).sort()).toEqual([
      'sallyport-processed-replication-failures-dev',
      'sallyport-processed-replication-latency-dev',
      'sallyport-uploads-replication-failures-dev',
      'sallyport-uploads-replication-latency-dev',
    ]);
    for (const { stack, alarm } of replicating) {
      const [{ dimensions } = { dimensions: {} as Record<string, string> }] = namedMetricsOf(alarm);
      const source = String(dimensions['SourceBucket']).slice(1, -1);
      expect(render(propertiesOf(stack, source)['ReplicationConfiguration'])).toMatchObject({
        Rules: [{ Id: dimensions['RuleId'], Destination: { Metrics: { Status: 'Enabled' } } }],
      });
    }
  });
});

describe('what the functions find', () => {
  test('refused keys are counted against what is announced, from ten on', () => {
    const alarm = alarmNamed('sallyport-intake-refused-uploads-dev');
    const { Metrics } = alarm as { Metrics: { Expression?: string; ReturnData?: boolean }[] };
    expect(Metrics.flatMap(({ Expression }) => Expression ?? [])).toEqual([
      'IF(FILL(refused, 0) + FILL(admitted, 0) >= 10, 100 * FILL(refused, 0) / (FILL(refused, 0) + FILL(admitted, 0)), 0)',
    ]);
    expect(metricsOf(alarm).sort()).toEqual(['Sallyport UploadsAdmitted', 'Sallyport UploadsRefused']);
    expect(alarm).toMatchObject({ Threshold: 50, ComparisonOperator: 'GreaterThanOrEqualToThreshold' });
  });

  test('what a scan could not judge stays raised until the next scan', () => {
    expect(alarmNamed('sallyport-compliance-not-judged-dev')).toMatchObject({
      Namespace: 'Sallyport',
      MetricName: 'ComplianceNotJudged',
      Dimensions: [{ Name: 'service', Value: 'compliance-scanner-dev' }],
      Period: 3600,
      EvaluationPeriods: 30,
      DatapointsToAlarm: 1,
      Threshold: 1,
    });
  });

  test.each([
    ['processing-indeterminate-documents', 'DocumentsIndeterminate', 'document-processor-dev'],
    ['processing-invalid-documents', 'DocumentsInvalid', 'document-processor-dev'],
    ['findings-failed-remediations', 'RemediationsFailed', 'finding-remediator-dev'],
    ['findings-partially-contained', 'FindingsPartiallyContained', 'finding-remediator-dev'],
    ['trail-dead-letters-kept', 'DeadLettersKept', 'trail-dead-letter-keeper-dev'],
  ])('sallyport-%s-dev is raised by the first of %s', (name, metric, service) => {
    expect(alarmNamed(`sallyport-${name}-dev`)).toMatchObject({
      MetricName: metric,
      Dimensions: [{ Name: 'service', Value: service }],
      Statistic: 'Sum',
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    });
  });
});

describe('the figures are configuration', () => {
  const set = {
    functionDurationSeconds: '20',
    scannerDurationSeconds: '720',
    bucketClientErrorThreshold: '100',
    bucketServerErrorThreshold: '7',
    intakeOldestMessageMinutes: '60',
    refusedUploadsPercent: '25',
    refusedUploadsMinimum: '40',
    indeterminateDocumentThreshold: '4',
    notJudgedThreshold: '6',
    deadLetterThreshold: '9',
  };
  const configured = new Map(synthesizeAll(set).flatMap(([, stack]) => [...alarmsOf(stack)]));

  test.each<[keyof Configuration, string, number]>([
    ['functionDurationSeconds', 'record-ingestor-duration', 20_000],
    ['functionDurationSeconds', 'upload-writer-duration', 12_000],
    ['scannerDurationSeconds', 'compliance-scanner-duration', 720_000],
    ['bucketClientErrorThreshold', 'uploads-bucket-client-errors', 100],
    ['bucketServerErrorThreshold', 'delivery-bucket-server-errors', 7],
    ['intakeOldestMessageMinutes', 'intake-oldest-message', 3600],
    ['refusedUploadsPercent', 'intake-refused-uploads', 25],
    ['indeterminateDocumentThreshold', 'processing-indeterminate-documents', 4],
    ['notJudgedThreshold', 'compliance-not-judged', 6],
    ['deadLetterThreshold', 'trail-alerts-undelivered', 9],
  ])('%s sets the threshold of %s', (_, name, Threshold) => {
    expect(configured.get(`sallyport-${name}-dev`)).toMatchObject({ Threshold });
  });

  test('refusedUploadsMinimum stands in the expression', () => {
    expect(JSON.stringify(configured.get('sallyport-intake-refused-uploads-dev'))).toContain('>= 40,');
  });

  test('without bucketRequestMetrics nothing is measured, and nothing watched that is not', () => {
    const without = synthesizeAll({ bucketRequestMetrics: 'false' });
    for (const [, stack] of without) {
      for (const [, { Properties }] of resourcesOf(stack, 'AWS::S3::Bucket')) {
        expect(Properties).not.toHaveProperty('MetricsConfigurations');
      }
      expect(/4xxErrors|5xxErrors/.test(JSON.stringify(stack.json))).toBe(false);
    }
  });
});
