import { expect, test } from '@jest/globals';
import { isError } from '../../../infra/constructs/saved-queries.ts';
import { emittedMetrics } from '../../../src/handlers/lambda/emitted-metrics.env.ts';
import { render, resourcesOf, synthesizeAll } from '../synthesized-stack.ts';

interface Widget {
  readonly type: string;
  readonly properties: { readonly metrics?: readonly (readonly unknown[])[]; readonly query?: string };
}

const [, observability] = synthesizeAll().find(([id]) => id === 'ObservabilityStack') ?? [];
if (observability === undefined) throw new Error('There is no ObservabilityStack.');
const [[, dashboard] = []] = resourcesOf(observability, 'AWS::CloudWatch::Dashboard');
const { widgets } = JSON.parse(String(render(dashboard?.Properties['DashboardBody']))) as {
  widgets: Widget[];
};

/** What each graph asks for; CloudWatch takes the average of five minutes where nothing is said. */
const asked = widgets
  .filter(({ type }) => type === 'metric')
  .flatMap(({ properties: { metrics = [] } }) => metrics)
  .filter(row => row.length > 1)
  .map(row => {
    const { stat = 'Average', period = 300 } = row.at(-1) as { stat?: string; period?: number };
    return { namespace: row[0], name: String(row[1]), dimensions: row.slice(2, -1), stat, period };
  });

/** How a metric is asked for, once each; nothing where no graph shows it. */
const waysOf = (name: string) => [
  ...new Set(asked.filter(it => it.name === name).map(({ stat, period }) => `${stat} ${period}`)),
];

// A graph of another statistic shows something else: the least of many errors is none.
test.each([
  ['Invocations', 'Sum 300'],
  ['Errors', 'Sum 300'],
  ['Throttles', 'Sum 300'],
  ['Duration', 'Average 300'],
  ['ApproximateAgeOfOldestMessage', 'Maximum 300'],
  ['ApproximateNumberOfMessagesVisible', 'Maximum 300'],
  ['ExecutionsStarted', 'Sum 300'],
  ['ExecutionsSucceeded', 'Sum 300'],
  ['ExecutionsFailed', 'Sum 300'],
  ['Count', 'Sum 300'],
  ['4XXError', 'Sum 300'],
  ['5XXError', 'Sum 300'],
  ['4xxErrors', 'Sum 300'],
  ['5xxErrors', 'Sum 300'],
  ['ReplicationLatency', 'Maximum 300'],
  // S3 says these once a day (S3 User Guide, "Metrics and dimensions").
  ['BucketSizeBytes', 'Average 86400'],
  ['NumberOfObjects', 'Average 86400'],
  ['ComplianceFailures', 'Maximum 86400'],
  ['ComplianceNotJudged', 'Maximum 86400'],
  ['ComplianceExempt', 'Maximum 86400'],
])('E7: %s is shown as %s', (name, way) => {
  expect(waysOf(name)).toEqual([way]);
});

test('E7: sizes are those of the standard storage, numbers those of all', () => {
  for (const [name, storage] of [
    ['BucketSizeBytes', 'StandardStorage'],
    ['NumberOfObjects', 'AllStorageTypes'],
  ]) {
    const found = asked.filter(it => it.name === name);
    expect(found.length).toBeGreaterThan(5);
    for (const { dimensions } of found) {
      expect(dimensions[dimensions.indexOf('StorageType') + 1]).toBe(storage);
    }
  }
});

test('E7: what the functions count of uploads, documents, records, logs and findings is summed', () => {
  const counts = [
    ['intake-trigger', ['UploadsAdmitted', 'UploadsRefused']],
    ['upload-writer', ['UploadsRecorded', 'UploadBytes']],
    [
      'document-processor',
      emittedMetrics['document-processor'].filter(
        // What was done before, or is gone, is no document that came, was judged or delivered.
        name => /^Documents(?!AlreadyProcessed|Missing)/.test(name),
      ),
    ],
    ['record-ingestor', ['RecordsIngested', 'RecordsRejected', 'RecordsRepeated']],
    ['trail-analyzer', ['TrailRecords', 'TrailMatches', 'TrailAlerts']],
    ['finding-remediator', ['FindingsPlanned', 'FindingsContained', 'RemediationsFailed']],
  ] as const;
  for (const [service, names] of counts) {
    for (const name of names) {
      const found = asked.filter(it => it.name === name && it.dimensions.includes(`${service}-dev`));
      expect([name, found.map(({ stat, period }) => `${stat} ${period}`)]).toEqual([name, ['Sum 300']]);
    }
  }
});

test('E7: the latest errors are errors, the newest first', () => {
  const [log] = widgets.filter(({ type }) => type === 'log');
  const lines = String(log?.properties.query)
    .split('\n')
    .map(line => line.replace(/^\| /, ''));
  expect(lines).toEqual(expect.arrayContaining([`filter ${isError}`, 'sort @timestamp desc']));
});
