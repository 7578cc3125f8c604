import { describe, expect, test } from '@jest/globals';
import { judge, read, unreadable } from './inspected-resources.ts';

describe('versioning', () => {
  const unread = unreadable('s3:GetBucketVersioning', 'throttled');
  test.each([
    ['enabled', { verdict: 'pass', explanation: 'Versioning is enabled.' }],
    [
      'suspended',
      { verdict: 'fail', explanation: 'Versioning is off (suspended): what is overwritten is lost.' },
    ],
    ['off', { verdict: 'fail', explanation: 'Versioning is off: what is overwritten is lost.' }],
  ] as const)('%s', (value, judgement) => {
    expect(judge('s3-bucket-versioning', { versioning: read(value) })).toEqual(judgement);
  });
  test('unreadable', () => {
    expect(judge('s3-bucket-versioning', { versioning: unread })).toEqual({
      verdict: 'indeterminate',
      explanation: 'The versioning could not be read: s3:GetBucketVersioning was throttled (Other).',
      unread: [unread],
    });
  });
});

describe('point-in-time recovery', () => {
  const id = 'dynamodb-table-point-in-time-recovery';
  test.each([
    [true, 'pass'],
    [false, 'fail'],
  ])('enabled: %s', (enabled, verdict) => {
    expect(judge(id, { 'point-in-time-recovery': read({ enabled }) }).verdict).toBe(verdict);
  });
  test('unreadable', () => {
    const unread = unreadable('dynamodb:DescribeContinuousBackups', 'failed');
    expect(judge(id, { 'point-in-time-recovery': unread })).toEqual({
      verdict: 'indeterminate',
      explanation:
        'The point-in-time recovery could not be read: dynamodb:DescribeContinuousBackups failed (Other).',
      unread: [unread],
    });
  });
});
