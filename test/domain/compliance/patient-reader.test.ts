import { describe, expect, test } from '@jest/globals';
import { AdaptiveLimit } from '../../../src/domain/compliance/adaptive-limit.ts';
import { OutOfTimeError, PatientReader } from '../../../src/domain/compliance/patient-reader.ts';
import type { Unreadable } from '../../../src/ports/reading.ts';
import type { Aspect, ResourceInventory, ResourceRef } from '../../../src/ports/resource-inventory.ts';

const scope = { account: '111122223333', region: 'eu-central-1' };
const bucket: ResourceRef = { ...scope, type: 's3-bucket', arn: 'arn:aws:s3:::logs', name: 'logs' };
const throttled: Unreadable = {
  state: 'unreadable',
  reason: 'throttled',
  api: 's3:GetBucketPolicy',
  code: 'SlowDown',
};
const denied: Unreadable = { ...throttled, reason: 'denied', code: 'AccessDenied' };
const versioned = { state: 'read', value: 'enabled' } as const;

function readerOf(inventory: Partial<ResourceInventory>, hasTime: () => boolean = () => true) {
  const pauses: number[] = [];
  const unasked = () => Promise.reject(new Error('not asked for'));
  const reader = new PatientReader({
    inventory: { list: unasked, describe: unasked, describeKey: unasked, ...inventory },
    limit: new AdaptiveLimit(2),
    pause: async milliseconds => {
      pauses.push(milliseconds);
    },
    random: () => 0.5,
    hasTime,
    attempts: 4,
  });
  return { reader, pauses };
}

describe('PatientReader', () => {
  test('asks again for what was throttled alone, and keeps what was read', async () => {
    const asked: (readonly Aspect[])[] = [];
    const { reader, pauses } = readerOf({
      describe: async (_, aspects) => {
        asked.push(aspects);
        return {
          ...(aspects.includes('versioning') ? { versioning: versioned } : {}),
          ...(aspects.includes('acl') ? { acl: denied } : {}),
          policy: asked.length < 3 ? throttled : { state: 'read', value: {} },
        };
      },
    });
    await expect(reader.describe(bucket, ['versioning', 'acl', 'policy'])).resolves.toEqual({
      versioning: versioned,
      acl: denied,
      policy: { state: 'read', value: {} },
    });
    expect(asked).toEqual([['versioning', 'acl', 'policy'], ['policy'], ['policy']]);
    expect(pauses).toEqual([100, 200]);
  });

  test('takes throttling for the answer after so many attempts, with pauses that end at five seconds', async () => {
    let asked = 0;
    const { reader } = readerOf({
      describeKey: async () => {
        asked += 1;
        return throttled;
      },
    });
    await expect(reader.describeKey(scope, 'alias/x')).resolves.toEqual(throttled);
    expect(asked).toBe(4);

    const pauses: number[] = [];
    const patient = new PatientReader({
      inventory: {
        list: async () => throttled,
        describe: async () => ({}),
        describeKey: async () => throttled,
      },
      limit: new AdaptiveLimit(1),
      pause: async milliseconds => {
        pauses.push(milliseconds);
      },
      random: () => 1,
      hasTime: () => true,
    });
    await expect(patient.list(scope, 's3-bucket')).resolves.toEqual(throttled);
    expect(pauses).toEqual([200, 400, 800, 1600, 3200, 5000, 5000]);
  });

  test.each(['denied', 'gone', 'failed'] as const)('asks once for what is %s', async reason => {
    let asked = 0;
    const { reader } = readerOf({
      list: async () => {
        asked += 1;
        return { ...throttled, reason };
      },
    });
    await expect(reader.list(scope, 's3-bucket')).resolves.toEqual({ ...throttled, reason });
    expect(asked).toBe(1);
  });

  test('asks nothing once time is up, also what was waiting for its turn or for another attempt', async () => {
    let time = true;
    let asked = 0;
    const { reader } = readerOf(
      {
        describeKey: async () => {
          asked += 1;
          await new Promise(setImmediate);
          time = false;
          return throttled;
        },
      },
      () => time,
    );
    const calls = ['a', 'b', 'c', 'd'].map(key => reader.describeKey(scope, key));
    const settled = await Promise.allSettled(calls);
    expect(settled.map(it => (it.status === 'rejected' ? it.reason : it.value))).toEqual(
      Array.from({ length: 4 }, () => expect.any(OutOfTimeError)),
    );
    expect(asked).toBe(2);
    await expect(reader.describe(bucket, ['acl'])).rejects.toThrow(OutOfTimeError);
    await expect(reader.list(scope, 's3-bucket')).rejects.toThrow(OutOfTimeError);
  });

  test('asks for so many at one time, and for fewer while what is asked is throttled', async () => {
    let running = 0;
    let most = 0;
    const throttling = async <Answer>(answer: Answer): Promise<Answer> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise(setImmediate);
      running -= 1;
      return answer;
    };
    for (const ask of [
      (reader: PatientReader) => reader.describe(bucket, ['acl', 'versioning']),
      (reader: PatientReader) => reader.describeKey(scope, 'alias/x'),
    ]) {
      const limit = new AdaptiveLimit(4);
      const reader = new PatientReader({
        inventory: {
          list: async () => throttled,
          describe: () => throttling({ acl: denied, versioning: throttled }),
          describeKey: () => throttling(throttled),
        },
        limit,
        pause: async () => undefined,
        random: () => 0.5,
        hasTime: () => true,
      });
      most = 0;
      await Promise.all(Array.from({ length: 12 }, () => ask(reader)));
      expect(most).toBe(4);
      expect(limit.limit).toBeLessThan(4);
    }
  });
});
