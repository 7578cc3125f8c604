import { describe, expect, test } from '@jest/globals';
import { compileEventPattern } from '../../../../src/domain/trail/event-pattern/compile-event-pattern.ts';
import { explainMatch } from '../../../../src/domain/trail/event-pattern/explain-match.ts';
import { compileWildcard, readWildcard } from '../../../../src/domain/trail/event-pattern/wildcard.ts';
import type { JsonValue } from '../../../../src/ports/json.ts';
import fc from '../../../seeded-properties.ts';
import { matchByTrial, type SimplePattern, type SimpleTest } from './fixtures/match-by-trial.ts';

const names = ['a', 'b', 'c', 'a.b', 'b.a'];
const texts = ['x', 'y', 'xy'];

const leaf = fc.oneof(fc.constantFrom<JsonValue>(...texts, 1, null), fc.constant<JsonValue>(2));

/** Small values with lists in lists and names with dots in them: what makes paths and elements entangled. */
const { value } = fc.letrec<{ value: JsonValue; object: JsonValue; list: JsonValue }>(tie => ({
  value: fc.oneof({ depthSize: 'small', maxDepth: 4 }, leaf, tie('object'), tie('list'), tie('object')),
  object: fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 3 }) as fc.Arbitrary<JsonValue>,
  list: fc.array(tie('value'), { maxLength: 3 }),
}));
const event = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 4 }) as fc.Arbitrary<JsonValue>;

const simpleTest: fc.Arbitrary<SimpleTest> = fc.oneof(
  fc.constantFrom<SimpleTest>(...texts, 1, null),
  fc.boolean().map(exists => ({ exists })),
  fc.constantFrom('', 'x').map(prefix => ({ prefix })),
  fc.subarray(texts, { minLength: 1 }).map(excluded => ({ 'anything-but': excluded })),
);
const path = fc
  .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 })
  .map(steps => steps.join('.'));
const simplePattern: fc.Arbitrary<SimplePattern> = fc
  .array(fc.tuple(path, fc.array(simpleTest, { minLength: 1, maxLength: 2 })), { minLength: 1, maxLength: 4 })
  .map(entries => new Map(entries));

describe('a compiled pattern', () => {
  test('matches what trying all values of all fields matches', () => {
    fc.assert(
      fc.property(simplePattern, event, (pattern, candidate) => {
        const compiled = compileEventPattern(Object.fromEntries(pattern));
        expect(compiled.matches(candidate)).toBe(matchByTrial(pattern, candidate));
      }),
      { numRuns: 5000 },
    );
  });

  test('matches events of elements that almost fit as trying does', () => {
    const element = fc.dictionary(
      fc.constantFrom('a', 'b', 'c'),
      fc.constantFrom<JsonValue>('x', 'y', ['x', 'y']),
    );
    const nested = fc.record({
      a: fc.array(element, { maxLength: 3 }),
      b: fc.array(element, { maxLength: 2 }),
    });
    const listed = fc.record({ a: fc.array(nested, { maxLength: 3 }), c: leaf });
    const tests = fc.constantFrom<SimpleTest[]>(['x'], ['y'], [{ exists: false }], ['x', { exists: false }]);
    const paths = fc.uniqueArray(fc.constantFrom('a.a.a', 'a.a.b', 'a.a.c', 'a.b.a', 'a.b.b', 'c'), {
      minLength: 2,
    });
    const pattern = fc.tuple(paths, fc.array(tests, { minLength: 6, maxLength: 6 }));
    fc.assert(
      fc.property(pattern, listed, ([chosen, asked], candidate) => {
        const simple = new Map(chosen.map((one, index) => [one, asked[index] ?? []]));
        expect(compileEventPattern(Object.fromEntries(simple)).matches(candidate)).toBe(
          matchByTrial(simple, candidate as JsonValue),
        );
      }),
      { numRuns: 3000 },
    );
  });

  test('matches an event if one of the branches of $or does', () => {
    fc.assert(
      fc.property(simplePattern, simplePattern, event, (one, other, candidate) => {
        const compiled = compileEventPattern({ $or: [Object.fromEntries(one), Object.fromEntries(other)] });
        expect(compiled.matches(candidate)).toBe(
          matchByTrial(one, candidate) || matchByTrial(other, candidate),
        );
      }),
    );
  });

  test('is explained as it matches', () => {
    fc.assert(
      fc.property(simplePattern, simplePattern, event, (one, other, candidate) => {
        const pattern = { $or: [Object.fromEntries(one), Object.fromEntries(other)] };
        const { matched, alternatives } = explainMatch(pattern, candidate);
        expect(matched).toBe(compileEventPattern(pattern).matches(candidate));
        expect(alternatives.map(alternative => alternative.matched)).toEqual(
          [one, other].map(branch => matchByTrial(branch, candidate)),
        );
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a wildcard', () => {
  test('fits what a regular expression of its pieces fits', () => {
    const unit = fc.constantFrom('a', 'b', '\n', '\u{1f600}');
    const piece = fc.string({ unit, maxLength: 2 });
    const long = fc.constantFrom('', 'ab'.repeat(40), `${'a'.repeat(70)}b`);
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1, maxLength: 4 }),
        long,
        fc.string({ unit, maxLength: 8 }),
        (all, more, text) => {
          const pieces = more === '' ? all : [all[0] ?? '', more, ...all.slice(1)];
          const candidate = text + (more === '' ? '' : `a${more}${text}`);
          expect(compileWildcard(pieces)(candidate)).toBe(
            new RegExp(`^${pieces.join('[^]*')}$`).test(candidate),
          );
        },
      ),
      { numRuns: 3000 },
    );
  });

  test('is any text, its asterisks and backslashes escaped', () => {
    const text = fc.string({ unit: fc.constantFrom('*', '\\', 'a'), maxLength: 6 });
    fc.assert(
      fc.property(text, one => {
        expect(readWildcard(one.replaceAll(/[*\\]/g, '\\$&'))).toEqual([one]);
      }),
    );
  });
});
