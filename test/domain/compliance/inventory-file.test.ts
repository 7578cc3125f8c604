import { describe, expect, test } from '@jest/globals';
import { inspectInventory } from '../../../src/domain/compliance/inspect-inventory.ts';
import { InventoryRecorder } from '../../../src/domain/compliance/inventory-recorder.ts';
import { judgeResource } from '../../../src/domain/compliance/judge-resource.ts';
import { InventoryFileError, readInventoryFile } from '../../../src/domain/compliance/read-inventory-file.ts';
import type { Facts, ResourceRef } from '../../../src/ports/resource-inventory.ts';
import fc from '../../seeded-properties.ts';
import { arbitraryFacts } from './arbitrary-inventory.ts';
import {
  account,
  block,
  defaultPolicy,
  keyFacts,
  now,
  read,
  refOf,
  region,
  unreadable,
  wholeBlock,
} from './inspected-resources.ts';

const scope = { account, region };

function fileOf(resources: readonly object[], more: object = {}) {
  return { schemaVersion: 1, capturedAt: now, resources, ...more };
}

const table = {
  resource: refOf('dynamodb-table'),
  facts: { 'point-in-time-recovery': read({ enabled: true }) },
};

function faultsOf(file: unknown): readonly string[] {
  try {
    readInventoryFile(file);
  } catch (error) {
    if (!(error instanceof InventoryFileError)) throw error;
    expect(error).toMatchObject({ name: 'InventoryFileError', code: 'InvalidInventoryFile' });
    return error.faults;
  }
  return [];
}

describe('reading', () => {
  test('what may be absent is empty', () => {
    expect(readInventoryFile({ capturedAt: now, resources: [] })).toEqual({
      schemaVersion: 1,
      capturedAt: now,
      unread: [],
      resources: [],
      keys: [],
    });
  });

  test('whatever a scan reads and writes is read again as it is', () => {
    const odd = (characters: number) => fc.string({ unit: 'binary', maxLength: characters });
    const oddUnreadable = fc
      .record({ api: odd(200), code: odd(200) })
      .map(unread => ({ state: 'unreadable', reason: 'failed', ...unread }) as const);
    const oddFacts: fc.Arbitrary<Facts> = fc.record({
      encryption: odd(2048).map(keyId => read({ by: 'kms', keyId })),
      policy: fc.oneof(
        odd(2000).map(document => read({ document })),
        oddUnreadable,
      ),
      // JavaScript has no object with a key of that name by assignment.
      tags: fc
        .dictionary(
          odd(128).filter(key => key !== '__proto__'),
          odd(256),
          { noNullPrototype: true },
        )
        .map(read),
      key: fc
        .record({ keyState: odd(50), keySpec: odd(50), origin: odd(50) })
        .map(facts => read(keyFacts(facts))),
    });
    fc.assert(
      fc.property(fc.oneof(arbitraryFacts, oddFacts), oddUnreadable, (facts, unlisted) => {
        const recorder = new InventoryRecorder(now);
        const resource = refOf('s3-bucket');
        const unit = { account, region, type: 's3-bucket' } as const;
        const inspected = [{ resource, facts, key: facts.key ?? unlisted }];
        const page = { schemaVersion: 1, scanId: 'scan', page: 0, unit, unlisted, resources: [] } as const;
        recorder.add({ page, inspected });
        const { inventory } = recorder;
        expect(readInventoryFile(JSON.parse(JSON.stringify(inventory)))).toEqual(inventory);
      }),
      { numRuns: 300 },
    );
  });

  test('a tag of as many characters as AWS takes, not of one more', () => {
    const tags = read({ ['\u{1f511}'.repeat(128)]: '\u{1f512}'.repeat(256) });
    expect(faultsOf(fileOf([{ ...table, facts: { tags } }]))).toEqual([]);
    const more = read({ ['\u{1f511}'.repeat(129)]: '' });
    expect(faultsOf(fileOf([{ ...table, facts: { tags: more } }]))).toHaveLength(1);
  });

  test('what could not be listed', () => {
    const unread = [{ scope, type: 'secret', reading: unreadable('secretsmanager:ListSecrets') }];
    expect(readInventoryFile(fileOf([], { unread })).unread).toEqual(unread);
  });

  test.each([
    ['no time', { resources: [] }, 'capturedAt: is missing'],
    ['a local time', { capturedAt: '2026-11-21T08:00:00+01:00', resources: [] }, 'capturedAt: '],
    ['no resources', { capturedAt: now }, 'resources: is missing'],
    [
      'an unknown aspect',
      fileOf([{ ...table, facts: { sse: read(true) } }]),
      'resources[0].facts: unknown key "sse"',
    ],
    [
      'an unknown type',
      fileOf([{ ...table, resource: { ...table.resource, type: 'vpc' } }]),
      'resources[0].resource.type: must be',
    ],
    [
      'no ARN',
      fileOf([{ ...table, resource: { ...table.resource, arn: 'a' } }]),
      'resources[0].resource.arn: must begin with arn:',
    ],
    [
      'a line in a name',
      fileOf([{ ...table, resource: { ...table.resource, name: 'a\nb' } }]),
      'resources[0].resource.name: must be printable',
    ],
    [
      'a value that is no reading',
      fileOf([{ ...table, facts: { versioning: 'enabled' } }]),
      'resources[0].facts.versioning: must be of type object, not string',
    ],
    [
      'a state that is none',
      fileOf([{ ...table, facts: { versioning: { state: 'unknown' } } }]),
      'resources[0].facts.versioning.state: ',
    ],
    [
      'a value of another kind',
      fileOf([{ ...table, facts: { versioning: read('on') } }]),
      'resources[0].facts.versioning.value: must be "enabled" or "suspended" or "off"',
    ],
    [
      'a key that is not named',
      fileOf([{ ...table, facts: { encryption: read({ by: 'kms' }) } }]),
      'resources[0].facts.encryption.value.keyId: is missing',
    ],
    [
      'a policy that is not text',
      fileOf([{ ...table, facts: { policy: read({ document: {} }) } }]),
      'resources[0].facts.policy.value.document: must be of type string, not object',
    ],
    [
      'a reason that is none',
      fileOf([], { unread: [{ scope, type: 'secret', reading: { ...unreadable('a'), reason: 'x' } }] }),
      'unread[0].reading.reason: must be',
    ],
    [
      'an account twice, under two ARNs',
      fileOf([
        { resource: refOf('account'), facts: {} },
        { resource: { ...refOf('account'), arn: `arn:aws-cn:iam::${account}:root` }, facts: {} },
      ]),
      'resources[1].resource: is the same as resources[0]',
    ],
    [
      'the same resource twice',
      fileOf([table, { ...table, facts: {} }]),
      'resources[1].resource: is the same as resources[0]',
    ],
  ])('%s is refused', (_, file, fault) => {
    expect(faultsOf(file)).toEqual([expect.stringContaining(fault)]);
  });
});

describe('what the file tells elsewhere', () => {
  const encrypted = (keyId: string, resource: ResourceRef = refOf('secret')) => ({
    resource,
    facts: { encryption: read({ by: 'kms', keyId }) },
  });
  const keyId = '1234abcd-12ab-34cd-56ef-1234567890ab';
  const keyResource = { resource: { ...refOf('kms-key'), name: keyId }, facts: { key: read(keyFacts()) } };
  const keyOf = (file: object) => [...inspectInventory(readInventoryFile(file))].at(-1)?.key;
  const named = (name: string, where = scope) => ({ keyId: name, scope: where, reading: read(keyFacts()) });

  test.each([
    ['by its alias', fileOf([encrypted('alias/a')], { keys: [named('alias/a')] }), true],
    [
      'by an alias of another region',
      fileOf([encrypted('alias/a')], { keys: [named('alias/a', { account, region: 'eu-west-1' })] }),
      false,
    ],
    [
      'by an alias of another account',
      fileOf([encrypted('alias/a')], { keys: [named('alias/a', { account: '444455556666', region })] }),
      false,
    ],
    [
      'by its ARN, in another scope',
      fileOf([encrypted(keyFacts().arn)], {
        keys: [named(keyFacts().arn, { account: '444455556666', region })],
      }),
      true,
    ],
    [
      'by the ARN of an alias, in another scope',
      fileOf([encrypted('arn:aws:kms:a:b:alias/a')], {
        keys: [named('arn:aws:kms:a:b:alias/a', { account: '444455556666', region })],
      }),
      false,
    ],
    ['by its id, as a resource', fileOf([keyResource, encrypted(keyId)]), true],
    ['by its ARN, as a resource', fileOf([keyResource, encrypted(keyFacts().arn)]), true],
    [
      'by a name that looks like a scope',
      fileOf([encrypted(`${account} ${region} alias/a`)], { keys: [named('alias/a')] }),
      false,
    ],
    ['not at all', fileOf([encrypted('alias/a')]), false],
  ])('a key is found %s', (_, file, isFound) => {
    expect(keyOf(file)).toEqual(isFound ? read(keyFacts()) : undefined);
  });

  test('a key that is described for itself counts before one among the resources', () => {
    const reading = unreadable('kms:DescribeKey');
    expect(keyOf(fileOf([keyResource, encrypted(keyId)], { keys: [{ keyId, scope, reading }] }))).toEqual(
      reading,
    );
  });

  test('a key resource without facts tells nothing', () => {
    expect(keyOf(fileOf([{ ...keyResource, facts: {} }, encrypted(keyId)]))).toBe(undefined);
  });

  test('what is not encrypted under a key has none', () => {
    const file = fileOf([{ resource: refOf('s3-bucket'), facts: { encryption: read({ by: 's3' }) } }]);
    expect(keyOf(file)).toBe(undefined);
  });

  test("the account's block reaches its buckets, and no others", () => {
    const own = { resource: refOf('account'), facts: { 'public-access-block': read(wholeBlock) } };
    const bucket = { resource: refOf('s3-bucket'), facts: { 'public-access-block': read(block()) } };
    const foreign = {
      ...bucket,
      resource: { ...bucket.resource, account: '444455556666', arn: 'arn:aws:s3:::foreign' },
    };
    const file = readInventoryFile(fileOf([bucket, foreign, table, own]));
    const blocks = [...inspectInventory(file)].map(({ accountPublicAccess }) => accountPublicAccess);
    expect(blocks).toEqual([read(wholeBlock), undefined, undefined, undefined]);
    const verdicts = [...inspectInventory(file)].map(each =>
      judgeResource(each, defaultPolicy, now)
        .filter(({ checkId }) => checkId.endsWith('public-access-block'))
        .map(({ verdict }) => verdict),
    );
    expect(verdicts).toEqual([['pass'], ['indeterminate'], [], ['pass']]);
  });

  test('an account without that fact tells nothing', () => {
    const file = readInventoryFile(
      fileOf([
        { resource: refOf('account'), facts: {} },
        { resource: refOf('s3-bucket'), facts: {} },
      ]),
    );
    expect([...inspectInventory(file)].map(({ accountPublicAccess }) => accountPublicAccess)).toEqual([
      undefined,
      undefined,
    ]);
  });
});
