import { expect } from '@jest/globals';
import { compileTrailRules } from '../../../src/domain/trail/trail-rules.ts';
import { describeEachCrash } from '../../each-crash.ts';
import { eventId, trailLog, trailRecord } from './trail-fixtures.ts';
import { announcements, busEvent, gathered, minute, ofKind, trailWorld } from './trail-world.ts';

const rules = compileTrailRules({
  monitoredEvents: ['CreateUser', 'DeleteUser'],
  rules: [
    { id: 'users', title: 'A user changed', severity: 'high', monitoredEvents: ['CreateUser'] },
    {
      id: 'quiet',
      monitoredEvents: ['DeleteUser'],
      suppress: [
        {
          pattern: { eventSource: ['iam.amazonaws.com'] },
          owner: 'me',
          reason: 'tests',
          expires: '2027-01-01T00:00:00.000Z',
        },
      ],
    },
  ],
});
const numbered = (number: number) =>
  trailRecord({ eventID: eventId(number), eventName: number > 4 ? 'CreateUser' : 'DeleteUser' });

for (const [name, count] of [
  ['six matches', 6],
  ['one match under two rules', 1],
] as const) {
  const numbers = Array.from({ length: count }, (_, index) => (count === 1 ? 5 : index + 1));
  const wanted = numbers
    .flatMap(number =>
      (number > 4 ? ['CreateUser', 'users'] : ['DeleteUser', 'quiet']).map(
        rule => `${rule} ${eventId(number)}`,
      ),
    )
    .toSorted();

  await describeEachCrash(`analyzing a log of ${name}, and telling of them`, async faults => {
    const world = trailWorld({ rules, concurrency: 2, mostWaiting: 3 }, faults);
    const { analyzer, summarizer, put, events, windows, alerts, clock } = world;
    const log = await put(trailLog(...numbers.map(numbered), trailRecord({ eventName: 'ListUsers' })));
    let delivered = false;
    return {
      deliver: async () => {
        if (!delivered) {
          await analyzer.analyzeEvent(busEvent(numbered(numbers[0] ?? 0)));
          await analyzer.analyze({ bucket: log.bucket, key: log.key });
          delivered = true;
          clock.advance(20 * minute);
        }
        const { failures } = await summarizer.summarize();
        if (failures[0] !== undefined) throw failures[0];
        clock.advance(26 * 60 * minute);
        const atTheEndOfTheDay = await summarizer.summarize();
        if (atTheEndOfTheDay.failures[0] !== undefined) throw atTheEndOfTheDay.failures[0];
      },
      verify: async () => {
        expect(events.events.map(event => event.eventId).toSorted()).toEqual(numbers.map(eventId));
        for (const event of events.events) {
          expect([event.announced.toSorted(), event.via]).toEqual([event.rules.toSorted(), 'log']);
        }
        expect(await gathered(windows)).toEqual(wanted);
        for (const { dueAt, first, announced, rule } of windows.windows) {
          expect([rule, dueAt, announced]).toEqual([rule, undefined, first !== undefined]);
        }
        const ids = (kind: string) => [...new Set(ofKind(kind, alerts.published).map(({ id }) => id))];
        const firsts = count === 1 ? 2 : 3;
        expect(new Set(announcements(alerts.published)).size).toBe(firsts);
        expect(ids('trail.summary')).toHaveLength(count === 1 ? 0 : 3);
        expect(ids('trail.suppressed')).toHaveLength(count === 1 ? 0 : 1);
        // At worst, what was about to be told of at one time comes twice.
        expect(alerts.published.length).toBeLessThanOrEqual(firsts + (count === 1 ? 0 : 4) + 2);
      },
    };
  });
}
