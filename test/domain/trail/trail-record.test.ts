import { describe, expect, test } from '@jest/globals';
import {
  accountOf,
  cutText,
  eventIdOf,
  eventTimeOf,
  fingerprintOf,
  outcomeOf,
  principalOf,
  textIn,
} from '../../../src/domain/trail/trail-record.ts';
import type { JsonObject, JsonValue } from '../../../src/ports/json.ts';
import { trailRecord } from './trail-fixtures.ts';

/** Values that stand in the place of an object, or of a text, in some record. */
const oddities: readonly (JsonValue | undefined)[] = [undefined, null, '', 7, true, [], {}, ['x']];

describe('the principal', () => {
  const arn = 'arn:aws:sts::111122223333:assumed-role/Admin/session';
  test.each<[string, JsonValue, string | undefined]>([
    ['the ARN', { type: 'AssumedRole', arn, invokedBy: 'x' }, arn],
    ['the invoking service', { type: 'AWSService', invokedBy: 'ec2.amazonaws.com' }, 'ec2.amazonaws.com'],
    ['the type', { type: 'AWSAccount', accountId: '444455556666' }, 'AWSAccount'],
    ['the type where the rest is null', { type: 'Unknown', arn: null, invokedBy: null }, 'Unknown'],
    ['nobody', { userName: 'alice' }, undefined],
  ])('is %s', (_, userIdentity, expected) => expect(principalOf({ userIdentity })).toBe(expected));

  test.each(oddities.map(identity => ({ identity })))(
    'is nobody where the identity is $identity',
    ({ identity }) => {
      expect(principalOf(identity === undefined ? {} : { userIdentity: identity })).toBeUndefined();
    },
  );
});

describe('the account', () => {
  test.each<[string, JsonObject, string | undefined]>([
    [
      'the recipient',
      { recipientAccountId: '111122223333', userIdentity: { accountId: '444455556666' } },
      '111122223333',
    ],
    ['the actor’s', { userIdentity: { accountId: '444455556666' } }, '444455556666'],
    [
      'the actor’s where the recipient is no account',
      { recipientAccountId: 'x', userIdentity: { accountId: '444455556666' } },
      '444455556666',
    ],
    [
      'not known',
      { recipientAccountId: 111122223333, userIdentity: { accountId: 'ANONYMOUS_PRINCIPAL' } },
      undefined,
    ],
  ])('is %s', (_, record, expected) => expect(accountOf(record)).toBe(expected));
});

describe('the time', () => {
  test.each<[JsonValue, string | undefined]>([
    ['2026-11-21T08:01:02Z', '2026-11-21T08:01:02.000Z'],
    ['2026-11-21T08:01:02.5Z', '2026-11-21T08:01:02.500Z'],
    ['2026-11-21T08:01:02+01:00', undefined],
    ['2026-13-41T08:01:02Z', undefined],
    ['2026-02-30T08:01:02Z', undefined],
    ['2028-02-29T23:59:59Z', '2028-02-29T23:59:59.000Z'],
    ['1', undefined],
    [1_795_000_000, undefined],
    [null, undefined],
  ])('%j is read as %s', (eventTime, expected) => expect(eventTimeOf({ eventTime })).toBe(expected));
});

describe('the outcome', () => {
  test.each<[JsonObject, string]>([
    [{}, 'succeeded'],
    [{ errorCode: 'AccessDenied', errorMessage: 'not authorized' }, 'AccessDenied'],
    [
      { errorMessage: 'Failed authentication', responseElements: { ConsoleLogin: 'Failure' } },
      'Failed authentication',
    ],
    [{ responseElements: { ConsoleLogin: 'Failure' } }, 'Failure'],
    [{ responseElements: { ConsoleLogin: 'Success' } }, 'succeeded'],
    [{ errorMessage: 'something' }, 'something'],
  ])('of %j is %s', (record, expected) => expect(outcomeOf(record)).toBe(expected));
});

describe('the id', () => {
  test('is the eventID', () => expect(eventIdOf({ eventID: 'a-b' }, 'text')).toBe('a-b'));

  test.each<JsonValue>([
    null,
    '',
    7,
    'with space',
    'ü',
    'x'.repeat(129),
    'line\nbreak',
    'a#b',
    'sha256-forged',
  ])('is the hash of the text where the eventID is %j', eventID => {
    const id = eventIdOf({ eventID }, 'text');
    expect(id).toMatch(/^sha256-[0-9a-f]{64}$/);
    expect(eventIdOf({ eventID }, 'other')).not.toBe(id);
    expect(eventIdOf({ eventID }, 'text')).toBe(id);
  });
});

describe('the fingerprint', () => {
  const record = trailRecord();
  const print = (change: JsonObject) => {
    const changed = { ...record, ...change };
    return fingerprintOf(changed, JSON.stringify(changed));
  };

  test.each<JsonObject>([
    { eventID: 'another' },
    { eventTime: '2026-11-21T08:01:03Z' },
    { eventName: 'DeleteUser' },
    { sourceIPAddress: '10.0.0.1' },
    { errorCode: 'AccessDenied' },
    { requestParameters: null },
    { requestParameters: ['userName', 'mallory'] },
    { userIdentity: { type: 'Root' } },
  ])('tells %j apart', change => expect(print(change)).not.toBe(print({})));

  test('is the same however the record is written', () => {
    const text = JSON.stringify(record);
    const reversed = Object.fromEntries(Object.entries(record).toReversed());
    expect(fingerprintOf(reversed, ` ${JSON.stringify(reversed)}`)).toBe(fingerprintOf(record, text));
  });

  test('tells numbers apart that JavaScript rounds to one', () => {
    const of = (digits: string) => {
      const text = `{"eventID":"e","bytes":${digits},"list":[1234567890123456]}`;
      return fingerprintOf(JSON.parse(text) as JsonObject, text);
    };
    expect(of('12345678901234567890')).not.toBe(of('12345678901234567891'));
  });
});

test('a text that is cut is not held for the sake of its beginning', () => {
  expect(cutText('abc', 3)).toBe('abc');
  expect(cutText('📄\ud800é'.repeat(10), 5)).toBe('📄\ud800é📄'.slice(0, 5));
});

test('text is what says something', () => {
  expect(oddities.map(textIn).filter(text => text !== undefined)).toEqual([]);
  expect(textIn('x')).toBe('x');
});
