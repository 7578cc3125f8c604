import { describe, expect, test } from '@jest/globals';
import {
  eventBridgeObjectCreated,
  formEncodeKey,
  type NotificationConfiguration,
  notificationDestinations,
  type ObjectEvent,
  s3Notification,
  s3TestEvent,
} from '../../../../infra/local/s3/object-events.ts';

const event: ObjectEvent = {
  name: 'ObjectCreated:Put',
  bucket: 'uploads',
  key: 'in/two words+ü.pdf',
  versionId: 'v1',
  size: 5,
  etag: 'e',
  sequencer: '01',
  time: new Date('2026-11-21T08:00:00.123Z'),
  region: 'us-east-1',
  accountId: '111122223333',
  requestId: 'R',
  hostId: 'H',
  sourceIpAddress: '127.0.0.1',
  accessKeyId: 'test',
};

describe('formEncodeKey', () => {
  test.each([
    ['in/two words.pdf', 'in/two+words.pdf'],
    ['a+b%20c', 'a%2Bb%2520c'],
    ['größe/文書', 'gr%C3%B6%C3%9Fe/%E6%96%87%E6%9B%B8'],
    ["(1)!*'~-._", '%281%29%21%2A%27~-._'],
    ['a&b=c?d#e', 'a%26b%3Dc%3Fd%23e'],
    ['\ud83d\udcc1', '%F0%9F%93%81'],
  ])('encodes %s', (key, encoded) => {
    expect(formEncodeKey(key)).toBe(encoded);
    expect(decodeURIComponent(encoded.replaceAll('+', ' '))).toBe(key);
  });
});

describe('the forms of an announcement', () => {
  test('for queues, topics and functions', () => {
    expect(s3Notification(event, 'intake')).toEqual({
      Records: [
        {
          eventVersion: '2.1',
          eventSource: 'aws:s3',
          awsRegion: 'us-east-1',
          eventTime: '2026-11-21T08:00:00.123Z',
          eventName: 'ObjectCreated:Put',
          userIdentity: { principalId: 'AWS:test' },
          requestParameters: { sourceIPAddress: '127.0.0.1' },
          responseElements: { 'x-amz-request-id': 'R', 'x-amz-id-2': 'H' },
          s3: {
            s3SchemaVersion: '1.0',
            configurationId: 'intake',
            bucket: {
              name: 'uploads',
              ownerIdentity: { principalId: '111122223333' },
              arn: 'arn:aws:s3:::uploads',
            },
            object: {
              key: 'in/two+words%2B%C3%BC.pdf',
              size: 5,
              eTag: 'e',
              versionId: 'v1',
              sequencer: '01',
            },
          },
        },
      ],
    });
  });

  test('for EventBridge, where the key is not encoded', () => {
    expect(eventBridgeObjectCreated(event)).toEqual({
      version: '0',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      'detail-type': 'Object Created',
      source: 'aws.s3',
      account: '111122223333',
      time: '2026-11-21T08:00:00Z',
      region: 'us-east-1',
      resources: ['arn:aws:s3:::uploads'],
      detail: {
        version: '0',
        bucket: { name: 'uploads' },
        object: { key: 'in/two words+ü.pdf', size: 5, etag: 'e', 'version-id': 'v1', sequencer: '01' },
        'request-id': 'R',
        requester: '111122223333',
        'source-ip-address': '127.0.0.1',
        reason: 'PutObject',
      },
    });
  });

  test('without a version where the bucket keeps none', () => {
    const { versionId: _, ...unversioned } = event;
    expect(s3Notification(unversioned).Records[0]?.s3.object).not.toHaveProperty('versionId');
    expect(eventBridgeObjectCreated(unversioned).detail.object).not.toHaveProperty('version-id');
  });

  test('of a new destination', () => {
    expect(s3TestEvent('uploads', event.time)).toMatchObject({
      Service: 'Amazon S3',
      Event: 's3:TestEvent',
      Time: '2026-11-21T08:00:00.123Z',
      Bucket: 'uploads',
    });
  });
});

describe('notificationDestinations', () => {
  const rule = (
    Events: readonly string[],
    rules: readonly [string, string][] = [],
  ): NotificationConfiguration => ({
    TopicConfigurations: [
      {
        TopicArn: 'topic',
        Events,
        Filter: { Key: { FilterRules: rules.map(([Name, Value]) => ({ Name, Value })) } },
      },
    ],
  });

  test.each<[string, NotificationConfiguration | undefined, number]>([
    ['none', undefined, 0],
    ['all creations', rule(['s3:ObjectCreated:*']), 1],
    ['this creation', rule(['s3:ObjectCreated:Copy', 's3:ObjectCreated:Put']), 1],
    ['another creation', rule(['s3:ObjectCreated:Copy']), 0],
    [
      'a prefix and a suffix',
      rule(
        ['s3:ObjectCreated:*'],
        [
          ['prefix', 'in/'],
          ['Suffix', '.pdf'],
        ],
      ),
      1,
    ],
    ['another prefix', rule(['s3:ObjectCreated:*'], [['prefix', 'out/']]), 0],
    [
      'another suffix',
      rule(
        ['s3:ObjectCreated:*'],
        [
          ['prefix', 'in/'],
          ['suffix', '.txt'],
        ],
      ),
      0,
    ],
    ['EventBridge', { EventBridgeConfiguration: {} }, 1],
  ])('by rules for %s', (_, configuration, count) => {
    expect(notificationDestinations(configuration, event)).toHaveLength(count);
  });

  test('names the kind of each', () => {
    const Events = ['s3:ObjectCreated:*'];
    const configuration = {
      QueueConfigurations: [{ QueueArn: 'q', Events }],
      TopicConfigurations: [{ TopicArn: 't', Events }],
      LambdaFunctionConfigurations: [{ Id: 'f-1', LambdaFunctionArn: 'f', Events }],
    };
    expect(notificationDestinations(configuration, event)).toEqual([
      { kind: 'queue', arn: 'q', configurationId: 'local' },
      { kind: 'topic', arn: 't', configurationId: 'local' },
      { kind: 'function', arn: 'f', configurationId: 'f-1' },
    ]);
  });
});
