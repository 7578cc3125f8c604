import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EC2Client } from '@aws-sdk/client-ec2';
import { afterEach, describe, expect, test } from '@jest/globals';
import { AwsContainment } from '../../../../src/adapters/aws/aws-containment.ts';
import { useErrorsOfNode } from '../../../emulators/errors-of-node.ts';
import { scriptedContainment } from './scripted-clients.ts';

useErrorsOfNode();

const region = 'us-east-1';
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A status and a code, or nothing at all where the connection breaks. */
type Ec2Answer = readonly [number, string] | 'broken';

/** EC2 that answers each action so when it is first asked for, and does it when it is asked again. */
async function startEc2(first: Ec2Answer) {
  const actions: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const action = new URLSearchParams(body).get('Action') ?? '';
    const answer = actions.includes(action) ? ([200, ''] as const) : first;
    actions.push(action);
    if (answer === 'broken') {
      request.socket.destroy();
      return;
    }
    const [status, code] = answer;
    response.writeHead(status, { 'content-type': 'text/xml', 'x-amzn-requestid': 'a-request' });
    const fault = `<Response><Errors><Error><Code>${code}</Code></Error></Errors></Response>`;
    response.end(status === 200 ? '<Answer><return>true</return></Answer>' : fault);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const ec2 = new EC2Client({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 2,
  });
  closing.push(async () => {
    ec2.destroy();
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  });
  const { clients, iam } = scriptedContainment({});
  const clientsOf = () => ({ ...clients, ec2 });
  return { containment: new AwsContainment({ clientsOf, iam, account: '111122223333' }), actions };
}

const takeSnapshots = {
  api: 'ec2:CreateSnapshots',
  region,
  input: { InstanceSpecification: { InstanceId: 'i-1' } },
} as const;

describe('what may have had its effect is not sent again', () => {
  test.each<[string, Ec2Answer, string]>([
    ['a fault of the service', [500, 'InternalError'], 'InternalError'],
    ['a service that is not available', [503, 'Unavailable'], 'Unavailable'],
    ['a broken connection', 'broken', 'ECONNRESET'],
  ])('%s', async (_, answer, code) => {
    const { containment, actions } = await startEc2(answer);
    await expect(containment.perform(takeSnapshots)).rejects.toMatchObject({ kind: 'retryable', code });
    expect(actions).toEqual(['CreateSnapshots']);
  });
});

test('what was refused for load is', async () => {
  const { containment, actions } = await startEc2([503, 'RequestLimitExceeded']);
  await expect(containment.perform(takeSnapshots)).resolves.toEqual({ requestId: 'a-request' });
  expect(actions).toEqual(['CreateSnapshots', 'CreateSnapshots']);
});

test('what only reads is, whatever the fault', async () => {
  const { containment, actions } = await startEc2([500, 'InternalError']);
  const target = { kind: 'instance', account: '111122223333', region, instanceId: 'i-1' } as const;
  await containment.observe(target, {
    openGroupName: 'open',
    closedGroupName: 'closed',
    snapshotTag: { key: 'a', value: 'b' },
    policyName: 'deny',
  });
  expect(actions.toSorted()).toEqual(
    ['DescribeInstanceAttribute', 'DescribeInstances', 'DescribeSnapshots'].flatMap(name => [name, name]),
  );
});
