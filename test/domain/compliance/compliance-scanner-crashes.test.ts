import { expect } from '@jest/globals';
import type { ScanProgress } from '../../../src/domain/compliance/scan-progress.ts';
import { describeEachCrash } from '../../each-crash.ts';
import { awsOwned, ScanWorld, table } from './scan-fixtures.ts';

await describeEachCrash(
  'a scan goes through its pages, is compared, announced and imported',
  async faults => {
    const world = new ScanWorld([
      table('a', { encryption: awsOwned }),
      table('b', { encryption: awsOwned }),
      table('c', { encryption: awsOwned }),
      table('d'),
      table('e'),
    ]);
    await world.scan('first');
    world.nextDay();
    world.inventory.put(table('a'));
    world.inventory.put(table('e', { encryption: awsOwned }));
    world.wrapped = (name, port) => faults.wrap(name, port);
    const before = world.alerts.published.length;
    let progress: ScanProgress = world.begin('second');
    return {
      // As the state machine does: what a call answers is kept, a call that fails is made again.
      async deliver() {
        while (progress.phase !== 'done') progress = await world.scanner.advance(progress, () => true);
      },
      async verify() {
        const told = world.alerts.published.slice(before);
        expect(new Set(told.map(({ id }) => id))).toEqual(new Set(['second:compliance.changed']));
        expect(new Set(told.map(({ title }) => title))).toEqual(new Set(['Compliance: 1 new, 1 resolved']));
        const entries: string[] = [];
        for await (const { action } of world.audit.entriesOf('second')) entries.push(action);
        expect(entries).toEqual(['compliance.scan', 'compliance.import']);
        const states = world.importer.findings.map(({ Id, RecordState }) => [Id.split('/')[1], RecordState]);
        expect(states).toEqual([
          ['a', 'ARCHIVED'],
          ['b', 'ACTIVE'],
          ['c', 'ACTIVE'],
          ['e', 'ACTIVE'],
        ]);
        expect(await world.json('compliance/latest.json')).toMatchObject({ scanId: 'second' });
        world.nextDay();
        world.wrapped = (_, port) => port;
        const third = await world.scan('third');
        expect(third.numbers).toMatchObject({ new: 0, resolved: 0, stillFailing: 3 });
        expect(world.alerts.published.slice(before)).toHaveLength(told.length);
        // The next verification looks at the second scan again.
        await world.objects.put(
          { bucket: 'compliance-logs', key: 'compliance/latest.json' },
          Buffer.from(
            JSON.stringify({
              scanId: 'second',
              startedAt: '2026-11-22T08:00:00.000Z',
              standingParts: 1,
              endedParts: 1,
            }),
          ),
        );
      },
    };
  },
);
