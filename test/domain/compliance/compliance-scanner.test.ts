import { describe, expect, test } from '@jest/globals';
import { readCompliancePolicy } from '../../../src/domain/compliance/read-compliance-policy.ts';
import type { Unreadable } from '../../../src/ports/reading.ts';
import { account, awsOwned, ownKey, region, ScanWorld, table } from './scan-fixtures.ts';

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
});
