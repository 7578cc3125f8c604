import { describe, expect, test } from '@jest/globals';
import { resourceInventoryContract } from '../../../src/adapters/contracts/resource-inventory-contract.ts';
import { MemoryResourceInventory } from '../../../src/adapters/memory/memory-resource-inventory.ts';
import type { Unreadable } from '../../../src/ports/reading.ts';
import type { Facts, InventoryScope, ResourceRef } from '../../../src/ports/resource-inventory.ts';
import { absentKey, absentResources, keyNames, sampleResources, sampleScope } from '../sample-account.ts';

function sampleInventory(options: { readonly pageSize?: number } = {}): MemoryResourceInventory {
  return new MemoryResourceInventory({
    ...options,
    resources: sampleResources.map(({ resource, values }) => ({
      resource,
      facts: Object.fromEntries(
        Object.entries(values).map(([aspect, value]) => [aspect, { state: 'read', value }]),
      ),
    })),
    // ARN and id are those of a key in the account.
    keys: keyNames
      .filter(({ keyId }) => keyId.startsWith('alias/'))
      .map(({ keyId, facts }) => ({ scope: sampleScope, keyId, reading: { state: 'read', value: facts } })),
  });
}

describe.each([100, 7])(`the contract of ${resourceInventoryContract.port}, %d a page`, pageSize => {
  const subject = {
    inventory: sampleInventory({ pageSize }),
    scope: sampleScope,
    resources: sampleResources,
    absent: absentResources,
    keys: keyNames,
    absentKey,
  };
  test.each(resourceInventoryContract.cases)('$name', ({ run }) => run(subject));
});

const scope: InventoryScope = { account: '111122223333', region: 'eu-central-1' };
const denied: Unreadable = {
  state: 'unreadable',
  reason: 'denied',
  api: 'sqs:ListQueues',
  code: 'AccessDenied',
};

function queue(name: string): ResourceRef {
  return { type: 'sqs-queue', ...scope, arn: `arn:aws:sqs:eu-central-1:111122223333:${name}`, name };
}

async function names(inventory: MemoryResourceInventory, cursor?: string) {
  const page = await inventory.list(scope, 'sqs-queue', cursor);
  return page.state === 'read' ? page.value.resources.map(({ name }) => name) : page;
}

describe('a list', () => {
  test('goes on behind its cursor though resources came and went', async () => {
    const inventory = new MemoryResourceInventory({ pageSize: 2 });
    for (const name of ['b', 'd', 'f', 'h']) inventory.put({ resource: queue(name), facts: {} });
    const first = await inventory.list(scope, 'sqs-queue');
    const cursor = first.state === 'read' ? first.value.next : undefined;

    inventory.remove(queue('d'));
    inventory.put({ resource: queue('a'), facts: {} });
    inventory.put({ resource: queue('e'), facts: {} });

    expect(await names(inventory, cursor)).toEqual(['e', 'f']);
  });

  test('knows accounts and regions from each other, buckets by account only', async () => {
    const bucket = { type: 's3-bucket' as const, ...scope, arn: 'arn:aws:s3:::files', name: 'files' };
    const inventory = new MemoryResourceInventory({
      resources: [
        { resource: queue('a'), facts: {} },
        { resource: bucket, facts: {} },
      ],
    });
    const elsewhere = { ...scope, region: 'us-east-1' };

    expect(await inventory.list(elsewhere, 'sqs-queue')).toEqual({ state: 'read', value: { resources: [] } });
    expect(await inventory.list(elsewhere, 's3-bucket')).toEqual({
      state: 'read',
      value: { resources: [bucket] },
    });
    expect(await inventory.list({ ...scope, account: '444455556666' }, 's3-bucket')).toEqual({
      state: 'read',
      value: { resources: [] },
    });
  });

  test('that is refused cannot be read, until it is permitted; others can', async () => {
    const inventory = new MemoryResourceInventory({ resources: [{ resource: queue('a'), facts: {} }] });

    inventory.refuse(scope, 'sqs-queue', denied);

    expect(await names(inventory)).toEqual(denied);
    expect((await inventory.list(scope, 'sns-topic')).state).toBe('read');
    inventory.permit(scope, 'sqs-queue');
    expect(await names(inventory)).toEqual(['a']);
  });

  test.each([0, 101, 1.5])('of %d a page is none', pageSize => {
    expect(() => new MemoryResourceInventory({ pageSize })).toThrow(RangeError);
  });
});

describe('a fact', () => {
  const inventory = new MemoryResourceInventory({
    resources: [
      { resource: queue('a'), facts: { encryption: { ...denied, api: 'sqs:GetQueueAttributes' } } },
    ],
  });

  test('may be unreadable, and one that was not given is', async () => {
    expect(await inventory.describe(queue('a'), ['encryption', 'policy'])).toEqual({
      encryption: { ...denied, api: 'sqs:GetQueueAttributes' },
      policy: { state: 'unreadable', reason: 'failed', api: 'memory:policy', code: 'NotGiven' },
    });
  });

  test('of a removed resource is gone', async () => {
    const emptied = new MemoryResourceInventory({ resources: [{ resource: queue('a'), facts: {} }] });
    emptied.remove(queue('a'));
    emptied.remove(queue('never-there'));

    expect(await emptied.describe(queue('a'), ['tags'])).toMatchObject({ tags: { reason: 'gone' } });
  });

  test('is a copy, given and told', async () => {
    const facts = { tags: { state: 'read', value: { a: '1' } } } satisfies Facts;
    const copying = new MemoryResourceInventory({ resources: [{ resource: queue('a'), facts }] });
    facts.tags.value.a = '2';
    const told = await copying.describe(queue('a'), ['tags']);
    if (told.tags?.state === 'read') (told.tags.value as Record<string, string>)['a'] = '3';

    expect(await copying.describe(queue('a'), ['tags'])).toEqual({
      tags: { state: 'read', value: { a: '1' } },
    });
  });
});

test('a key that cannot be read is told so under its name', async () => {
  const inventory = new MemoryResourceInventory();
  const unread: Unreadable = { ...denied, api: 'kms:DescribeKey' };
  inventory.putKey({ scope, keyId: 'alias/theirs', reading: unread });

  expect(await inventory.describeKey(scope, 'alias/theirs')).toEqual(unread);
  expect(await inventory.describeKey({ ...scope, region: 'us-east-1' }, 'alias/theirs')).toMatchObject({
    reason: 'gone',
  });
});
