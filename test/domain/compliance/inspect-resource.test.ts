import { describe, expect, test } from '@jest/globals';
import {
  aspectsRead,
  ResourceInspector,
  type ResourceReader,
} from '../../../src/domain/compliance/inspect-resource.ts';
import { readCompliancePolicy } from '../../../src/domain/compliance/read-compliance-policy.ts';
import type { Reading, Unreadable, UnreadableReason } from '../../../src/ports/reading.ts';
import type { Aspect, Facts, KeyFacts, ResourceRef } from '../../../src/ports/resource-inventory.ts';
import { accountResource, awsOwned, ownEncryption, ownKey, table } from './scan-fixtures.ts';

const { resource } = table('a');
const recovery: Facts = { 'point-in-time-recovery': { state: 'read', value: { enabled: true } } };
const unread = (reason: UnreadableReason): Unreadable => ({
  state: 'unreadable',
  reason,
  api: 'kms:DescribeKey',
  code: 'Refused',
});

function inspectorOf(inventory: Partial<ResourceReader>) {
  const asked: (readonly Aspect[])[] = [];
  const keys: string[] = [];
  const inspector = new ResourceInspector({
    policy: readCompliancePolicy({}),
    at: '2026-11-21T08:00:00.000Z',
  });
  const reader: ResourceReader = {
    describe: async (of, aspects) => {
      asked.push(aspects);
      return (await inventory.describe?.(of, aspects)) ?? { ...recovery, encryption: ownEncryption };
    },
    describeKey: async (scope, keyId) => {
      keys.push(`${scope.account} ${scope.region} ${keyId}`);
      return (await inventory.describeKey?.(scope, keyId)) ?? { state: 'read', value: ownKey };
    },
  };
  return { inspector, reader, asked, keys };
}

describe('ResourceInspector', () => {
  test('asks nothing where the list has told all that is looked at, and keeps nothing else of it', async () => {
    const { inspector, reader, asked } = inspectorOf({});
    const told: Facts = { ...recovery, encryption: awsOwned };
    const tags: Facts = { tags: { state: 'read', value: { owner: 'kim' } } };
    expect(await inspector.facts(reader, resource, undefined, { ...told, ...tags })).toEqual({
      resource,
      facts: told,
    });
    expect(asked).toEqual([]);
  });

  test('asks for what the list could not tell, and takes the answer for it', async () => {
    const { inspector, reader, asked } = inspectorOf({});
    const told: Facts = { ...recovery, encryption: unread('failed') };
    const { facts } = await inspector.facts(reader, resource, undefined, told);
    expect(asked).toEqual([['encryption']]);
    expect(facts).toEqual({ ...recovery, encryption: ownEncryption });
  });

  test('what was deleted meanwhile is gone, and judged by no check', () => {
    const { inspector } = inspectorOf({});
    const facts: Facts = { 'point-in-time-recovery': unread('gone'), encryption: unread('gone') };
    expect(inspector.judge({ resource, facts })).toEqual({ resource, state: 'gone', results: [] });
    const denied = inspector.judge({ resource, facts: { ...recovery, encryption: unread('denied') } });
    expect(denied.state).toBe('judged');
    expect(denied.results.map(({ verdict }) => verdict).sort()).toEqual(['indeterminate', 'pass']);
  });

  test('asks for a key once for all resources of a place, also at one time, and again at another place', async () => {
    const { inspector, reader, keys } = inspectorOf({});
    const elsewhere: ResourceRef = { ...resource, region: 'us-east-1' };
    const inspected = await Promise.all(
      [resource, resource, elsewhere].map(it => inspector.facts(reader, it, undefined)),
    );
    expect(inspected.map(({ key }) => key?.state)).toEqual(['read', 'read', 'read']);
    await inspector.facts(reader, resource, undefined);
    expect(keys).toEqual([`111122223333 eu-central-1 ${ownKey.arn}`, `111122223333 us-east-1 ${ownKey.arn}`]);
  });

  test.each<[UnreadableReason, number]>([
    ['denied', 1],
    ['gone', 1],
    ['throttled', 2],
    ['failed', 2],
  ])('remembers of a key that it is %s only where that lasts', async (reason, times) => {
    const { inspector, reader, keys } = inspectorOf({ describeKey: async () => unread(reason) });
    for (let round = 0; round < 2; round += 1) {
      expect((await inspector.facts(reader, resource, undefined)).key).toEqual(unread(reason));
    }
    expect(keys).toHaveLength(times);
  });

  test('remembers so many keys, not all', async () => {
    let id = 0;
    const read: Reading<KeyFacts> = { state: 'read', value: ownKey };
    const { inspector, reader, keys } = inspectorOf({
      describe: async () => ({ encryption: { state: 'read', value: { by: 'kms', keyId: `key-${id}` } } }),
      describeKey: async () => read,
    });
    for (id = 0; id <= 10_000; id += 1) await inspector.facts(reader, resource, undefined);
    id = 0;
    await inspector.facts(reader, resource, undefined);
    expect(keys).toHaveLength(10_002);
  });

  test.each([
    ['an error', new TypeError('a defect'), 'TypeError'],
    ['an error with a code', Object.assign(new Error('refused'), { code: 'Refused' }), 'Refused'],
    ['nothing', undefined, 'Error'],
    ['null', null, 'Error'],
  ])('an inventory that rejects with %s has told that it failed', async (_, error, code) => {
    const { inspector, reader } = inspectorOf({ describe: () => Promise.reject(error) });
    const failed = { state: 'unreadable', reason: 'failed', api: 'ResourceInventory.describe', code };
    const { facts } = await inspector.facts(reader, resource, undefined);
    expect(facts).toEqual({ encryption: failed, 'point-in-time-recovery': failed });
  });
});

describe('aspectsRead', () => {
  const bucketChecks = ['s3-bucket-public-access-block', 's3-bucket-public-access'];
  test.each<[string, string[], Aspect[]]>([
    ['for its own check', [], ['public-access-block']],
    ['for its buckets alone', ['account-public-access-block'], ['public-access-block']],
    ['for itself alone', bucketChecks, ['public-access-block']],
    ['for nobody', ['account-public-access-block', ...bucketChecks], []],
  ])('an account is looked at %s', (_, without, aspects) => {
    expect(aspectsRead(accountResource.resource.type, readCompliancePolicy({ without }))).toEqual(aspects);
  });
});
