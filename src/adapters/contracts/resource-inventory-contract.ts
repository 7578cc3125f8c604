import assert from 'node:assert/strict';
import {
  type Aspect,
  type AspectValues,
  accountWideTypes,
  aspectsOfType,
  type Facts,
  type InventoryScope,
  type KeyFacts,
  type ResourceInventory,
  type ResourceRef,
  type ResourceType,
  resourceTypes,
} from '../../ports/resource-inventory.ts';
import { assertSameJson } from './assert-same-json.ts';
import type { Contract } from './contract.ts';

export interface ExpectedResource {
  /** Without `locator`, which lists add. */
  readonly resource: Omit<ResourceRef, 'locator'>;
  /** What is to be read, aspect by aspect; none beside these is asked. */
  readonly values: Partial<AspectValues>;
}

/** An account, or a part of one, and what is known to be in it. */
export interface ResourceInventorySubject {
  readonly inventory: ResourceInventory;
  readonly scope: InventoryScope;
  /** All that is in the scope, and the buckets of the account's other regions: at least one of each type. */
  readonly resources: readonly ExpectedResource[];
  /** References to resources that are not there. */
  readonly absent: readonly ResourceRef[];
  /** Keys by what a resource of the scope may call them: ARN, id and alias. */
  readonly keys: readonly { readonly keyId: string; readonly facts: KeyFacts }[];
  /** The ARN of a key that is not there. */
  readonly absentKey: string;
}

const allAspects = [...new Set(Object.values(aspectsOfType).flat())];

/** What every {@link ResourceInventory} promises. */
export const resourceInventoryContract: Contract<ResourceInventorySubject> = {
  port: 'ResourceInventory',
  cases: [
    ...resourceTypes.map(type => ({
      name: `what the list of every ${type} tells is what each tells of itself`,
      async run({ inventory, scope }: ResourceInventorySubject) {
        const reading = await inventory.list(scope, type);
        assert.equal(reading.state, 'read');
        if (reading.state !== 'read') return;
        const { resources, facts = {} } = reading.value;
        for (const resource of resources) {
          const told = facts[resource.arn] ?? {};
          assertSameJson(await inventory.describe(resource, Object.keys(told) as Aspect[]), told);
        }
      },
    })),
    ...resourceTypes.map(type => ({
      name: `every ${type} is listed once, at most 100 a page`,
      async run(subject: ResourceInventorySubject) {
        const listed = await listAll(subject, type);
        const expected = subject.resources.filter(({ resource }) => resource.type === type);
        assert.ok(expected.length > 0, `the subject holds no ${type}`);
        assertSameJson(
          listed.map(({ locator: _, ...resource }) => resource).sort(byArn),
          expected.map(({ resource }) => resource).sort(byArn),
        );
      },
    })),
    {
      name: 'what is listed for the account is listed alike from every region',
      async run(subject) {
        const elsewhere = { ...subject, scope: { ...subject.scope, region: 'us-west-2' } };
        for (const type of accountWideTypes) {
          const arns = async (from: ResourceInventorySubject) =>
            (await listAll(from, type)).map(({ arn }) => arn).sort();
          assertSameJson(await arns(elsewhere), await arns(subject));
        }
        const [account] = await listAll(elsewhere, 'account');
        assert.equal(account?.region, 'us-west-2');
      },
    },
    {
      name: 'a list goes on from a cursor as often as it is asked to',
      async run(subject) {
        const { inventory, scope } = subject;
        let pages = 0;
        for (const type of resourceTypes) {
          const first = await inventory.list(scope, type);
          if (first.state !== 'read' || first.value.next === undefined) continue;
          pages += 1;
          const again = await inventory.list(scope, type, first.value.next);
          assertSameJson(await inventory.list(scope, type, first.value.next), again);
          const arns = new Set(first.value.resources.map(({ arn }) => arn));
          assert.ok(again.state === 'read' && again.value.resources.every(({ arn }) => !arns.has(arn)));
        }
        assert.ok(pages > 0, 'the subject has a list of more than one page');
      },
    },
    ...resourceTypes.map(type => ({
      name: `each aspect of a ${type} is read as it is`,
      async run(subject: ResourceInventorySubject) {
        const { inventory } = subject;
        for (const { resource, values } of await describable(subject, type)) {
          const aspects = Object.keys(values) as Aspect[];
          assertSameJson(await inventory.describe(resource, aspects), factsOf(values), resource.arn);
          for (const aspect of aspects) {
            const facts = await inventory.describe(resource, [aspect]);
            assertSameJson(facts, { [aspect]: { state: 'read', value: values[aspect] } }, resource.arn);
          }
        }
      },
    })),
    {
      name: 'what is asked twice is told once, and where nothing is asked nothing is told',
      async run(subject) {
        const [first] = await describable(subject, 's3-bucket');
        assert.ok(first !== undefined);
        const { versioning } = first.values;
        assertSameJson(await subject.inventory.describe(first.resource, ['versioning', 'versioning']), {
          versioning: { state: 'read', value: versioning },
        });
        assertSameJson(await subject.inventory.describe(first.resource, []), {});
      },
    },
    {
      name: 'an aspect that a type of resource does not have is told so',
      async run(subject) {
        for (const type of resourceTypes) {
          const [first] = await describable(subject, type);
          assert.ok(first !== undefined);
          const others = allAspects.filter(aspect => !aspectsOfType[type].includes(aspect));
          const facts = await subject.inventory.describe(first.resource, others);
          assert.deepEqual(Object.keys(facts).sort(), [...others].sort());
          for (const aspect of others) {
            const fact = facts[aspect];
            assert.ok(fact?.state === 'unreadable', `${aspect} of ${type}`);
            assert.deepEqual([fact.reason, fact.code], ['failed', 'NotApplicable']);
          }
        }
      },
    },
    {
      name: 'all aspects of a resource that is not there are gone',
      async run({ inventory, absent }) {
        assert.deepEqual(
          [...new Set(absent.map(({ type }) => type))].sort(),
          resourceTypes.filter(type => type !== 'account').sort(),
        );
        for (const resource of absent) {
          const facts = await inventory.describe(resource, aspectsOfType[resource.type]);
          for (const aspect of aspectsOfType[resource.type]) {
            const fact = facts[aspect];
            assert.ok(fact?.state === 'unreadable', `${aspect} of ${resource.arn}`);
            assert.equal(fact.reason, 'gone', `${aspect} of ${resource.arn}`);
            assert.ok(fact.api !== '' && fact.code !== '');
          }
        }
      },
    },
    {
      name: 'a key is found by ARN, id and alias',
      async run({ inventory, scope, keys }) {
        assert.ok(keys.length >= 3);
        for (const { keyId, facts } of keys) {
          const reading = await inventory.describeKey(scope, keyId);
          assertSameJson(reading, { state: 'read', value: facts }, keyId);
        }
      },
    },
    {
      name: 'a key that is not there is gone',
      async run({ inventory, scope, absentKey }) {
        const reading = await inventory.describeKey(scope, absentKey);
        assert.ok(reading.state === 'unreadable');
        assert.deepEqual([reading.reason, reading.api], ['gone', 'kms:DescribeKey']);
      },
    },
  ],
};

/** All of a type, page by page. */
async function listAll(
  { inventory, scope }: ResourceInventorySubject,
  type: ResourceType,
): Promise<readonly ResourceRef[]> {
  const resources: ResourceRef[] = [];
  let cursor: string | undefined;
  do {
    const page = await inventory.list(scope, type, cursor);
    assert.ok(page.state === 'read', `${type}: ${JSON.stringify(page)}`);
    assert.ok(page.value.resources.length <= 100, `${type}: ${page.value.resources.length} on a page`);
    resources.push(...page.value.resources);
    cursor = page.value.next;
  } while (cursor !== undefined);
  return resources;
}

/** The expected resources of a type that say what is to be read, as lists name them. */
async function describable(
  subject: ResourceInventorySubject,
  type: ResourceType,
): Promise<readonly { readonly resource: ResourceRef; readonly values: Partial<AspectValues> }[]> {
  const listed = new Map((await listAll(subject, type)).map(resource => [resource.arn, resource]));
  return subject.resources.flatMap(({ resource: { arn }, values }) => {
    const resource = listed.get(arn);
    return resource === undefined || Object.keys(values).length === 0 ? [] : [{ resource, values }];
  });
}

function factsOf(values: Partial<AspectValues>): Facts {
  return Object.fromEntries(
    Object.entries(values).map(([aspect, value]) => [aspect, { state: 'read', value }]),
  );
}

function byArn(one: { readonly arn: string }, other: { readonly arn: string }): number {
  return one.arn < other.arn ? -1 : Number(one.arn > other.arn);
}
