import { afterEach, expect, test } from '@jest/globals';
import { Activity } from '../../../infra/local/activity.ts';
import { ClientPool } from '../../../infra/local/aws-clients.ts';
import { EventDelivery } from '../../../infra/local/event-delivery.ts';
import { LambdaRuntime } from '../../../infra/local/lambda-runtime.ts';
import { writeFunction } from './fixtures/write-function.ts';

const lines: string[] = [];
const sender = { principal: 's3.amazonaws.com', sourceArn: 'arn:aws:s3:::files' };
const functions = new LambdaRuntime({
  maximumWorkers: 1,
  onLine: (_name, line) => lines.push(line),
});

afterEach(() => functions.stop());

test('a function gets an event three times before it is dropped, a log group once, and a fault never leaves', async () => {
  const specification = writeFunction(
    "export const handler = async event => { console.log('tried ' + event.id); throw new Error('no'); };",
  );
  functions.createFunction(specification);
  const faults: string[] = [];
  const allTold = Promise.withResolvers<void>();
  const clients = new ClientPool('http://127.0.0.1:1', 'eu-central-1');
  const activity = new Activity();
  const delivery = new EventDelivery({
    endpoint: 'http://127.0.0.1:1',
    clients,
    functions,
    activity,
    retryDelayMs: 1,
    onLine: (name, line) => lines.push(`${name}: ${line}`),
    onFault: text => {
      faults.push(text);
      if (faults.length === 3) allTold.resolve();
    },
  });
  await delivery.deliver(specification.arn, '{"id":7}', sender);
  await delivery.deliver(specification.arn, 'no JSON', sender);
  await delivery.deliver(`${specification.arn}-other`, '{}', sender);
  expect(activity.underWay).toBeGreaterThan(0);
  await allTold.promise;
  expect(lines.filter(line => line === 'tried 7')).toHaveLength(3);
  expect(faults.sort()).toEqual([
    `${specification.arn} dropped an event: no`,
    `${specification.arn}-other: Error: Function not found: ${specification.arn}-other`,
    expect.stringMatching(/: SyntaxError: /),
  ]);
  const group = 'arn:aws:logs:eu-central-1:000000000000:log-group:';
  await delivery.deliver(`${group}/aws/events/api-calls`, '{"id":8}', sender);
  await delivery.deliver(`${group}plain`, '{"id":9}', sender);
  expect(lines.slice(-2)).toEqual(['api-calls: {"id":8}', 'plain: {"id":9}']);
  await expect(delivery.deliver('arn:aws:kinesis:x', '', sender)).rejects.toThrow('not to arn:aws:kinesis:x');
});
