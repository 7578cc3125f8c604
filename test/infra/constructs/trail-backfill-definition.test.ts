import { expect, test } from '@jest/globals';
import { trailBackfillDefinition } from '../../../infra/constructs/trail-backfill-definition.ts';

interface State {
  readonly Type: string;
  readonly ItemBatcher?: { readonly MaxItemsPerBatch: number };
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[] }[];
  readonly Parameters?: Readonly<Record<string, unknown>>;
}

const { States: states } = trailBackfillDefinition({
  partition: 'aws',
  backfillerArn: 'arn:aws:lambda:eu-central-1:111122223333:function:sallyport-trail-backfiller-dev',
  backfillerTimeoutSeconds: 900,
  bucketName: 'sallyport-trail-logs-dev-111122223333',
  defaultPrefix: 'AWSLogs/',
  concurrency: 10,
  alertTopicArn: 'arn:aws:sns:eu-central-1:111122223333:sallyport-trail-alerts-dev',
}) as { readonly States: Readonly<Record<string, State>> };

// "Fail workflow state: Reenters the Fail state and fails again" (Step Functions Developer Guide, on redrive).
test('all work is caught, so that the notice tells people of a new execution, and of no redrive', () => {
  const work = Object.values(states).filter(({ Type }) => Type === 'Task' || Type === 'Map');
  expect(work.length).toBeGreaterThan(3);
  for (const { Catch } of work)
    expect(Catch?.flatMap(({ ErrorEquals }) => ErrorEquals)).toEqual(['States.ALL']);
  const text = String(states['DescribeFailure']?.Parameters?.['text.$']);
  expect(text).toContain('start an execution with the same input');
  expect(text).toContain('a redrive of this execution does nothing');
  expect(text).not.toMatch(/^Redrive|\. Redrive/);
});

test('the notice is put together from as many values as it has places, without a quote that would end it', () => {
  const text = String(states['DescribeFailure']?.Parameters?.['text.$']);
  const [, words = '', values = ''] = /^States\.Format\('([^']*)', (.*)\)$/.exec(text) ?? [];
  expect(words.match(/\{\}/g)).toHaveLength(values.split(', ').length);
});

test('a batch fits the input of an execution, however long its keys are (Step Functions quotas: 256 KiB)', () => {
  const listed = {
    Key: 'k'.repeat(1024),
    Etag: `"${'0'.repeat(32)}-10000"`,
    Size: 5 * 2 ** 40,
    LastModified: 1_795_248_000,
    StorageClass: 'INTELLIGENT_TIERING',
  };
  const batch = { backfill: 'b'.repeat(80), bucket: 'b'.repeat(63), prefix: 'p'.repeat(1024) };
  const { ItemBatcher } = states['AnalyzeLogs'] ?? {};
  const Items = Array(ItemBatcher?.MaxItemsPerBatch).fill(listed);
  expect(Items.length).toBeGreaterThan(10);
  expect(JSON.stringify({ Items, BatchInput: { batch } }).length).toBeLessThan(256 * 1024);
});
