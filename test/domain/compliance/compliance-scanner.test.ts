import { describe, expect, test } from '@jest/globals';
import { FaultInjector } from '../../../src/adapters/memory/fault-injection.ts';
import type { MemoryResource } from '../../../src/adapters/memory/memory-resource-inventory.ts';
import { readCompliancePolicy } from '../../../src/domain/compliance/read-compliance-policy.ts';
import {
  type ScanProgress,
  scanProgressSchema,
  scanUnits,
} from '../../../src/domain/compliance/scan-progress.ts';
import { PortError } from '../../../src/ports/failure.ts';
import type { AsffFinding } from '../../../src/ports/finding-importer.ts';
import type { Unreadable } from '../../../src/ports/reading.ts';
import type { Aspect, Facts, ResourceInventory, ResourceRef } from '../../../src/ports/resource-inventory.ts';
import {
  account,
  accountResource,
  awsOwned,
  ownKey,
  place,
  region,
  ScanWorld,
  scope,
  table,
} from './scan-fixtures.ts';

const check = 'dynamodb-table-encryption';
const denied: Unreadable = {
  state: 'unreadable',
  reason: 'denied',
  api: 'sqs:ListQueues',
  code: 'AccessDenied',
};

describe('ComplianceScanner', () => {
  test('tells of new failures in one alert, with what is and what to do, and of nothing when nothing has changed', async () => {
    const world = new ScanWorld([
      table('a', { encryption: awsOwned }),
      table('b'),
      table('c', { encryption: awsOwned }),
    ]);
    const first = await world.scan('first');
    expect(first.numbers).toMatchObject({ new: 2, stillFailing: 0, notJudged: 0 });
    const [alert] = world.alerts.published;
    expect(world.alerts.published).toHaveLength(1);
    expect(alert).toMatchObject({
      id: 'first:compliance.changed',
      kind: 'compliance.changed',
      severity: 'medium',
      account,
      title: 'Compliance: 2 new',
      occurredAt: '2026-11-21T08:00:00.000Z',
    });
    for (const name of ['a', 'c']) {
      expect(alert?.text).toMatch(
        new RegExp(`- arn:aws:dynamodb:${region}:${account}:table/${name}: fail: .*AWS owns`, 'i'),
      );
    }
    expect(alert?.text).toContain('To do: ');
    expect(alert?.text).toContain('It saw everything that it looked for.');
    expect(alert?.text).not.toContain('table/b');

    world.nextDay();
    const second = await world.scan('second');
    expect(second.numbers).toMatchObject({ new: 0, stillFailing: 2 });
    expect(world.alerts.published).toHaveLength(1);
  });

  test('tells of what is resolved, worse, gone and new in one message, and of the rest as a count', async () => {
    const managed = { state: 'read', value: { by: 'aws-managed' } } as const;
    const world = new ScanWorld([
      table('better', { encryption: awsOwned }),
      table('deleted', { encryption: awsOwned }),
      table('same', { encryption: awsOwned }),
      table('worse', { encryption: managed }),
    ]);
    await world.scan('first');
    world.nextDay();
    world.inventory.put(table('better'));
    world.inventory.remove(table('deleted').resource);
    world.inventory.put(table('worse', { encryption: awsOwned }));
    world.inventory.put(table('fresh', { encryption: awsOwned }));
    const { numbers } = await world.scan('second');
    expect(numbers).toMatchObject({ new: 1, worsened: 1, resolved: 2, stillFailing: 1 });
    const alert = world.alerts.published[1];
    expect(alert?.title).toBe('Compliance: 1 new, 1 worse, 2 resolved');
    expect(alert?.details['changes']).toMatchObject({
      new: [{ resource: expect.stringContaining('table/fresh') }],
      worsened: [{ resource: expect.stringContaining('table/worse'), since: '2026-11-21T08:00:00.000Z' }],
      resolved: [
        { resource: expect.stringContaining('table/better') },
        { resource: expect.stringContaining('table/deleted') },
      ],
    });
    expect(alert?.text).toContain('Still failing: 1.');
    expect(alert?.text).not.toContain('table/same');
  });

  test('says of an unhealthy key what is to be done about the key', async () => {
    const pending = { ...ownKey, keyState: 'PendingDeletion' };
    const world = new ScanWorld([table('a'), table('b', { encryption: awsOwned })]);
    world.inventory.putKey({
      scope: { account, region },
      keyId: ownKey.arn,
      reading: { state: 'read', value: pending },
    });
    await world.scan('scan');
    const text = world.alerts.published[0]?.text ?? '';
    expect(text).toMatch(/table\/a: fail: .*PendingDeletion\. To do: Cancel the deletion of the key/);
    expect(text).toMatch(/ {2}To do: Set the encryption of the table/);
    const finding = world.importer.findings.find(({ Id }) => Id.includes('table/a'));
    expect(finding?.['Remediation']).toEqual({
      Recommendation: { Text: expect.stringMatching(/^Cancel the deletion/) },
    });
    world.nextDay();
    world.inventory.remove(table('b').resource);
    world.inventory.putKey({
      scope: { account, region },
      keyId: ownKey.arn,
      reading: { state: 'read', value: ownKey },
    });
    await world.scan('next');
    expect(world.alerts.published[1]?.text).not.toContain('To do');
  });

  test('says that it could not see something, once, and takes nothing unseen for resolved', async () => {
    const world = new ScanWorld([table('a', { encryption: awsOwned })]);
    await world.scan('first');
    world.inventory.refuse({ account, region }, 'dynamodb-table', denied);
    world.nextDay();
    expect((await world.scan('second')).numbers).toMatchObject({
      resolved: 0,
      stillFailing: 1,
      newlyUnjudged: 1,
      notJudged: 2,
    });
    expect(world.alerts.published[1]).toMatchObject({
      title: 'Compliance: 1 not judged',
      severity: 'medium',
    });
    expect(world.alerts.published[1]?.text).toContain(
      'It could not see everything: 2 questions have no answer.',
    );
    expect(world.alerts.published[1]?.text).toContain(
      'Cannot be listed: denied (sqs:ListQueues, AccessDenied).',
    );
    world.nextDay();
    await world.scan('third');
    expect(world.alerts.published).toHaveLength(2);
    world.nextDay();
    world.inventory.put({ ...table('x', { encryption: awsOwned }, 'us-east-1') });
    await world.scan('fourth', { accounts: [account], regions: [region, 'us-east-1'] });
    expect(world.alerts.published[2]?.title).toBe('Compliance: 1 new');
    // Also where that is not what is new.
    expect(world.alerts.published[2]?.text).toContain('It could not see everything');
    const outcomes = [];
    for (const id of ['first', 'third']) {
      for await (const entry of world.audit.entriesOf(id)) {
        if (entry.action === 'compliance.scan') outcomes.push(entry.outcome);
      }
    }
    expect(outcomes).toEqual(['complete', 'incomplete']);
  });

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

  test('exempts what somebody answers for, and announces once that an exemption has expired', async () => {
    const exemption = {
      resource: '*table/a',
      check,
      owner: 'data team',
      reason: 'moving',
      expires: '2026-11-21',
    };
    const world = new ScanWorld([table('a', { encryption: awsOwned })], {
      policy: readCompliancePolicy({ exemptions: [exemption] }),
    });
    expect((await world.scan('first')).numbers).toMatchObject({ new: 0, exempt: 1 });
    expect(world.alerts.published).toHaveLength(0);
    world.nextDay();
    expect((await world.scan('second')).numbers).toMatchObject({ new: 1, exempt: 0 });
    expect(world.alerts.published[0]?.title).toBe('Compliance: 1 new, 1 exemption expired');
    expect(world.alerts.published[0]?.text).toContain('until 2026-11-21 (data team: moving)');
    world.nextDay();
    await world.scan('third');
    expect(world.alerts.published).toHaveLength(1);
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

  test('a scan that another, begun later, has overtaken announces nothing and is not compared with', async () => {
    const world = new ScanWorld([table('a', { encryption: awsOwned })]);
    let slow = world.begin('slow');
    slow = await world.scanner.advance(slow, () => true);
    world.nextDay();
    await world.scan('quick');
    slow = await world.scanner.advance(slow, () => true);
    expect(slow.phase).toBe('done');
    expect(world.alerts.published.map(({ correlationId }) => correlationId)).toEqual(['quick']);
    expect(await world.json('compliance/latest.json')).toMatchObject({ scanId: 'quick' });
    const outcomes = world.audit.entries.map(({ id, outcome }) => [id, outcome]);
    expect(outcomes).toContainEqual(['slow:compliance.scan', 'overtaken']);
  });

  test('a scan that was begun at the same time as the last one is told of all the same', async () => {
    const world = new ScanWorld([table('a', { encryption: awsOwned })]);
    await world.scan('one');
    world.inventory.put(table('b', { encryption: awsOwned }));
    expect((await world.scan('other')).numbers).toMatchObject({ new: 1 });
    expect(world.alerts.published.map(({ correlationId }) => correlationId)).toEqual(['one', 'other']);
  });

  test('a scan that takes the id of the last one is compared with it', async () => {
    const world = new ScanWorld([table('a', { encryption: awsOwned })]);
    await world.scan('scan');
    world.nextDay();
    world.inventory.put(table('b', { encryption: awsOwned }));
    expect((await world.scan('scan')).numbers).toMatchObject({ new: 1, stillFailing: 1 });
    expect(world.alerts.published).toHaveLength(2);
  });

  test('a scan that is concluded once more, its answer lost, leaves its report as it was', async () => {
    const world = new ScanWorld([table('a', { encryption: awsOwned })]);
    const scanned = await world.scanner.advance(world.begin('scan'), () => true);
    await world.scanner.advance(scanned, () => true);
    const report = await world.json('compliance/2026-11-21/scan/report.json');
    expect(report).toMatchObject({ comparedWith: null, numbers: { new: 1 } });
    expect(await world.scanner.advance(scanned, () => true)).toMatchObject({ phase: 'importing' });
    expect(await world.json('compliance/2026-11-21/scan/report.json')).toEqual(report);
  });

  test('a scan is reported, audited, then announced, and only then compared with', async () => {
    const world = new ScanWorld([table('a', { encryption: awsOwned })]);
    await world.scan('first');
    world.nextDay();
    world.inventory.put(table('a'));
    const scanned = await world.scanner.advance(world.begin('second'), () => true);
    const faults = new FaultInjector();
    world.wrapped = (name, port) => faults.wrap(name, port);
    await world.scanner.advance(scanned, () => true);
    const told = faults.calls.filter(call => !/objects\.(current|read)$/.test(call));
    expect(told.slice(-4)).toEqual(['objects.put', 'audit.append', 'alerts.publish', 'objects.put']);
    expect(await world.json('compliance/2026-11-22/second/report.json')).toMatchObject({
      comparedWith: 'first',
    });
  });

  test('announces an exemption that was renewed, or made for another check, and has expired again', async () => {
    const exemption = {
      resource: '*table/a',
      check,
      owner: 'data team',
      reason: 'moving',
      expires: '2026-11-20',
    };
    const policy = readCompliancePolicy({ exemptions: [exemption] });
    const world = new ScanWorld([table('a', { encryption: awsOwned })], { policy });
    const renewed = { ...exemption, expires: '2026-11-21' };
    const another = { ...renewed, check: 'dynamodb-table-point-in-time-recovery' };
    for (const [scanId, exemptions] of [
      ['first', [exemption]],
      ['second', [renewed]],
      ['third', [renewed, another]],
      ['fourth', [renewed, another]],
    ] as const) {
      Object.assign(policy, { exemptions });
      await world.scan(scanId);
      world.nextDay();
    }
    expect(world.alerts.published.map(({ correlationId, title }) => [correlationId, title])).toEqual([
      ['first', 'Compliance: 1 new, 1 exemption expired'],
      ['second', 'Compliance: 1 exemption expired'],
      ['third', 'Compliance: 1 exemption expired'],
    ]);
  });

  test('imports what is not right, keeps since when, and archives what has ended', async () => {
    const world = new ScanWorld([
      table('a', { encryption: awsOwned }),
      table('b', { encryption: awsOwned }),
      table('c'),
    ]);
    await world.scan('first');
    world.nextDay();
    world.inventory.put(table('a'));
    await world.scan('second');
    const told = world.importer.findings.map((finding: AsffFinding) => [
      (finding['Resources'] as { Id: string }[])[0]?.Id.split('/')[1],
      (finding['Compliance'] as { Status: string }).Status,
      finding['RecordState'],
      finding['FirstObservedAt'],
      finding['UpdatedAt'],
    ]);
    expect(told).toEqual([
      ['a', 'PASSED', 'ARCHIVED', '2026-11-21T08:00:00.000Z', '2026-11-22T08:00:00.000Z'],
      ['b', 'FAILED', 'ACTIVE', '2026-11-21T08:00:00.000Z', '2026-11-22T08:00:00.000Z'],
    ]);
  });

  test('keeps a failure that cannot be seen any more a failure in the hub, and archives what nobody asks any more', async () => {
    const world = new ScanWorld([
      table('a', { encryption: awsOwned }),
      table('b', { encryption: awsOwned }, 'us-east-1'),
    ]);
    await world.scan('first', { accounts: [account], regions: [region, 'us-east-1'] });
    world.nextDay();
    world.inventory.put(table('a', { encryption: { ...denied, api: 'dynamodb:DescribeTable' } }));
    await world.scan('second');
    expect(
      world.importer.findings.map(it => [
        it['Compliance'],
        it['Severity'],
        it['RecordState'],
        it['Description'],
      ]),
    ).toEqual([
      [
        expect.objectContaining({ Status: 'FAILED' }),
        expect.objectContaining({ Label: 'MEDIUM' }),
        'ACTIVE',
        expect.stringMatching(/^Not seen by the last scan; before: Encrypted/),
      ],
      [
        expect.objectContaining({ Status: 'WARNING' }),
        expect.objectContaining({ Label: 'INFORMATIONAL' }),
        'ARCHIVED',
        'The check is not made here any more.',
      ],
    ]);
  });

  test('a hub that fails repeats no alert, and holds up neither the next scan nor another account', async () => {
    const other = '444455556666';
    const elsewhere = table('z', { encryption: awsOwned });
    const world = new ScanWorld(
      [
        table('a', { encryption: awsOwned }),
        { ...elsewhere, resource: { ...elsewhere.resource, account: other } },
      ],
      {
        importerOf: of =>
          of === other
            ? world.importer
            : {
                import: async () => {
                  throw new PortError({
                    kind: 'denied',
                    operation: 'FindingImporter.import',
                    code: 'InvalidAccessException',
                    message: 'Security Hub is off',
                  });
                },
              },
      },
    );
    const both = { accounts: [account, other], regions: [region] };
    const first = await world.scan('first', both);
    expect(first).toMatchObject({
      refused: 1,
      refusals: [{ id: `account ${account}`, code: 'InvalidAccessException' }],
    });
    expect(world.importer.findings).toHaveLength(1);
    world.nextDay();
    await world.scan('second', both);
    expect(world.alerts.published.map(({ kind }) => kind)).toEqual([
      'compliance.changed',
      'compliance.import-refused',
      'compliance.import-refused',
    ]);
  });

  test('a fault of the hub that may pass ends the call where the import has come to, or, at its begin, rejects', async () => {
    let calls = 0;
    let failing = 2;
    const tables = Array.from({ length: 1200 }, (_, index) => table(`t${index}`, { encryption: awsOwned }));
    const world = new ScanWorld(tables, {
      pageSize: 100,
      importerOf: () => ({
        import: async findings => {
          calls += 1;
          if (calls !== failing) return world.importer.import(findings);
          throw new PortError({
            kind: 'throttled',
            operation: 'x',
            code: 'TooManyRequestsException',
            message: 'slow',
          });
        },
      }),
    });
    let progress = world.begin('scan');
    while (progress.phase !== 'importing') progress = await world.scanner.advance(progress, () => true);
    progress = await world.scanner.advance(progress, () => true);
    expect(progress).toMatchObject({ phase: 'importing', imported: 500 });
    failing = calls + 1;
    await expect(world.scanner.advance(progress, () => true)).rejects.toMatchObject({
      code: 'TooManyRequestsException',
    });
    progress = await world.scanner.advance(progress, () => false);
    expect(progress).toMatchObject({ phase: 'importing', imported: 1000 });
    expect(await world.scanner.advance(progress, () => true)).toMatchObject({
      phase: 'done',
      imported: 1200,
    });
    expect(world.importer.findings).toHaveLength(1200);
    expect(calls).toBe(5);
  });

  test('a scan that is overtaken while it is compared announces nothing', async () => {
    const world = new ScanWorld([table('a', { encryption: awsOwned })]);
    const slow = await world.scanner.advance(world.begin('slow'), () => true);
    world.nextDay();
    world.inventory.put(table('a'));
    const put = world.objects.put.bind(world.objects);
    world.objects.put = async (target, ...rest) => {
      if (target.key.endsWith('/slow/report.json')) {
        world.objects.put = put;
        await world.scan('quick');
      }
      return put(target, ...rest);
    };
    expect(await world.scanner.advance(slow, () => true)).toMatchObject({ phase: 'done' });
    expect(world.alerts.published).toEqual([]);
    expect(await world.json('compliance/latest.json')).toMatchObject({ scanId: 'quick' });
  });

  test('imports what could not be judged as a warning, and what is gone as gone; of places not listed nothing', async () => {
    const unread: Unreadable = { ...denied, api: 'dynamodb:DescribeTable' };
    const world = new ScanWorld([table('a', { encryption: unread }), table('b', { encryption: awsOwned })]);
    world.inventory.refuse({ account, region }, 'sqs-queue', denied);
    await world.scan('first');
    const told = () =>
      world.importer.findings.map(finding => [
        finding.Id.split('/')[1],
        (finding['Compliance'] as { Status: string }).Status,
        finding['RecordState'],
        finding['Description'],
      ]);
    expect(told()).toEqual([
      ['a', 'WARNING', 'ACTIVE', expect.stringContaining('could not be read')],
      ['b', 'FAILED', 'ACTIVE', expect.stringContaining('AWS owns')],
    ]);
    world.nextDay();
    world.inventory.permit({ account, region }, 'sqs-queue');
    world.inventory.put(table('a'));
    world.inventory.remove(table('b').resource);
    expect((await world.scan('second')).numbers).toMatchObject({ resolved: 3 });
    expect(told()).toEqual([
      ['a', 'PASSED', 'ARCHIVED', 'The check passes.'],
      ['b', 'PASSED', 'ARCHIVED', 'The resource is not there any more.'],
    ]);
  });

  test('imports no more of a scan once another has been concluded: it would call back what has ended', async () => {
    const world = new ScanWorld([table('a', { encryption: awsOwned })]);
    let slow = world.begin('slow');
    while (slow.phase !== 'importing') slow = await world.scanner.advance(slow, () => true);
    world.nextDay();
    world.inventory.put(table('a'));
    await world.scan('quick');
    expect((await world.scanner.advance(slow, () => true)).phase).toBe('done');
    expect(world.importer.findings).toMatchObject([{ RecordState: 'ARCHIVED' }]);
  });

  test('tells what it has found again where the answer of its conclusion was lost', async () => {
    const world = new ScanWorld([table('a', { encryption: awsOwned })]);
    const scanned = await world.scanner.advance(world.begin('scan'), () => true);
    const first = await world.scanner.advance(scanned, () => true);
    expect(await world.scanner.advance(scanned, () => true)).toEqual(first);
    expect(first.numbers).toMatchObject({ new: 1 });
    expect(world.alerts.published).toHaveLength(1);
  });

  test('tells what was refused, also where another scan has concluded meanwhile', async () => {
    const tables = Array.from({ length: 600 }, (_, index) => table(`t${index}`, { encryption: awsOwned }));
    const world = new ScanWorld(tables, {
      pageSize: 100,
      importerOf: () => ({
        import: async findings => ({
          imported: 0,
          failed: findings.map(({ Id }) => ({ id: Id, code: 'InvalidInput', message: 'no' })),
        }),
      }),
    });
    let progress = world.begin('scan');
    while (progress.imported === 0)
      progress = await world.scanner.advance(progress, () => progress.phase !== 'importing');
    world.nextDay();
    await world.scan('next');
    expect(await world.scanner.advance(progress, () => true)).toMatchObject({ phase: 'done', refused: 500 });
    const refusals = world.alerts.published.filter(({ kind }) => kind === 'compliance.import-refused');
    expect(refusals.map(({ correlationId, details }) => [correlationId, details['refused']])).toEqual([
      ['next', 600],
      ['scan', 500],
    ]);
  });

  test('announces how many findings were refused', async () => {
    const world = new ScanWorld(
      [table('a', { encryption: awsOwned }), table('b', { encryption: awsOwned })],
      {
        importerOf: () => ({
          import: async findings => ({
            imported: 0,
            failed: findings.map(({ Id }) => ({ id: Id, code: 'InvalidInput', message: 'no' })),
          }),
        }),
      },
    );
    expect(await world.scan('scan')).toMatchObject({ refused: 2 });
    expect(world.alerts.published[1]).toMatchObject({
      kind: 'compliance.import-refused',
      title: 'Security Hub refused 2 compliance findings',
      details: { refused: 2, refusals: [{ code: 'InvalidInput' }, { code: 'InvalidInput' }] },
    });
  });

  test('names the first refused findings over all pages, cut to their length, and counts the others', async () => {
    const names = Array.from({ length: 7 }, (_, index) => `t${index}`);
    const world = new ScanWorld(
      names.map(name => table(name, { encryption: awsOwned })),
      {
        importerOf: () => ({
          import: async findings => ({
            imported: 0,
            failed: findings.map(({ Id }) => ({
              id: `${Id.split('/')[1]}${'x'.repeat(600)}`,
              code: 'InvalidInput',
              message: 'no',
            })),
          }),
        }),
      },
    );
    const { refused, refusals } = await world.scan('scan');
    expect(refused).toBe(7);
    expect(refusals.map(({ id }) => id.slice(0, 2))).toEqual(['t0', 't1', 't2', 't3', 't4']);
    expect(refusals.map(({ id }) => id.length)).toEqual([512, 512, 512, 512, 512]);
    expect(world.alerts.published[1]?.text).toContain('… and others.');
    expect(world.audit.entries.at(-1)).toMatchObject({
      action: 'compliance.import',
      outcome: 'partially-imported',
      details: { refused: 7 },
    });
  });

  test('imports each finding into the account that it is about', async () => {
    const other = '444455556666';
    const { resource, facts } = table('b', { encryption: awsOwned });
    const arn = resource.arn.replace(account, other);
    const imported: [string, string[]][] = [];
    const world = new ScanWorld(
      [table('a', { encryption: awsOwned }), { resource: { ...resource, account: other, arn }, facts }],
      {
        importerOf: of => ({
          import: async findings => {
            imported.push([of, findings.map(({ AwsAccountId }) => AwsAccountId)]);
            return { imported: findings.length, failed: [] };
          },
        }),
      },
    );
    const both = { accounts: [account, other], regions: [region] };
    await world.scan('first', both);
    expect(imported).toEqual([
      [account, [account]],
      [other, [other]],
    ]);
    imported.length = 0;
    world.nextDay();
    world.inventory.remove(resource);
    world.inventory.put({ ...table('a') });
    world.inventory.remove({ ...resource, account: other, arn });
    await world.scan('second', both);
    expect(imported).toEqual([
      [account, [account]],
      [other, [other]],
    ]);
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

  test('withdraws what a check has found that the policy leaves out now', async () => {
    const policy = readCompliancePolicy({});
    const world = new ScanWorld([table('a', { encryption: awsOwned })], { policy });
    await world.scan('first');
    world.nextDay();
    Object.assign(policy, { without: [check] });
    expect((await world.scan('second')).numbers).toMatchObject({ resolved: 0, withdrawn: 1 });
    expect(world.alerts.published).toHaveLength(1);
    expect(world.importer.findings).toMatchObject([{ RecordState: 'ACTIVE' }]);
  });

  test('an account or a region that is named twice is looked at once', () => {
    const of = { accounts: [account, account], regions: [region, 'us-east-1', region] };
    expect(new ScanWorld([]).begin('scan', of)).toMatchObject({
      accounts: [account],
      regions: [region, 'us-east-1'],
    });
  });

  test('what is only worse is as severe as what is new', async () => {
    const managed = { state: 'read', value: { by: 'aws-managed' } } as const;
    const world = new ScanWorld([table('a', { encryption: managed })]);
    await world.scan('first');
    world.nextDay();
    world.inventory.put(table('a', { encryption: awsOwned }));
    await world.scan('second');
    expect(world.alerts.published[1]).toMatchObject({ title: 'Compliance: 1 worse', severity: 'medium' });
  });

  test('says nothing of what to do about what is resolved', async () => {
    const world = new ScanWorld([table('a', { encryption: awsOwned })]);
    await world.scan('first');
    world.nextDay();
    world.inventory.put(table('a'));
    await world.scan('second');
    expect(world.alerts.published[1]).toMatchObject({ title: 'Compliance: 1 resolved', severity: 'info' });
    expect(world.alerts.published[1]?.text).not.toContain('To do:');
  });

  test('shows a name in its alert without characters that are not for print', async () => {
    const world = new ScanWorld([table('a\u001b[31m\u202e', { encryption: awsOwned })]);
    await world.scan('scan');
    expect(world.alerts.published[0]?.text).toContain('table/a?[31m?: fail');
    expect(JSON.stringify(world.alerts.published[0]?.details)).toContain('table/a?[31m?');
  });

  test('compares with what stands in more than one object', async () => {
    const tables = Array.from({ length: 11_000 }, (_, index) =>
      table(`${'long'.repeat(40)}-${index}`, {
        encryption: awsOwned,
        'point-in-time-recovery': { state: 'read', value: { enabled: false } },
      }),
    );
    const world = new ScanWorld(tables, {
      pageSize: 100,
      concurrency: 100,
      importerOf: () => world.importer,
    });
    let progress = await world.scanner.advance(world.begin('first'), () => true);
    while (progress.phase === 'concluding') progress = await world.scanner.advance(progress, () => true);
    const { standingParts } = (await world.json('compliance/latest.json')) as { standingParts: number };
    expect(standingParts).toBeGreaterThan(1);
    world.nextDay();
    progress = await world.scanner.advance(world.begin('second'), () => true);
    while (progress.phase === 'concluding') progress = await world.scanner.advance(progress, () => true);
    expect(progress.numbers).toMatchObject({ new: 0, resolved: 0, stillFailing: 22_000 });
  });

  test('writes every result as CSV, encrypted', async () => {
    const world = new ScanWorld([table('a', { encryption: awsOwned }), table('b')]);
    world.inventory.refuse({ account, region }, 'sqs-queue', denied);
    await world.scan('scan');
    const key = 'compliance/2026-11-21/scan/results-00000.csv';
    const head = await world.objects.current({ bucket: place.bucket, key });
    expect(head).toMatchObject({
      contentType: 'text/csv; charset=utf-8',
      encryption: { algorithm: 'aws:kms', keyId: place.keyId },
    });
    const content = head && (await world.objects.read(head.ref));
    const chunks: Uint8Array[] = [];
    for await (const chunk of content?.body ?? []) chunks.push(chunk);
    const lines = Buffer.concat(chunks).toString().split('\r\n');
    expect(lines[0]).toMatch(/^account,region,type,resource,check/);
    expect(lines.filter(line => line.includes(`"${check}"`))).toHaveLength(2);
    expect(lines.filter(line => line.includes('"sqs:ListQueues denied AccessDenied"'))).toHaveLength(1);
  });

  test('an alert about thousands of failures stays within what a channel carries, and says how many more', async () => {
    const tables = Array.from({ length: 3000 }, (_, index) =>
      table(`table-${index}`, { encryption: awsOwned }),
    );
    const world = new ScanWorld(tables, { pageSize: 100 });
    await world.scan('scan');
    const [alert] = world.alerts.published;
    expect(alert?.title).toBe('Compliance: 3000 new');
    expect(Buffer.byteLength(JSON.stringify(alert))).toBeLessThan(120_000);
    const shown = alert?.text.match(/^- /gm)?.length ?? 0;
    expect(shown).toBeGreaterThan(200);
    expect(alert?.text).toContain(`… and ${3000 - shown} more, in the report.`);
  });

  test.each(['\\', '"', '表', '\u0007'])('an alert full of %j is one that SNS carries', async character => {
    const world = new ScanWorld([], { pageSize: 100 });
    for (let index = 0; index < 400; index += 1) {
      const name = `k${index}`;
      world.inventory.put(
        table(name, {
          encryption: { state: 'read', value: { by: 'kms', keyId: character.repeat(250) + name } },
        }),
      );
    }
    await world.scan('scan');
    const [alert] = world.alerts.published;
    const message = JSON.stringify({ default: JSON.stringify(alert), email: alert?.text });
    expect(Buffer.byteLength(message)).toBeLessThan(262_144);
    expect(alert?.title).toBe('Compliance: 400 new');
  });

  test.each([
    ['what the last scan left is broken', 'compliance/latest.json', '{}'],
    ['its results are broken', 'compliance/2026-11-21/first/standing-00000.jsonl', '{"arn":1}\n'],
    ['a page is broken', 'compliance/2026-11-22/second/page-00000.json', '{'],
  ])('fails, naming the object, where %s', async (_, key, text) => {
    const world = new ScanWorld([table('a', { encryption: awsOwned })]);
    await world.scan('first');
    world.nextDay();
    const scanned = await world.scanner.advance(world.begin('second'), () => true);
    await world.objects.put({ bucket: place.bucket, key }, Buffer.from(text));
    await expect(world.scanner.advance(scanned, () => true)).rejects.toMatchObject({
      code: 'ScanUnusable',
      kind: 'permanent',
      message: expect.stringContaining(key),
    });
    expect(world.alerts.published).toHaveLength(1);
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
