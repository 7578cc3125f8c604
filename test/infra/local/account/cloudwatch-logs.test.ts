import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  createCloudWatchLogsService,
  LocalLogGroups,
} from '../../../../infra/local/account/cloudwatch-logs.ts';
import { type LocalServicesEndpoint, startLocalServices } from '../../../emulators/local-services.ts';

const region = 'eu-central-1';

let groups: LocalLogGroups;
let served: LocalServicesEndpoint;
let client: CloudWatchLogsClient;

beforeEach(async () => {
  groups = new LocalLogGroups('111122223333');
  served = await startLocalServices({ logs: createCloudWatchLogsService(groups) });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  client = new CloudWatchLogsClient({ region, endpoint: served.endpoint, credentials, maxAttempts: 1 });
});

afterEach(async () => {
  client.destroy();
  await served.close();
});

test('a group tells its ARN with and without its streams, key and retention', async () => {
  const kmsKeyId = 'arn:aws:kms:eu-central-1:111122223333:key/1';
  const arn = groups.add({ region, name: '/aws/lambda/a', kmsKeyId, retentionInDays: 30 });

  const { logGroups } = await client.send(new DescribeLogGroupsCommand({}));

  expect(arn).toBe('arn:aws:logs:eu-central-1:111122223333:log-group:/aws/lambda/a');
  expect(logGroups).toEqual([
    expect.objectContaining({
      logGroupName: '/aws/lambda/a',
      arn: `${arn}:*`,
      logGroupArn: arn,
      kmsKeyId,
      retentionInDays: 30,
    }),
  ]);
});

test('groups of the region are listed by prefix, at most 50 a page', async () => {
  for (let index = 10; index < 70; index += 1) groups.add({ region, name: `app/${index}` });
  groups.add({ region, name: 'other' });
  groups.add({ region: 'us-east-1', name: 'app/elsewhere' });
  const logGroupNamePrefix = 'app/';

  const first = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix }));
  const { nextToken } = first;
  const last = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix, nextToken }));

  expect([first.logGroups?.length, first.logGroups?.[0]?.logGroupName]).toEqual([50, 'app/10']);
  expect([last.logGroups?.length, last.logGroups?.[0]?.logGroupName, last.nextToken]).toEqual([
    10,
    'app/60',
    undefined,
  ]);
});

test('tags are told by the ARN without the streams', async () => {
  const resourceArn = groups.add({ region, name: 'a', tags: { team: 'intake' } });

  expect((await client.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual({
    team: 'intake',
  });
  const withStreams = new ListTagsForResourceCommand({ resourceArn: `${resourceArn}:*` });
  await expect(client.send(withStreams)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('what is asked wrongly, or not emulated, is said to be', async () => {
  await expect(client.send(new DescribeLogGroupsCommand({ limit: 51 }))).rejects.toMatchObject({
    name: 'InvalidParameterException',
  });
  await expect(client.send(new DescribeLogStreamsCommand({ logGroupName: 'a' }))).rejects.toMatchObject({
    name: 'NotImplemented',
  });
});
