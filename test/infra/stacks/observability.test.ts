import { describe, expect, test } from '@jest/globals';
import { alarmsOf, compositeAlarmsOf } from '../alarms.ts';
import { type NamedMetric, unpublished } from '../published-metrics.ts';
import { render, resourcesOf, type SynthesizedStack, synthesizeAll } from '../synthesized-stack.ts';

const stacks = synthesizeAll();

function stackOf(id: string, from = stacks): SynthesizedStack {
  const [, stack] = from.find(([known]) => known === id) ?? [];
  if (stack === undefined) throw new Error(`There is no ${id}.`);
  return stack;
}
const observability = stackOf('ObservabilityStack');

const childrenOf = (alarm: Record<string, unknown> | undefined): string[] =>
  String(alarm?.['AlarmRule'])
    .split(' OR ')
    .map(part => /^ALARM\("([\w-]+)"\)$/.exec(part)?.[1] ?? `not understood: ${part}`);

const pipeline = () => compositeAlarmsOf(observability).get('sallyport-pipeline-unhealthy-dev');
const propertiesOfAll = (type: string) =>
  stacks.flatMap(([, stack]) =>
    resourcesOf(stack, type).map(([, { Properties }]) => render(Properties) as Record<string, unknown>),
  );

describe('the health of the pipeline', () => {
  test.each([
    ['IntakeStack', 'intake'],
    ['ProcessingStack', 'processing'],
    ['RecordsStack', 'records'],
    ['TrailStack', 'trail'],
    ['DocumentApiStack', 'document-api'],
    ['ComplianceStack', 'compliance'],
    ['FindingsStack', 'findings'],
  ])('%s has one alarm over all of its alarms', (id, flow) => {
    const stack = stackOf(id);
    const composites = compositeAlarmsOf(stack);
    const name = `sallyport-${flow}-unhealthy-dev`;
    expect([...composites.keys()]).toEqual([name]);
    expect(childrenOf(composites.get(name)).sort()).toEqual([...alarmsOf(stack).keys()].sort());
    expect(childrenOf(pipeline())).toContain(name);
  });

  test('a rule is made after what it names', () => {
    for (const [, stack] of stacks) {
      const alarms = resourcesOf(stack, 'AWS::CloudWatch::Alarm').map(([logicalId]) => logicalId);
      for (const [, { DependsOn = [] }] of resourcesOf(stack, 'AWS::CloudWatch::CompositeAlarm')) {
        expect(alarms.filter(alarm => !DependsOn.includes(alarm))).toEqual([]);
      }
    }
    const others = stacks.map(([id]) => id).filter(id => id !== observability.id);
    expect(observability.dependencies.toSorted()).toEqual(others.sort());
  });

  test('every alarm of every stack makes the pipeline unhealthy', () => {
    const composites = new Map(stacks.flatMap(([, stack]) => [...compositeAlarmsOf(stack)]));
    const reached = (name: string): string[] => [name, ...childrenOfName(name).flatMap(reached)];
    const childrenOfName = (name: string) => (composites.has(name) ? childrenOf(composites.get(name)) : []);
    const all = stacks.flatMap(([, stack]) => [
      ...alarmsOf(stack).keys(),
      ...compositeAlarmsOf(stack).keys(),
    ]);
    expect(reached('sallyport-pipeline-unhealthy-dev').sort()).toEqual(all.sort());
  });

  test('a rule is one that CloudWatch takes', () => {
    for (const [, stack] of stacks) {
      for (const alarm of compositeAlarmsOf(stack).values()) {
        expect(childrenOf(alarm).length).toBeLessThanOrEqual(100);
        expect(String(alarm['AlarmRule']).length).toBeLessThanOrEqual(10_240);
      }
    }
  });
});

interface Widget {
  readonly type: string;
  readonly width: number;
  readonly properties: {
    readonly title?: string;
    readonly region?: string;
    readonly metrics?: readonly (readonly unknown[])[];
    readonly alarms?: readonly string[];
    readonly query?: string;
  };
}

function widgetsOf(stack: SynthesizedStack): Widget[] {
  const [[, dashboard] = []] = resourcesOf(stack, 'AWS::CloudWatch::Dashboard');
  const body = JSON.parse(String(render(dashboard?.Properties['DashboardBody']))) as { widgets: Widget[] };
  return body.widgets;
}

const isText = (part: unknown): part is string => typeof part === 'string';

/** What a row of a widget asks for: a metric by name, or by a search whose schema names the dimensions. */
function metricOfRow(row: readonly unknown[]): NamedMetric {
  const [namespace = '', name = '', ...pairs] = row.filter(isText);
  if (namespace !== '') {
    const entries = pairs.flatMap((part, place) => (place % 2 === 0 ? [[part, pairs[place + 1] ?? '']] : []));
    return { namespace, name, dimensions: Object.fromEntries(entries) as Record<string, string> };
  }
  const [{ expression = '' } = {}] = row as { expression?: string }[];
  const [, schema = '', searched = '', service = ''] =
    /^SEARCH\('\{([^}]+)\} MetricName="(\w+)" service="([\w-]+)"', 'Sum', 300\)$/.exec(expression) ?? [];
  const [of = '', ...dimensions] = schema.split(',');
  return {
    namespace: of,
    name: searched,
    dimensions: { ...Object.fromEntries(dimensions.map(it => [it, '*'])), service },
  };
}

describe('E7: the dashboard', () => {
  const widgets = widgetsOf(observability);
  const graphs = widgets.filter(({ type }) => type === 'metric');
  const shown = graphs.flatMap(({ properties: { metrics = [] } }) => metrics.map(metricOfRow));
  const shownOn = (namespace: string, name: string, dimension: string) =>
    shown
      .filter(metric => metric.namespace === namespace && metric.name === name)
      .map(({ dimensions }) => dimensions[dimension]);

  test('is one that CloudWatch takes', () => {
    expect(
      resourcesOf(observability, 'AWS::CloudWatch::Dashboard').map(([, it]) => it.Properties),
    ).toMatchObject([{ DashboardName: 'sallyport-dev' }]);
    expect(JSON.stringify(widgets).length).toBeLessThan(1_000_000);
    expect(widgets.length).toBeLessThanOrEqual(500);
    expect(shown.length).toBeLessThanOrEqual(2500);
    for (const { width } of widgets) expect(width).toBeLessThanOrEqual(24);
    for (const { properties } of graphs) {
      expect(properties.region).toBe('<AWS::Region>');
      expect(properties.metrics?.length).toBeLessThanOrEqual(500);
    }
  });

  test.each(graphs.map(({ properties }) => [properties.title, properties] as const))(
    '"%s" shows metrics that somebody publishes, with all their dimensions',
    (_, { metrics = [] }) => {
      expect(metrics.length).toBeGreaterThan(0);
      expect(metrics.map(row => unpublished(metricOfRow(row))).filter(why => why !== undefined)).toEqual([]);
    },
  );

  test('shows what came in, was refused and why, was delivered, matched, failed to comply, was found', () => {
    const names = shown.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'UploadsAdmitted',
        'UploadsRefused',
        'UploadsRefusedByCode',
        'DocumentsDelivered',
        'DocumentsQuarantined',
        'RecordsIngested',
        'RecordsRejected',
        'TrailMatches',
        'ComplianceFailures',
        'FindingsPlanned',
        'FindingsContained',
      ]),
    );
  });

  test.each([
    ['IntakeDuration', 'intake-trigger'],
    ['RecordingDuration', 'upload-writer'],
    ['DocumentProcessingDuration', 'document-processor'],
    ['RecordIngestionDuration', 'record-ingestor'],
    ['TrailAnalysisDuration', 'trail-analyzer'],
    ['DocumentRequestDuration', 'document-scanner'],
    ['RemediationDuration', 'finding-remediator'],
  ])('shows the median, the 95th and the 99th percentile of %s', (name, service) => {
    const stats = graphs
      .flatMap(({ properties: { metrics = [] } }) => metrics)
      .filter(row => row[1] === name && row[3] === `${service}-dev`)
      .map(row => (row.at(-1) as { stat: string }).stat);
    expect(stats).toEqual(['p50', 'p95', 'p99']);
  });

  test('shows every function, queue, bucket and workflow, each by the name that it has', () => {
    const functions = propertiesOfAll('AWS::Lambda::Function').map(it => it['FunctionName']);
    for (const metric of ['Invocations', 'Errors', 'Throttles', 'Duration']) {
      expect(shownOn('AWS/Lambda', metric, 'FunctionName').sort()).toEqual(
        functions.filter(name => name !== undefined).sort(),
      );
    }
    const queues = propertiesOfAll('AWS::SQS::Queue');
    const named = (guarded: boolean) =>
      queues.filter(it => (it['RedrivePolicy'] !== undefined) === guarded).map(it => it['QueueName']);
    expect(shownOn('AWS/SQS', 'ApproximateAgeOfOldestMessage', 'QueueName').sort()).toEqual(
      named(true).sort(),
    );
    const own = /^sallyport-pipeline-/;
    expect(shownOn('AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'QueueName').sort()).toEqual(
      named(false)
        .filter(name => !own.test(String(name)))
        .sort(),
    );
    const buckets = propertiesOfAll('AWS::S3::Bucket');
    for (const metric of ['BucketSizeBytes', 'NumberOfObjects']) {
      expect(shownOn('AWS/S3', metric, 'BucketName').sort()).toEqual(
        buckets.map(it => it['BucketName']).sort(),
      );
    }
    for (const metric of ['4xxErrors', '5xxErrors']) {
      expect(shownOn('AWS/S3', metric, 'BucketName').sort()).toEqual(
        buckets
          .filter(it => it['MetricsConfigurations'] !== undefined)
          .map(it => it['BucketName'])
          .sort(),
      );
    }
    const machines = propertiesOfAll('AWS::StepFunctions::StateMachine').map(
      it =>
        `arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:stateMachine:${String(it['StateMachineName'])}`,
    );
    expect(shownOn('AWS/States', 'ExecutionsFailed', 'StateMachineArn').sort()).toEqual(machines.sort());
    expect(propertiesOfAll('AWS::ApiGateway::RestApi').map(it => it['Name'])).toContain(
      shownOn('AWS/ApiGateway', 'Count', 'ApiName')[0],
    );
    expect(propertiesOfAll('AWS::ApiGateway::Stage').map(it => it['StageName'])).toContain(
      shownOn('AWS/ApiGateway', 'Count', 'Stage')[0],
    );
  });

  test('shows the alarms that the health of the pipeline is made of', () => {
    const [alarms] = widgets.filter(({ type }) => type === 'alarm');
    const arn = (name: string) =>
      `arn:<AWS::Partition>:cloudwatch:<AWS::Region>:<AWS::AccountId>:alarm:${name}`;
    expect(alarms?.properties.alarms).toEqual(
      ['sallyport-pipeline-unhealthy-dev', ...childrenOf(pipeline())].map(arn),
    );
    expect(alarms?.properties.alarms?.length).toBeLessThanOrEqual(100);
  });

  test('shows the latest errors in the logs of all functions', () => {
    const [log] = widgets.filter(({ type }) => type === 'log');
    const groups = [...String(log?.properties.query).matchAll(/SOURCE '([^']+)'/g)].map(([, name]) => name);
    expect(groups.sort()).toEqual(
      propertiesOfAll('AWS::Lambda::Function')
        .flatMap(it =>
          it['FunctionName'] === undefined ? [] : [`/aws/lambda/${String(it['FunctionName'])}`],
        )
        .sort(),
    );
  });

  test('stands without any reference to another stack', () => {
    expect(JSON.stringify(observability.json)).not.toMatch(/Fn::ImportValue|Fn::GetStackOutput/);
  });

  test('is an option', () => {
    const without = stackOf('ObservabilityStack', synthesizeAll({ createDashboard: 'false' }));
    without.template.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
    expect(without.json.Outputs).not.toHaveProperty('DashboardName');
    expect([...compositeAlarmsOf(without).keys()]).toEqual(['sallyport-pipeline-unhealthy-dev']);
  });
});

describe('saved queries', () => {
  const queries = resourcesOf(observability, 'AWS::Logs::QueryDefinition').map(
    ([, { Properties }]) =>
      render(Properties) as { Name: string; LogGroupNames: string[]; QueryString: string },
  );

  test('answer what people ask, in a folder of the environment', () => {
    expect(queries.map(({ Name }) => Name).sort()).toEqual([
      'sallyport/dev/api-refusals-by-caller',
      'sallyport/dev/errors-by-function',
      'sallyport/dev/refused-uploads',
      'sallyport/dev/slow-invocations',
      'sallyport/dev/upload-by-correlation-id',
    ]);
  });

  test.each(queries)('$Name looks into log groups that there are, by name, and not too many', query => {
    const groups = propertiesOfAll('AWS::Logs::LogGroup').map(it => it['LogGroupName']);
    expect(query.LogGroupNames.filter(name => !groups.includes(name))).toEqual([]);
    expect(query.LogGroupNames.length).toBeGreaterThan(0);
    expect(query.LogGroupNames.length).toBeLessThanOrEqual(50);
    expect(query.QueryString.length).toBeLessThanOrEqual(10_000);
  });

  test('the API is asked for what its access log says', () => {
    const [stage] = propertiesOfAll('AWS::ApiGateway::Stage');
    const { AccessLogSetting } = (stage ?? {}) as { AccessLogSetting?: { Format: string } };
    const said = JSON.parse(AccessLogSetting?.Format ?? '{}') as object;
    const { QueryString } = queries.find(({ Name }) => Name.endsWith('by-caller')) ?? { QueryString: '' };
    const [, asked = ''] = / by (.+)$/m.exec(QueryString) ?? [];
    expect(asked.split(', ').length).toBeGreaterThan(3);
    expect(asked.split(', ').filter(field => !(field in said))).toEqual([]);
  });
});
