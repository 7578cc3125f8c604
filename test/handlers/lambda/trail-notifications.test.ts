import { describe, expect, test } from '@jest/globals';
import { readTrailNotifications } from '../../../src/handlers/lambda/trail-notifications.ts';
import { logKey } from '../../domain/trail/trail-fixtures.ts';
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
    expect(read(body)).toEqual(logs.map(log => ({ kind: 'object', object: log }))),
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
      'object',
      'malformed',
      'object',
    ]);
  });

  test('needs no time of its own', () => {
    const untimed = s3Notification(s3Record('x.json', { eventTime: undefined }));
    expect([...readTrailNotifications(untimed, sentAt)]).toMatchObject([{ kind: 'object' }]);
  });
});
