import { describe, expect, test } from '@jest/globals';
import { readCompliancePolicy } from '../../../src/domain/compliance/read-compliance-policy.ts';
import { type ScanProgress, scanProgressSchema } from '../../../src/domain/compliance/scan-progress.ts';
import { PortError } from '../../../src/ports/failure.ts';
import type { AsffFinding } from '../../../src/ports/finding-importer.ts';
import type { Unreadable } from '../../../src/ports/reading.ts';
import type { Aspect, ResourceInventory, ResourceRef } from '../../../src/ports/resource-inventory.ts';
import { account, awsOwned, place, region, ScanWorld, scope, table } from './scan-fixtures.ts';

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
      world.inventory.remove(table('a').resource);
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

  test('does not list what no check is made of', async () => {
    const world = new ScanWorld([table('a', { encryption: awsOwned })], {
      policy: readCompliancePolicy({ without: [check, 'dynamodb-table-point-in-time-recovery'] }),
    });
    expect((await world.scan('scan')).numbers).toMatchObject({ new: 0 });
    expect(world.importer.findings).toEqual([]);
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
  ])('begins no scan of %s', (_, scanId, of) => {
    expect(() => new ScanWorld([]).begin(scanId, of)).toThrow();
  });
});
