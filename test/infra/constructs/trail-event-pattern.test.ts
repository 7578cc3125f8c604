import { describe, expect, test } from '@jest/globals';
import { trailEventPattern } from '../../../infra/constructs/trail-event-pattern.ts';
import { compileEventPattern } from '../../../src/domain/trail/event-pattern/compile-event-pattern.ts';

const named = (...names: string[]) => ({ eventNames: new Set(names), literals: [] });

/** As EventBridge has it of a call. */
const event = (detail: object, over: object = {}) => ({
  version: '0',
  source: 'aws.iam',
  'detail-type': 'AWS API Call via CloudTrail',
  region: 'us-east-1',
  detail: { eventVersion: '1.11', eventCategory: 'Management', eventName: 'CreateUser', ...detail },
  ...over,
});

const narrow = compileEventPattern(trailEventPattern(named('CreateUser', 'ConsoleLogin')));
const wide = compileEventPattern(trailEventPattern('any'));

describe('rules that name their events', () => {
  test('let those through, and wake nobody for others', () => {
    expect(narrow.matches(event({}))).toBe(true);
    expect(narrow.matches(event({ eventName: 'DeleteUser' }))).toBe(false);
    expect(
      narrow.matches(
        event(
          { eventName: 'ConsoleLogin' },
          { source: 'aws.signin', 'detail-type': 'AWS Console Sign In via CloudTrail' },
        ),
      ),
    ).toBe(true);
  });

  test.each([
    ['literals beside', { eventNames: new Set(['CreateUser']), literals: ['AccessDenied'] }],
    [
      'more names than a pattern has room for',
      named(...Array.from({ length: 200 }, (_, at) => `CreateThing${at}`)),
    ],
  ])('are not held to their names with %s', (_, conditions) => {
    expect(trailEventPattern(conditions)).toEqual(trailEventPattern('any'));
  });

  test('are held to as many names as fit into 2,048 characters, and to no more (EventBridge quotas)', () => {
    const sizes = Array.from({ length: 150 }, (_, count) => {
      const names = Array.from({ length: count + 1 }, (_, at) => `DescribeThingNumber${at}`);
      return JSON.stringify(trailEventPattern(named(...names))).length;
    });
    expect(Math.max(...sizes)).toBeLessThanOrEqual(2048);
    expect(Math.max(...sizes)).toBeGreaterThan(1900);
  });

  test('are not woken by what the analyzer causes, whatever they name', () => {
    const own = compileEventPattern(trailEventPattern(named('CreateLogStream', 'CreateUser', 'UpdateItem')));
    expect(own.matches(event({}))).toBe(true);
    expect(own.matches(event({ eventName: 'UpdateItem', eventCategory: 'Data' }))).toBe(false);
    expect(own.matches(event({ eventName: 'CreateLogStream' }))).toBe(false);
    expect(trailEventPattern(named('CreateLogStream'))).toEqual(trailEventPattern('any'));
  });

  test('are spelt in one way, whatever their order', () => {
    expect(trailEventPattern(named('B', 'A'))).toEqual(trailEventPattern(named('A', 'B')));
  });
});

describe('other rules', () => {
  test.each([
    ['a call', event({})],
    ['a record of an older version, which has no category', event({ eventCategory: undefined })],
    [
      'an insight, which may name no call',
      event(
        { eventCategory: 'Insight', eventName: undefined },
        { source: 'aws.cloudtrail', 'detail-type': 'AWS Insight via CloudTrail' },
      ),
    ],
    [
      "a service's own doing",
      event(
        { eventName: 'RotateKey' },
        { source: 'aws.kms', 'detail-type': 'AWS Service Event via CloudTrail' },
      ),
    ],
  ])('judge %s', (_, given) => {
    expect(wide.matches(JSON.parse(JSON.stringify(given)))).toBe(true);
  });

  test.each([
    ['a data event', event({ eventCategory: 'Data', eventName: 'GetObject' })],
    ['what the analyzer itself causes', event({ eventName: 'CreateLogStream' })],
    ['an event of nobody at AWS', event({}, { source: 'my.iam' })],
    ['another kind of event', event({}, { 'detail-type': 'GuardDuty Finding' })],
  ])('do not judge %s', (_, given) => {
    expect(wide.matches(given)).toBe(false);
    expect(narrow.matches(given)).toBe(false);
  });
});
