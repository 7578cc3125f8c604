import { describe, expect, test } from '@jest/globals';
import type { MemoryResource } from '../../../src/adapters/memory/memory-resource-inventory.ts';
import { readCompliancePolicy } from '../../../src/domain/compliance/read-compliance-policy.ts';
import {
  type ScanProgress,
  scanProgressSchema,
  scanUnits,
} from '../../../src/domain/compliance/scan-progress.ts';
import type { Unreadable } from '../../../src/ports/reading.ts';
import type { Aspect, Facts, ResourceInventory, ResourceRef } from '../../../src/ports/resource-inventory.ts';
import { account, accountResource, awsOwned, region, ScanWorld, scope, table } from './scan-fixtures.ts';

const check = 'dynamodb-table-encryption';
const denied: Unreadable = {
  state: 'unreadable',
  reason: 'denied',
  api: 'sqs:ListQueues',
  code: 'AccessDenied',
};

describe('a scan, page by page', () => {
  test('an error of one resource, or of one key, is a fact of that one', async () => {
    const unread: Unreadable = { ...denied, api: 'dynamodb:DescribeTable' };
    const world = new ScanWorld([
      table('a', { encryption: unread }),
      table('b', { encryption: { state: 'read', value: { by: 'kms', keyId: 'alias/unknown' } } }),
      table('c', { encryption: awsOwned }),
      table('d'),
    ]);
    const inventory = world.inventory;
    const describe_ = inventory.describe.bind(inventory);
    inventory.describe = async (resource: ResourceRef, aspects: readonly Aspect[]) => {
      if (resource.name === 'd') throw new TypeError('a defect');
      return describe_(resource, aspects);
    };
    await world.scan('first');
    const report = (await world.json('compliance/2026-11-21/first/report.json')) as {
      checks: { id: string }[];
    };
    expect(report.checks.find(({ id }) => id === check)).toMatchObject({
      pass: 0,
      fail: 2,
      indeterminate: 2,
    });
    expect(world.alerts.published[0]?.title).toBe('Compliance: 2 new, 3 not judged');
  });

  test('a resource that is deleted while it is scanned is neither a failure nor unjudged', async () => {
    const world = new ScanWorld([table('a', { encryption: awsOwned }), table('b')]);
    await world.scan('first');
    const inventory: ResourceInventory = world.inventory;
    const list = inventory.list.bind(inventory);
    inventory.list = async (...asked) => {
      const page = await list(...asked);
      // Only once it stands in a list.
      if (asked[1] === 'dynamodb-table') world.inventory.remove(table('a').resource);
      return page;
    };
    world.nextDay();
    expect((await world.scan('second')).numbers).toMatchObject({
      resolved: 1,
      notJudged: 0,
      stillFailing: 0,
    });
  });

  test('stops when its time is up and goes on from plain data, to the same end', async () => {
    const tables = Array.from({ length: 23 }, (_, index) =>
      table(`t${index}`, index % 2 ? {} : { encryption: awsOwned }),
    );
    const whole = new ScanWorld(tables);
    const inParts = new ScanWorld(tables);
    const { numbers } = await whole.scan('scan');
    let progress: ScanProgress = inParts.begin('scan');
    let calls = 0;
    while (progress.phase !== 'done') {
      calls += 1;
      expect(calls).toBeLessThan(60);
      let left = 14;
      progress = scanProgressSchema.parse(
        JSON.parse(
          JSON.stringify(
            await inParts.scanner.advance(progress, () => {
              left -= 1;
              return left > 0;
            }),
          ),
        ),
      );
    }
    expect(calls).toBeGreaterThan(5);
    expect(progress.numbers).toEqual(numbers);
    expect(inParts.alerts.published).toEqual(whole.alerts.published);
    expect(inParts.importer.findings).toEqual(whole.importer.findings);
    expect(await inParts.json('compliance/2026-11-21/scan/report.json')).toEqual(
      await whole.json('compliance/2026-11-21/scan/report.json'),
    );
  });

  test('goes on with the page that was not whole when time was up, whatever of the next ones was', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const tables = names.map(name => table(name, { encryption: awsOwned }));
    let time = true;
    const world = new ScanWorld(tables, {
      concurrency: 20,
      pause: async () => {
        for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
        time = false;
      },
    });
    const describe_ = world.inventory.describe.bind(world.inventory);
    const throttled = { ...denied, reason: 'throttled' } as const;
    let running = 0;
    world.inventory.describe = async (resource: ResourceRef, aspects: readonly Aspect[]) => {
      if (resource.name === 'c') return { encryption: throttled, 'point-in-time-recovery': throttled };
      running += 1;
      const turns = resource.name === 'f' ? 60 : 0;
      for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
      running -= 1;
      return describe_(resource, aspects);
    };
    const stopped = await world.scanner.advance(world.begin('scan'), () => time);
    // What is under way ends with the call: nothing of it runs on into the next.
    expect(running).toBe(0);
    expect(stopped).toMatchObject({
      phase: 'scanning',
      cursor: expect.stringContaining('table/b'),
    });
    world.inventory.describe = describe_;
    let progress = stopped;
    while (progress.phase !== 'done') progress = await world.scanner.advance(progress, () => true);
    expect(progress.numbers).toMatchObject({ new: 6, notJudged: 0 });
  });

  test('answers where it was when it has no time at all', async () => {
    const world = new ScanWorld([table('a')]);
    const begin = world.begin('scan');
    await expect(world.scanner.advance(begin, () => false)).resolves.toEqual(begin);
  });

  test('waits for what is throttled, and tells of what stays throttled', async () => {
    const world = new ScanWorld([table('a', { encryption: awsOwned }), table('b')]);
    const inventory = world.inventory;
    const asked = new Map<string, number>();
    const describe_ = inventory.describe.bind(inventory);
    inventory.describe = async (resource: ResourceRef, aspects: readonly Aspect[]) => {
      const times = (asked.get(resource.name) ?? 0) + 1;
      asked.set(resource.name, times);
      const facts = await describe_(resource, aspects);
      const throttled = { ...denied, reason: 'throttled' } as const;
      return resource.name === 'b' || times < 3 ? { ...facts, encryption: throttled } : facts;
    };
    await world.scan('scan');
    expect(asked).toEqual(new Map(Object.entries({ [account]: 1, a: 3, b: 8 })));
    expect(world.alerts.published[0]?.title).toBe('Compliance: 1 new, 1 not judged');
  });

  test.each([1, 0.7])('gets on, page by page, while %p of the calls are throttled', async share => {
    const tables = Array.from({ length: 60 }, (_, index) => table(`t${index}`));
    let clock = 0;
    const world = new ScanWorld(tables, {
      pageSize: 10,
      concurrency: 20,
      pause: async milliseconds => {
        clock += milliseconds / 20;
        await new Promise(setImmediate);
      },
    });
    let call = 0;
    const describe_ = world.inventory.describe.bind(world.inventory);
    world.inventory.describe = async (resource: ResourceRef, aspects: readonly Aspect[]) => {
      clock += 250;
      call += 1;
      await new Promise(setImmediate);
      const throttled = Object.fromEntries(
        aspects.map(aspect => [aspect, { ...denied, reason: 'throttled' } as const]),
      );
      return (call * 7) % 10 < share * 10 ? throttled : describe_(resource, aspects);
    };
    let progress = world.begin('scan');
    for (let segment = 1; progress.phase === 'scanning'; segment += 1) {
      const until = clock + 15_000;
      const before = progress.pages;
      progress = await world.scanner.advance(progress, () => clock < until);
      expect(progress.pages).toBeGreaterThan(before);
      expect(segment).toBeLessThan(20);
    }
    expect(progress).toMatchObject({ phase: 'concluding', pages: 13 });
  });

  test('looks at several regions and accounts, and at buckets once for an account', async () => {
    const world = new ScanWorld([
      table('a', { encryption: awsOwned }),
      table('b', { encryption: awsOwned }, 'us-east-1'),
    ]);
    const listed: string[] = [];
    const list = world.inventory.list.bind(world.inventory);
    world.inventory.list = (at, type, cursor) => {
      listed.push(`${at.account} ${at.region} ${type}`);
      return list(at, type, cursor);
    };
    const of = { accounts: [account, '444455556666'], regions: [region, 'us-east-1'] };
    expect((await world.scan('scan', of)).numbers).toMatchObject({ new: 2 });
    expect(world.alerts.published[0]).not.toHaveProperty('account');
    expect(listed.filter(it => it.endsWith('s3-bucket'))).toEqual([
      `${account} ${region} s3-bucket`,
      `444455556666 ${region} s3-bucket`,
    ]);
    expect(listed.filter(it => it.endsWith('dynamodb-table'))).toHaveLength(4);
    world.nextDay();
    expect((await world.scan('smaller')).numbers).toMatchObject({
      resolved: 0,
      withdrawn: 1,
      stillFailing: 1,
    });
  });

  test('judges each bucket by the public access block of its own account, or by none where that is not known', async () => {
    const blocks = accountResource.facts['public-access-block'];
    const open: Facts['public-access-block'] = {
      state: 'read',
      value: {
        blockPublicAcls: false,
        ignorePublicAcls: false,
        blockPublicPolicy: false,
        restrictPublicBuckets: false,
      },
    };
    const [unknown, lax] = ['444455556666', '777788889999'];
    const bucketOf = (owner: string) => ({
      resource: { type: 's3-bucket', account: owner, region, arn: `arn:aws:s3:::of-${owner}`, name: owner },
      facts: { 'public-access-block': open },
    });
    const world = new ScanWorld(
      [account, unknown, lax].map(owner => bucketOf(owner) as MemoryResource),
      { importerOf: () => world.importer },
    );
    for (const [owner, block] of [
      [unknown, blocks],
      [lax, open],
    ] as const) {
      const resource = { ...accountResource.resource, account: owner, arn: `arn:aws:iam::${owner}:root` };
      world.inventory.put({ resource, facts: block === undefined ? {} : { 'public-access-block': block } });
    }
    world.inventory.refuse({ account: unknown, region }, 'account', denied);
    await world.scan('scan', { accounts: [account, unknown, lax], regions: [region] });
    const verdicts = world.importer.findings
      .filter(({ GeneratorId }) => GeneratorId === 'sallyport/s3-bucket-public-access-block')
      .map(finding => [finding.AwsAccountId, (finding['Compliance'] as { Status: string }).Status]);
    expect(verdicts).toEqual([
      [unknown, 'WARNING'],
      [lax, 'FAILED'],
    ]);
    const report = (await world.json('compliance/2026-11-21/scan/report.json')) as {
      checks: { id: string }[];
    };
    expect(report.checks.find(({ id }) => id === 's3-bucket-public-access-block')).toMatchObject({
      pass: 1,
      fail: 1,
      indeterminate: 1,
    });
  });

  test('does not ask a resource for what the list has told of it', async () => {
    const world = new ScanWorld([table('a', { encryption: awsOwned }), table('b')], {
      listed: ['encryption', 'tags'],
    });
    const asked: Aspect[] = [];
    const describe_ = world.inventory.describe.bind(world.inventory);
    world.inventory.describe = (resource: ResourceRef, aspects: readonly Aspect[]) => {
      if (resource.type === 'dynamodb-table') asked.push(...aspects);
      return describe_(resource, aspects);
    };
    expect((await world.scan('scan')).numbers).toMatchObject({ new: 1, notJudged: 0 });
    expect(asked).toEqual(['point-in-time-recovery', 'point-in-time-recovery']);
  });

  test('asks a resource for what its list could not tell', async () => {
    const unread: Unreadable = { ...denied, reason: 'failed', api: 'dynamodb:ListTables' };
    const world = new ScanWorld([table('a', { encryption: unread })], { listed: ['encryption'] });
    world.inventory.describe = async (_, aspects) => ({
      ...(aspects.includes('encryption') ? { encryption: awsOwned } : {}),
      ...(aspects.includes('point-in-time-recovery')
        ? { 'point-in-time-recovery': { state: 'read', value: { enabled: true } } }
        : {}),
    });
    await world.scan('scan');
    expect(await world.json('compliance/2026-11-21/scan/report.json')).toMatchObject({
      new: [{ checkId: check, grade: 'aws-owned' }],
    });
  });

  test('does not list what no check is made of', async () => {
    const world = new ScanWorld([table('a', { encryption: awsOwned })], {
      policy: readCompliancePolicy({ without: [check, 'dynamodb-table-point-in-time-recovery'] }),
    });
    const listed: string[] = [];
    const list = world.inventory.list.bind(world.inventory);
    world.inventory.list = (at, type, cursor) => {
      listed.push(type);
      return list(at, type, cursor);
    };
    expect((await world.scan('scan')).numbers).toMatchObject({ new: 0 });
    expect(world.importer.findings).toEqual([]);
    expect(listed).toContain('sns-topic');
    expect(listed).not.toContain('dynamodb-table');
  });

  test('is not at its end before the last list is read, wherever time is up', async () => {
    for (let turns = 1; turns < 40; turns += 1) {
      const world = new ScanWorld([table('a')]);
      let left = turns;
      const progress = await world.scanner.advance(world.begin('scan'), () => {
        left -= 1;
        return left > 0;
      });
      const isAtEnd = progress.unit === scanUnits(progress).length;
      expect([turns, progress.phase]).toEqual([turns, isAtEnd ? 'concluding' : 'scanning']);
    }
  });

  test('a list whose reading rejects is one that could not be read', async () => {
    const world = new ScanWorld([table('a', { encryption: awsOwned })]);
    const list = world.inventory.list.bind(world.inventory);
    world.inventory.list = (at, type, cursor) =>
      type === 'sqs-queue' ? Promise.reject(new TypeError('a defect')) : list(at, type, cursor);
    expect((await world.scan('scan')).numbers).toMatchObject({ new: 1, newlyUnjudged: 1 });
    expect(world.alerts.published[0]?.text).toContain('failed (ResourceInventory.list, TypeError)');
  });

  test('looks at so many resources at one time', async () => {
    const world = new ScanWorld(
      Array.from({ length: 12 }, (_, index) => table(`t${index}`)),
      { concurrency: 3 },
    );
    const describe_ = world.inventory.describe.bind(world.inventory);
    let running = 0;
    let most = 0;
    world.inventory.describe = async (resource: ResourceRef, aspects: readonly Aspect[]) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise(setImmediate);
      running -= 1;
      return describe_(resource, aspects);
    };
    await world.scan('scan');
    expect(most).toBe(3);
  });

  test('judges exemptions by the day it was begun, however long it takes', async () => {
    const exemption = { resource: '*', check, owner: 'me', reason: 'later', expires: '2026-11-21' };
    const world = new ScanWorld([table('a', { encryption: awsOwned })], {
      policy: readCompliancePolicy({ exemptions: [exemption] }),
    });
    let progress = world.begin('scan');
    world.nextDay();
    while (progress.phase !== 'done') progress = await world.scanner.advance(progress, () => true);
    expect(progress.numbers).toMatchObject({ exempt: 1, new: 0 });
  });

  test('an account or a region that is named twice is looked at once', () => {
    const of = { accounts: [account, account], regions: [region, 'us-east-1', region] };
    expect(new ScanWorld([]).begin('scan', of)).toMatchObject({
      accounts: [account],
      regions: [region, 'us-east-1'],
    });
  });

  test.each([
    ['no account', 'scan', { accounts: [], regions: [region] }],
    ['no region', 'scan', { accounts: [account], regions: [] }],
    ['an account that is none', 'scan', { accounts: ['12'], regions: [region] }],
    ['an id that names no object', '../x', scope],
    ['an id that goes on in another folder', 'x/../y', scope],
  ])('begins no scan of %s', (_, scanId, of) => {
    expect(() => new ScanWorld([]).begin(scanId, of)).toThrow();
  });
});
