import { afterEach, describe, expect, test } from '@jest/globals';
import { LocalAccount } from '../../../../infra/local/account/local-account.ts';
import { Activity } from '../../../../infra/local/activity.ts';
import { ClientPool } from '../../../../infra/local/aws-clients.ts';
import { EventDelivery } from '../../../../infra/local/event-delivery.ts';
import { LambdaRuntime } from '../../../../infra/local/lambda-runtime.ts';
import { AccessDeniedError, Permissions } from '../../../../infra/local/permissions/permissions.ts';
import { writeFunction } from '../fixtures/write-function.ts';

const [region, accountId] = ['eu-central-1', '111122223333'];
const rule = `arn:aws:events:${region}:${accountId}:rule/calls`;
const group = `arn:aws:logs:${region}:${accountId}:log-group:/aws/events/calls`;
const principal = 'events.amazonaws.com';

const lines: string[] = [];
const functions = new LambdaRuntime({ maximumWorkers: 1, onLine: (_name, line) => lines.push(line) });

afterEach(() => functions.stop());

function createDelivery() {
  const account = new LocalAccount(accountId);
  const permissions = new Permissions({ region, accountId, account, onDenied: () => undefined });
  const endpoint = 'http://127.0.0.1:1';
  const activity = new Activity();
  const delivery = new EventDelivery({
    endpoint,
    clients: new ClientPool(endpoint, region),
    functions,
    activity,
    retryDelayMs: 1,
    onLine: (name, line) => lines.push(`${name}: ${line}`),
    onFault: text => lines.push(text),
    permissions,
  });
  return { permissions, delivery };
}

describe('what no HTTP call reaches is asked for all the same', () => {
  test('a log group, by the policies of the account, for the rule that they name', async () => {
    const { permissions, delivery } = createDelivery();
    const deliver = (sourceArn: string) => delivery.deliver(group, '{"id":1}', { principal, sourceArn });
    await expect(deliver(rule)).rejects.toBeInstanceOf(AccessDeniedError);
    permissions.store.addLogPolicy({
      Statement: {
        Effect: 'Allow',
        Principal: { Service: principal },
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: `${group}:*`,
        Condition: { ArnEquals: { 'aws:SourceArn': rule } },
      },
    });
    await expect(deliver(`${rule}-2`)).rejects.toBeInstanceOf(AccessDeniedError);
    await deliver(rule);
    expect(lines).toContain('calls: {"id":1}');
  });

  test('a function, by its own policy', async () => {
    const { permissions, delivery } = createDelivery();
    const specification = writeFunction('export const handler = async () => undefined;');
    functions.createFunction(specification);
    const { arn } = specification;
    const sender = { principal, sourceArn: rule };
    await expect(delivery.deliver(arn, '{}', sender)).rejects.toThrow('lambda:InvokeFunction');
    const statement = { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: arn };
    const Condition = { ArnLike: { 'aws:SourceArn': rule } };
    permissions.store.allowInvocation(arn, { ...statement, Principal: { Service: 's3.amazonaws.com' } });
    await expect(delivery.deliver(arn, '{}', sender)).rejects.toBeInstanceOf(AccessDeniedError);
    permissions.store.allowInvocation(arn, { ...statement, Principal: { Service: principal }, Condition });
    await delivery.deliver(arn, '{}', sender);
  });
});
