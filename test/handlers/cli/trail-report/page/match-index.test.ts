import { describe, expect, test } from '@jest/globals';
import {
  type FacetName,
  facetNames,
  type ListedMatch,
  MatchIndex,
  type Selection,
} from '../../../../../src/handlers/cli/trail-report/page/match-index.ts';
import fc from '../../../../seeded-properties.ts';
import { dataOf, record } from '../report-fixtures.ts';

const all: Selection = { facets: new Map(), from: null, to: null, text: '' };

const someRecord = fc
  .record({
    eventName: fc.constantFrom('ConsoleLogin', 'StopLogging', 'DeleteTrail'),
    hour: fc.option(fc.integer({ min: 0, max: 9 })),
    user: fc.constantFrom('ada', 'Bob', 'ÉVE'),
    region: fc.constantFrom('eu-central-1', 'us-east-1', null),
    address: fc.constantFrom('198.51.100.7', '203.0.113.9'),
    errorCode: fc.constantFrom(null, 'AccessDenied'),
  })
  .map(({ eventName, hour, user, region, address, errorCode }) =>
    record(eventName, {
      eventTime: hour === null ? null : `2026-11-21T0${hour}:00:00Z`,
      userIdentity: { arn: user },
      awsRegion: region,
      sourceIPAddress: address,
      errorCode,
    }),
  );

const someSelection = fc.record({
  facets: fc.uniqueArray(
    fc.tuple(
      fc.constantFrom(...facetNames),
      fc.uniqueArray(fc.integer({ min: 0, max: 12 }), { maxLength: 3 }),
    ),
    { selector: ([name]) => name, maxLength: 3 },
  ),
  from: fc.option(fc.integer({ min: 0, max: 9 })),
  to: fc.option(fc.integer({ min: 0, max: 9 })),
  text: fc.constantFrom('', ' ', 'ADA', 'éve', 'central', 'logging stopped', 'trail', 'nothing like it'),
});

/** The values that a match has of a facet: the same answer as the index gives, the long way round. */
function valuesOf(index: MatchIndex, match: ListedMatch, facet: FacetName): readonly number[] {
  if (facet === 'severity') return [match.severity];
  if (facet === 'rule') return match.rules;
  return [index.data.texts.indexOf(match.texts[facet])];
}

function passes(index: MatchIndex, match: ListedMatch, selection: Selection, besides?: FacetName): boolean {
  const { from, to, text } = selection;
  const said = [
    ...Object.values(match.texts),
    ...match.rules.flatMap(rule => [index.data.rules[rule]?.id ?? '', index.data.rules[rule]?.title ?? '']),
  ];
  return (
    (from === null || (match.time !== null && match.time >= from)) &&
    (to === null || (match.time !== null && match.time <= to)) &&
    (text.trim() === '' || said.some(each => each.toLowerCase().includes(text.trim().toLowerCase()))) &&
    [...selection.facets].every(
      ([facet, chosen]) =>
        facet === besides ||
        chosen.size === 0 ||
        valuesOf(index, match, facet).some(value => chosen.has(value)),
    )
  );
}

describe('MatchIndex', () => {
  test('selects and counts as asking each match would', () => {
    const hour = (number: number | null) =>
      number === null ? null : Date.parse(`2026-11-21T0${number}:00:00Z`);
    fc.assert(
      fc.property(fc.array(someRecord, { maxLength: 30 }), someSelection, (records, chosen) => {
        const index = new MatchIndex(dataOf(records));
        const selection: Selection = {
          facets: new Map(chosen.facets.map(([name, values]) => [name, new Set(values)])),
          from: hour(chosen.from),
          to: hour(chosen.to),
          text: chosen.text,
        };
        const matches = Array.from({ length: index.size }, (_, number) => index.match(number));
        const { matches: found, facets } = index.select(selection);
        expect([...found]).toEqual(
          matches.flatMap((match, number) => (passes(index, match, selection) ? [number] : [])),
        );
        for (const facet of facetNames) {
          const left = matches.filter(match => passes(index, match, selection, facet));
          const expected = new Map([...(selection.facets.get(facet) ?? [])].map(value => [value, 0]));
          for (const value of left.flatMap(match => valuesOf(index, match, facet))) {
            expected.set(value, (expected.get(value) ?? 0) + 1);
          }
          const counted = facets.get(facet) ?? [];
          expect(new Map(counted.map(({ value, matches: count }) => [value, count]))).toEqual(expected);
          expect(counted).toEqual(counted.toSorted((a, b) => b.matches - a.matches));
        }
      }),
    );
  });

  test('is in order of time, matches without one last', () => {
    const times = ['2026-11-21T09:00:00Z', 'never', '2026-11-21T08:00:00Z', '2026-11-21T10:00:00Z'];
    const index = new MatchIndex(
      dataOf(times.map((eventTime, at) => record('ConsoleLogin', { eventTime, eventID: `e${at}` }))),
    );
    const { matches } = index.select(all);
    expect([...matches].map(number => index.match(number).texts.eventId)).toEqual(['e2', 'e0', 'e3', 'e1']);
    expect(index.timesOf(matches)).toEqual([
      Date.parse('2026-11-21T08:00:00Z'),
      Date.parse('2026-11-21T10:00:00Z'),
    ]);
    expect(index.timesOf(matches.subarray(3))).toBeNull();
    expect(index.timesOf(matches.subarray(0, 0))).toBeNull();
  });

  test('bears the worst severity of a match with several rules', () => {
    const index = new MatchIndex(dataOf([record('StopLogging')]));
    expect(index.labelOf('severity', index.match(0).severity)).toBe('critical');
    expect(index.select(all).facets.get('rule')).toEqual([
      { value: 0, matches: 1 },
      { value: 1, matches: 1 },
    ]);
  });
});
