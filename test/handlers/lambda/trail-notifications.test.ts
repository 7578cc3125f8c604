import { describe, expect, test } from '@jest/globals';
import { readTrailNotifications } from '../../../src/handlers/lambda/trail-notifications.ts';
import { logKey } from '../../domain/trail/trail-fixtures.ts';
import { busDelivery } from './bus-fixtures.ts';
import {
  createdAt,
  objectCreatedEvent,
  s3Notification,
  s3Record,
  s3TestEvent,
  sentAt,
  snsEnvelope,
} from './notification-fixtures.ts';

const read = (body: string) => [...readTrailNotifications(body, sentAt)];
const fromCloudTrail = (...keys: unknown[]) => JSON.stringify({ s3Bucket: 'logs', s3ObjectKey: keys });
const record = s3Record('AWSLogs/a%2Bb+c.json.gz');
const ofRecord = { bucket: 'uploads', key: 'AWSLogs/a+b c.json.gz', versionId: 'v1', occurredAt: createdAt };

describe('a message that announces logs', () => {
  test.each([
    ['S3', s3Notification(record, record), [ofRecord, ofRecord]],
    ['S3 through SNS', snsEnvelope(s3Notification(record)), [ofRecord]],
    [
      'EventBridge',
      JSON.stringify(objectCreatedEvent('AWSLogs/a+b%20c.json.gz')),
      [{ ...ofRecord, key: 'AWSLogs/a+b%20c.json.gz', occurredAt: '2026-11-21T08:00:00.000Z' }],
    ],
    [
      'EventBridge through SNS',
      snsEnvelope(JSON.stringify(objectCreatedEvent('x.json'))),
      [{ ...ofRecord, key: 'x.json', occurredAt: '2026-11-21T08:00:00.000Z' }],
    ],
    [
      'CloudTrail through SNS',
      snsEnvelope(fromCloudTrail(logKey, 'a+b%20c.json.gz')),
      [
        { bucket: 'logs', key: logKey },
        { bucket: 'logs', key: 'a+b%20c.json.gz' },
      ],
    ],
    ['CloudTrail, raw', fromCloudTrail(logKey), [{ bucket: 'logs', key: logKey }]],
  ])('from %s names them', (_, body, logs) =>
    expect(read(body)).toEqual(logs.map(log => ({ kind: 'item', item: { kind: 'log', log } }))),
  );

  test.each([
    ['a test event of S3', s3TestEvent, 's3:TestEvent'],
    ['a test event of S3 through SNS', snsEnvelope(s3TestEvent), 's3:TestEvent'],
    [
      'a validation by CloudTrail through SNS',
      snsEnvelope('CloudTrail validation message.'),
      'CloudTrail validation message',
    ],
    ['a validation by CloudTrail, raw', 'CloudTrail validation message.', 'CloudTrail validation message'],
    [
      'a removal',
      s3Notification(s3Record('x', { eventName: 'ObjectRemoved:Delete' })),
      'ObjectRemoved:Delete',
    ],
  ])('that is %s is skipped, C4', (_, body, event) =>
    expect(read(body)).toEqual([{ kind: 'skipped', event }]),
  );

  test.each([
    ['text', 'something', 'body: is not JSON'],
    ['text in SNS', snsEnvelope('something'), 'body.Message: is not JSON'],
    ['other JSON', '{"a":1}', 'is neither an S3 notification'],
    ['nothing', '', 'body: is not JSON'],
    ['an empty list of keys', fromCloudTrail(), 's3ObjectKey'],
    ['keys that are none', fromCloudTrail(7, ''), 's3ObjectKey.0'],
    ['a key that is no list', JSON.stringify({ s3Bucket: 'logs', s3ObjectKey: 'x' }), 's3ObjectKey'],
    ['no bucket', JSON.stringify({ s3ObjectKey: ['x'] }), 's3Bucket'],
    ['too many keys', fromCloudTrail(...Array(1001).fill('x')), 's3ObjectKey'],
    [
      'two notifications in one',
      JSON.stringify({ s3Bucket: 'logs', s3ObjectKey: ['x'], Records: [record] }),
      'holds both',
    ],
    ['an empty key', fromCloudTrail(''), 's3ObjectKey.0'],
    ['a bucket that is none', JSON.stringify({ s3Bucket: 'a/b', s3ObjectKey: ['x'] }), 's3Bucket'],
    ['an envelope in an envelope', snsEnvelope(snsEnvelope('CloudTrail validation message.')), 'is neither'],
  ])('that is %s is malformed, and says where', (_, body, where) => {
    expect(read(body)).toEqual([
      {
        kind: 'malformed',
        error: expect.objectContaining({
          code: 'MalformedNotification',
          message: expect.stringContaining(where),
        }),
      },
    ]);
  });

  test('has its bad parts beside its good ones', () => {
    expect(read(s3Notification(record, { s3: {} }, record)).map(({ kind }) => kind)).toEqual([
      'item',
      'malformed',
      'item',
    ]);
  });

  test('needs no time of its own', () => {
    const untimed = s3Notification(s3Record('x.json', { eventTime: undefined }));
    expect([...readTrailNotifications(untimed, sentAt)]).toMatchObject([{ kind: 'item' }]);
  });
});

describe('a message that is an event of the bus', () => {
  /** As EventBridge delivers it; the number has more digits than JavaScript keeps. */
  const event = (fields: object = {}, detail = '{"eventName":"CreateUser", "size":9007199254740993}') =>
    JSON.stringify({
      ...busDelivery,
      detail: 'here',
      ...fields,
    }).replace('"here"', detail);

  test.each([
    ['AWS API Call via CloudTrail', 'aws.iam'],
    ['AWS Console Sign In via CloudTrail', 'aws.signin'],
    ['AWS Console Action via CloudTrail', 'aws.console'],
    ['AWS Service Event via CloudTrail', 'aws.kms'],
    ['AWS Insight via CloudTrail', 'aws.cloudtrail'],
    ['AWS Network Activity Event via CloudTrail', 'aws.ec2'],
  ])('of the type %s is read, its record to the digit', (type, source) => {
    for (const wrap of [(body: string) => body, snsEnvelope]) {
      const [part] = read(wrap(event({ 'detail-type': type, source })));
      expect(part).toEqual({
        kind: 'item',
        item: {
          kind: 'bus-event',
          event: {
            id: 'delivery-1',
            account: '111122223333',
            region: 'us-east-1',
            time: '2026-11-21T08:01:02.000Z',
            record: expect.objectContaining({ eventName: 'CreateUser' }),
            text: '{"eventName":"CreateUser", "size":9007199254740993}',
          },
        },
      });
    }
  });

  test.each<[string, object, string]>([
    ['source', { source: 'custom.iam' }, '{}'],
    ['account', { account: '1' }, '{}'],
    ['region', { region: '../x' }, '{}'],
    ['time', { time: 'yesterday' }, '{}'],
    ['id', { id: '' }, '{}'],
    ['detail', { detail: undefined }, '{}'],
    ['detail', {}, '[]'],
    ['detail', {}, 'null'],
  ])('without a usable %s is malformed, and says where', (where, fields, detail) => {
    expect(read(event(fields, detail))).toEqual([
      {
        kind: 'malformed',
        error: expect.objectContaining({
          code: 'MalformedNotification',
          message: expect.stringContaining(`body: ${where}`),
        }),
      },
    ]);
  });

  test.each(['EC2 Instance State-change Notification', 'via CloudTrail', 'AWS API Call via CloudTrail2', 7])(
    'of the type %s is none of CloudTrail',
    type => {
      expect(read(event({ 'detail-type': type }))).toMatchObject([{ kind: 'malformed' }]);
    },
  );
});
