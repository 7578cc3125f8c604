import { describe, expect, test } from '@jest/globals';
import { FaultInjector } from '../../../src/adapters/memory/fault-injection.ts';
import type { Unreadable } from '../../../src/ports/reading.ts';
import { account, awsOwned, place, region, ScanWorld, table } from './scan-fixtures.ts';

const check = 'dynamodb-table-encryption';
const denied: Unreadable = {
  state: 'unreadable',
  reason: 'denied',
  api: 'sqs:ListQueues',
  code: 'AccessDenied',
};

describe('concludeScan', () => {
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

  test('tells what it has found again where the answer of its conclusion was lost', async () => {
    const world = new ScanWorld([table('a', { encryption: awsOwned })]);
    const scanned = await world.scanner.advance(world.begin('scan'), () => true);
    const first = await world.scanner.advance(scanned, () => true);
    expect(await world.scanner.advance(scanned, () => true)).toEqual(first);
    expect(first.numbers).toMatchObject({ new: 1 });
    expect(world.alerts.published).toHaveLength(1);
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
});
