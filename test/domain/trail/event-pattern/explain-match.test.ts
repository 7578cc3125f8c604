import { describe, expect, test } from '@jest/globals';
import { compileEventPattern } from '../../../../src/domain/trail/event-pattern/compile-event-pattern.ts';
import { explainMatch } from '../../../../src/domain/trail/event-pattern/explain-match.ts';

/** What is said of the one field of a pattern. */
function explainField(asked: readonly unknown[], event: unknown) {
  const [alternative] = explainMatch({ d: { f: asked } }, event).alternatives;
  return alternative?.fields[0];
}

describe('explainMatch', () => {
  test('says that all fields match', () => {
    expect(explainMatch({ a: ['x'], b: [{ exists: false }] }, { a: 'x' })).toEqual({
      matched: true,
      alternativeCount: 1,
      alternatives: [
        {
          matched: true,
          reason: 'all fields match',
          fields: [
            { path: 'a', matched: true, asked: '"x"', found: 'text' },
            { path: 'b', matched: true, asked: 'no value', found: 'nothing' },
          ],
        },
      ],
    });
  });

  test('names the field that decided, in each branch of $or', () => {
    const pattern = compileEventPattern({ s: ['1'], $or: [{ a: ['x'] }, { b: [{ numeric: ['>', 5] }] }] });
    const { matched, alternatives } = explainMatch(pattern, { s: '1', b: '9' });
    expect(matched).toBe(false);
    expect(alternatives.map(({ decidedBy, reason }) => [decidedBy, reason])).toEqual([
      ['a', 'a: asked for "x", found nothing'],
      ['b', 'b: asked for a number > 5, found text'],
    ]);
  });

  test('tells of fields that hold in different elements of a list', () => {
    const { alternatives } = explainMatch({ l: { a: ['x'], b: ['y'] } }, { l: [{ a: 'x' }, { b: 'y' }] });
    expect(alternatives[0]).toMatchObject({
      matched: false,
      reason: 'what the fields ask stands in different elements of one list',
      fields: [{ matched: true }, { matched: true }],
    });
    expect(alternatives[0]).not.toHaveProperty('decidedBy');
  });

  test('tells of an event that is none', () => {
    const { matched, alternatives } = explainMatch({ a: [{ exists: false }] }, 'a');
    expect(matched).toBe(false);
    expect(alternatives[0]).toMatchObject({ matched: false, reason: 'the event is no object' });
  });

  test.each<[string, unknown]>([
    ['text', 'secret'],
    ['number', 5],
    ['true', true],
    ['false', false],
    ['null', null],
    ['an object', { secret: 1 }],
    ['a list with no values', [{ secret: 1 }]],
    ['a list with no values', []],
    ['text and number', ['secret', 5, 'other']],
  ])('shows the kind of what was found, not the value: %s', (found, value) => {
    const explained = explainField(['x'], { d: { f: value } });
    expect(explained).toMatchObject({ matched: false, found });
    expect(JSON.stringify(explained)).not.toContain('secret');
  });

  test.each<[string, readonly unknown[]]>([
    ['"x" or 5 or null', ['x', 5, null]],
    ['any value', [{ exists: true }]],
    ['prefix "a" or suffix "b" in any case', [{ prefix: 'a' }, { suffix: { 'equals-ignore-case': 'b' } }]],
    ['"a" in any case', [{ 'equals-ignore-case': 'a' }]],
    ['wildcard "a*b"', [{ wildcard: 'a*b' }]],
    ['anything but ("a" or "b")', [{ 'anything-but': ['a', 'b'] }]],
    ['anything but ("a" or "b") or "c"', [{ 'anything-but': ['a', 'b'] }, 'c']],
    ['anything but "a" or "b"', [{ 'anything-but': 'a' }, 'b']],
    ['anything but (prefix "a" or prefix "b") or null', [{ 'anything-but': { prefix: ['a', 'b'] } }, null]],
    ['anything but wildcard "*a"', [{ 'anything-but': { wildcard: '*a' } }]],
    ['one address or an address of a range', ['192.0.2.1', { cidr: '192.0.2.0/24' }]],
    ['a number >= 1 and < 2 or a number <= 0', [{ numeric: ['>=', 1, '<', 2] }, { numeric: ['<=', 0] }]],
    [
      '"0" or "1" or "2" or "3" or "4" or "5" or "6" or "7" or "8" or "9" or 2 more',
      Array.from({ length: 12 }, (_, i) => `${i}`),
    ],
    ['"a\\u{202e}b"', ['a\u202eb']],
  ])('shows what was asked: %s', (asked, tests) => {
    expect(explainField(tests, {})?.asked).toBe(asked);
  });

  test('shows long texts cut, and a hundred branches', () => {
    const branches = Array.from({ length: 200 }, (_, index) => ({ [`f${index}`]: ['x'.repeat(1000)] }));
    const { alternatives, alternativeCount } = explainMatch({ $or: branches }, {});
    expect([alternatives.length, alternativeCount]).toEqual([100, 200]);
    expect(alternatives[0]?.reason.length).toBeLessThan(200);
  });

  test('refuses what is no pattern', () => {
    expect(() => explainMatch({}, {})).toThrow('an empty object asks for nothing');
  });
});
