import { describe, expect, test } from '@jest/globals';
import { PortError } from '../../../src/ports/failure.ts';
import type { AsffFinding } from '../../../src/ports/finding-importer.ts';
import type { Unreadable } from '../../../src/ports/reading.ts';
import { account, awsOwned, region, ScanWorld, table } from './scan-fixtures.ts';

const denied: Unreadable = {
  state: 'unreadable',
  reason: 'denied',
  api: 'sqs:ListQueues',
  code: 'AccessDenied',
};

describe('importResults', () => {
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
});
