import { describe, expect, test } from '@jest/globals';
import { readObjectNotifications } from '../../../src/handlers/lambda/object-notifications.ts';
import fc from '../../seeded-properties.ts';
import {
  createdAt,
  objectCreatedEvent,
  s3Notification,
  s3Record,
  s3TestEvent,
  sentAt,
  snsEnvelope,
} from './notification-fixtures.ts';

const read = (body: string) => [...readObjectNotifications(body, sentAt)];
const keyOf = (body: string) => read(body).map(it => (it.kind === 'object' ? it.object.key : it.kind));
const created = { bucket: 'uploads', key: 'a b.pdf', versionId: 'v1' };

describe('envelopes', () => {
  test.each([
    ['an S3 notification', s3Notification(s3Record('a+b.pdf')), createdAt],
    ['an EventBridge event', JSON.stringify(objectCreatedEvent('a b.pdf')), '2026-11-21T08:00:00.000Z'],
    ['an S3 notification wrapped by SNS', snsEnvelope(s3Notification(s3Record('a+b.pdf'))), createdAt],
    [
      'an EventBridge event wrapped by SNS',
      snsEnvelope(JSON.stringify(objectCreatedEvent('a b.pdf'))),
      '2026-11-21T08:00:00.000Z',
    ],
  ])('%s names bucket, key, version and time', (_, body, occurredAt) => {
    expect(read(body)).toEqual([{ kind: 'object', object: { ...created, occurredAt } }]);
  });

  test('a notification holds many records', () => {
    expect(keyOf(s3Notification(s3Record('a'), s3Record('b'), s3Record('c')))).toEqual(['a', 'b', 'c']);
  });

  test('a notification reduced to bucket and key has the time at which its message was sent', () => {
    const body = s3Notification({ s3: { bucket: { name: 'uploads' }, object: { key: 'a' } } });
    expect(read(body)).toEqual([
      { kind: 'object', object: { bucket: 'uploads', key: 'a', occurredAt: sentAt } },
    ]);
  });

  test.each([
    ['plain', s3TestEvent],
    ['wrapped by SNS', snsEnvelope(s3TestEvent)],
  ])('a test event, %s, is told as one', (_, body) => {
    expect(read(body)).toEqual([{ kind: 'skipped', event: 's3:TestEvent' }]);
  });

  test.each([
    [
      'a removal',
      s3Notification(s3Record('a', { eventName: 'ObjectRemoved:Delete' })),
      'ObjectRemoved:Delete',
    ],
    [
      'a restored copy',
      s3Notification(s3Record('a', { eventName: 's3:ObjectRestore:Post' })),
      's3:ObjectRestore:Post',
    ],
    [
      'a deletion on EventBridge',
      JSON.stringify(objectCreatedEvent('a', { 'detail-type': 'Object Deleted' })),
      'Object Deleted',
    ],
  ])('%s is skipped, by name', (_, body, eventName) => {
    expect(read(body)).toEqual([{ kind: 'skipped', event: eventName }]);
  });

  test.each([undefined, null, ''])('a version id that is %j is none', versionId => {
    const object = { key: 'a', ...(versionId === undefined ? {} : { versionId }) };
    const body = s3Notification({ eventTime: createdAt, s3: { bucket: { name: 'uploads' }, object } });
    expect(read(body)).toEqual([
      { kind: 'object', object: { bucket: 'uploads', key: 'a', occurredAt: createdAt } },
    ]);
  });

  test.each(['ObjectCreated:Copy', 'ObjectCreated:CompleteMultipartUpload', 's3:ObjectCreated:Post'])(
    '%s is a creation',
    eventName => expect(keyOf(s3Notification(s3Record('a', { eventName })))).toEqual(['a']),
  );
});

describe('keys', () => {
  test.each([
    ['a+b', 'a b'],
    ['a%2Bb', 'a+b'],
    ['%E5%A0%B1%E5%91%8A.pdf', '報告.pdf'],
    ['%252e%252e%252fetc', '%2e%2e%2fetc'],
    ['%2E%2E/etc', '../etc'],
    ['100%25.txt', '100%.txt'],
    ['', ''],
  ])('S3 form-encodes %j, which is undone exactly once: %j', (encoded, key) => {
    expect(keyOf(s3Notification(s3Record(encoded)))).toEqual([key]);
  });

  test.each(['a+b', '%2e%2e%2fetc', 'a%2Bb', '100%.txt', '%E0%A4'])('EventBridge leaves %j as it is', key => {
    expect(keyOf(JSON.stringify(objectCreatedEvent(key)))).toEqual([key]);
  });

  test('come back as they were stored, whatever they hold', () => {
    const stored = fc.string({ unit: 'grapheme', maxLength: 200 }).filter(key => key.isWellFormed());
    fc.assert(
      fc.property(stored, key => {
        const encoded = encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');
        expect(keyOf(s3Notification(s3Record(encoded)))).toEqual([key]);
        expect(keyOf(JSON.stringify(objectCreatedEvent(key)))).toEqual([key]);
      }),
    );
  });
});

describe('what cannot be read', () => {
  const messageOf = (body: string) =>
    read(body).map(it => (it.kind === 'malformed' ? it.error.message : it.kind));

  test.each([
    ['text', 'hello', /^body: is not JSON$/],
    ['an empty body', '', /^body: is not JSON$/],
    ['another JSON', '{"hello":"world"}', /^body: is neither an S3 notification/],
    ['null', 'null', /^body: is neither/],
    ['Records that are no array', '{"Records":{}}', /^body: is neither/],
    [
      'an SNS envelope in an SNS envelope',
      snsEnvelope(snsEnvelope(s3TestEvent)),
      /^body\.Message: is neither/,
    ],
    ['an SNS envelope around text', snsEnvelope('hello'), /^body\.Message: is not JSON$/],
    ['a record of another service', s3Notification({ Sns: {} }), /^body\.Records\[0\]: s3: /],
    [
      'a key that is no text',
      s3Notification({ s3: { bucket: { name: 'b' }, object: { key: 7 } } }),
      /s3\.object\.key/,
    ],
    [
      'a key that is not UTF-8',
      s3Notification(s3Record('%E0%A4')),
      /^body\.Records\[0\]\.s3\.object\.key: is not/,
    ],
    [
      'an event without its object',
      JSON.stringify(objectCreatedEvent('a', { detail: {} })),
      /^body\.detail: bucket: /,
    ],
    ['a time that is none', s3Notification(s3Record('a', { eventTime: 'noon' })), /eventTime: Invalid/],
    [
      'a day that is none',
      s3Notification(s3Record('a', { eventTime: '2026-02-30T08:00:00Z' })),
      /eventTime: Invalid/,
    ],
    [
      'a year beyond four digits',
      s3Notification(s3Record('a', { eventTime: '+275760-09-13T00:00:00.000Z' })),
      /eventTime/,
    ],
    [
      'an event that S3 does not have',
      s3Notification(s3Record('a', { eventName: 'ObjectCreated' })),
      /Records\[0\]\.eventName: /,
    ],
    [
      'an event without a name',
      s3Notification(s3Record('a', { eventName: '' })),
      /Records\[0\]\.eventName: /,
    ],
    [
      'another EventBridge event',
      JSON.stringify(objectCreatedEvent('a', { 'detail-type': 'Bucket Created' })),
      /detail-type: /,
    ],
    ['a version id with a line break', s3Notification(s3Record('a', {}, 'v1\nPay')), /versionId: /],
    [
      'a version id with a bidirectional control',
      s3Notification(s3Record('a', {}, 'v\u202e1')),
      /versionId: /,
    ],
    ['an endless version id', s3Notification(s3Record('a', {}, 'v'.repeat(1025))), /versionId: /],
    [
      'a bucket name with a line break',
      s3Notification({ s3: { bucket: { name: 'a\nb' }, object: { key: 'a' } } }),
      /bucket\.name: /,
    ],
    [
      'an endless bucket name',
      s3Notification({ s3: { bucket: { name: 'b'.repeat(256) }, object: { key: 'a' } } }),
      /bucket\.name: /,
    ],
    ['no records', '{"Records":[]}', /^body\.Records: is empty$/],
    [
      'more records than are read',
      s3Notification(...Array.from({ length: 1001 }, () => s3Record('a'))),
      /^body\.Records: holds 1001 records, more than 1000$/,
    ],
  ])('%s is told with its place and the reason', (_, body, message) => {
    expect(messageOf(body)).toEqual([expect.stringMatching(message)]);
  });

  test('a record that cannot be read leaves its neighbours', () => {
    const body = s3Notification(s3Record('a'), { s3: null }, s3Record('%FF'), s3Record('b'));
    expect(read(body).map(({ kind }) => kind)).toEqual(['object', 'malformed', 'malformed', 'object']);
  });

  test('a message says what is wrong without repeating what was sent', () => {
    const secret = '4111111111111111';
    for (const body of [secret, `{"a":"${secret}"}`, s3Notification({ s3: secret }), snsEnvelope(secret)]) {
      expect(messageOf(body).join()).not.toContain(secret);
    }
  });

  test('whatever the body, it is read or told', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), body => {
        for (const { kind } of read(body)) expect(['object', 'malformed', 'skipped']).toContain(kind);
      }),
    );
  });

  test('a record without a time, in a message without one, is told', () => {
    const body = s3Notification({ s3: { bucket: { name: 'uploads' }, object: { key: 'a' } } });
    expect([...readObjectNotifications(body, undefined)]).toMatchObject([
      { kind: 'malformed', error: { message: expect.stringMatching(/^body\.Records\[0\]: bears no time/) } },
    ]);
  });

  test('a thousand broken records are each told', () => {
    expect(read(s3Notification(...Array.from({ length: 1000 }, () => 0)))).toHaveLength(1000);
  });
});
