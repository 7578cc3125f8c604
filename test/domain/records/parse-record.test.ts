import { describe, expect, test } from '@jest/globals';
import { parseRecord } from '../../../src/domain/records/parse-record.ts';
import type { LosslessJson } from '../../../src/ports/record-store.ts';
import fc from '../../seeded-properties.ts';
import { recordText } from './record-fixtures.ts';

const codesOf = (json: string) => {
  const parsing = parseRecord(json);
  if (parsing === undefined) return ['not-json'];
  return parsing.outcome === 'valid'
    ? []
    : parsing.reasons.map(({ code, field }) => (field === undefined ? code : `${field} ${code}`));
};
const withFields = (fields: Readonly<Record<string, unknown>>) => recordText(1, fields);
/** A record with one member more, which need not be written as JSON.stringify would. */
const withText = (member: string) => recordText(1).replace(/}$/, `,${member}}`);
const nested = (levels: number) => withText(`"a":${'['.repeat(levels)}${']'.repeat(levels)}`);

describe('parseRecord', () => {
  test('takes a record whole: time in UTC, numbers digit by digit, other attributes as they are', () => {
    const json =
      '{"unit":"C","value":12345678901234567890.10,"timestamp":"2026-11-21T09:00:00+01:00","device_id":"d1","__proto__":{"n":1.0}}';

    expect(parseRecord(json)).toEqual({
      outcome: 'valid',
      record: {
        deviceId: 'd1',
        timestamp: '2026-11-21T08:00:00.000Z',
        value: { digits: '12345678901234567890.10' },
        attributes: new Map<string, LosslessJson>([
          ['unit', 'C'],
          ['__proto__', new Map([['n', { digits: '1.0' }]])],
        ]),
      },
    });
  });

  test.each([
    ['0e999999999999', '0'],
    [`-0.${'0'.repeat(5000)}`, '-0'],
    [`1.5${'0'.repeat(5000)}`, '15e-1'],
  ])('gives %s to the table as %s', (written, digits) => {
    const parsing = parseRecord(withText(`"n":[${written}]`).replace('"value":1', `"value":${written}`));
    expect(parsing).toMatchObject({ record: { value: { digits } } });
    const { attributes } = parsing?.outcome === 'valid' ? parsing.record : {};
    expect(attributes?.get('n')).toEqual([{ digits }]);
  });

  test('refuses what is above 400 KB by a byte', () => {
    // Names and values, the schema version, and some room for a time that is written longer in UTC.
    const taken = 'device_idd1timestamp2026-11-21T08:00:01.000Zvaluea'.length + 3;
    const room = 'schemaVersion2026-11-21T08:00:00.000Z'.length + 2;
    const rest = 409_600 - taken - room;
    expect(codesOf(withFields({ a: 'x'.repeat(rest) }))).toEqual([]);
    expect(codesOf(withFields({ a: 'x'.repeat(rest + 1) }))).toEqual(['item-too-large']);
  });

  test.each([
    ['a value of 38 digits', withText('"value2":12345678901234567890123456789012345678')],
    ['the largest number', withText('"n":9.9999999999999999999999999999999999999E+125')],
    ['the smallest number', withText('"n":-1E-130')],
    ['zero with an absurd exponent', withText('"n":0e-999999')],
    ['an empty text', withFields({ a: '' })],
    ['an attribute with an empty name within', withFields({ a: { '': 1 } })],
    ['schemaVersion within', withFields({ a: { schemaVersion: 2 } })],
    ['32 levels', nested(32)],
    ['a device of 2,048 bytes', withFields({ device_id: 'é'.repeat(1024) })],
    ['an attribute of nearly 400 KB', withFields({ a: 'x'.repeat(409_600 - 150) })],
    ['every script', withFields({ device_id: '発注書 📄', a: 'März' })],
  ])('takes %s', (_, json) => {
    expect(codesOf(json)).toEqual([]);
  });

  test.each([
    ['nothing at all', '{}', ['device_id missing', 'timestamp missing', 'value missing']],
    [
      'what is of another type',
      withFields({ device_id: 1, timestamp: 2, value: '3' }),
      ['device_id not-text', 'timestamp not-text', 'value not-a-number'],
    ],
    [
      'null',
      withFields({ device_id: null, timestamp: null, value: null }),
      ['device_id not-text', 'timestamp not-text', 'value not-a-number'],
    ],
    ['true as a value', withFields({ value: true }), ['value not-a-number']],
    ['a list as a value', withFields({ value: [1] }), ['value not-a-number']],
    ['an object as a value', withFields({ value: { digits: '1' } }), ['value not-a-number']],
    ['an empty device', withFields({ device_id: '' }), ['device_id empty']],
    ['a device of a byte too many', withFields({ device_id: 'x'.repeat(2049) }), ['device_id too-long']],
    ['a long device', withFields({ device_id: 'é'.repeat(1025) }), ['device_id too-long']],
    ['a device with a control character', withFields({ device_id: 'a\nb' }), ['device_id control-character']],
    ['half a character', withFields({ device_id: '\ud800' }), ['device_id lone-surrogate']],
    ['half a character elsewhere', withFields({ a: ['\udc00'] }), ['lone-surrogate']],
    ['half a character in a name', withFields({ a: { '\udc00': 1 } }), ['lone-surrogate']],
    [
      'a time without zone',
      withFields({ timestamp: '2026-11-21T08:00:00' }),
      ['timestamp timestamp-without-zone'],
    ],
    ['a value too large', recordText(1).replace(/"value":1/, '"value":1E126'), ['value number-out-of-range']],
    [
      'a value too small',
      recordText(1).replace(/"value":1/, '"value":-1E-131'),
      ['value number-out-of-range'],
    ],
    ['39 digits', withText(`"n":[${'1'.repeat(39)}]`), ['number-too-precise']],
    ['a number too large within', withText('"n":{"m":1e400}'), ['number-out-of-range']],
    ['a name twice', withText('"value":1'), ['repeated-name']],
    ['a name twice within', withText('"a":{"b":1,"b":2}'), ['repeated-name']],
    ['an empty name', withFields({ '': 1 }), ['empty-name']],
    ['the name of an attribute of the table', withFields({ schemaVersion: 1 }), ['reserved-name']],
    ['33 levels', nested(33), ['too-deep']],
    ['100,000 levels', nested(100_000), ['too-deep']],
    ['more than 400 KB', withFields({ a: 'x'.repeat(409_600) }), ['item-too-large']],
    ['more than 400 KB of small things', withFields({ a: Array(140_000).fill(1) }), ['item-too-large']],
    ['a list', '[]', ['not-an-object']],
    [
      'several faults',
      withFields({ value: '', '': '\ud800' }),
      ['value not-a-number', 'lone-surrogate', 'empty-name'],
    ],
  ])('refuses %s', (_, json, codes) => {
    expect(codesOf(json)).toEqual(codes);
  });

  test.each(['', '{', '{"a":1}}', `{"a":${'['.repeat(50)}`])('takes no text that is no JSON: %s', text => {
    expect(parseRecord(text)).toBeUndefined();
  });

  test('a list that is too deep is no object in the first place', () => {
    expect(codesOf(` ${'['.repeat(50)}${']'.repeat(50)}`)).toEqual(['not-an-object']);
  });

  test('judges what is plainly written as it judges what is not', () => {
    const text = fc.constantFrom('', 'a', 'é', '\n', '\ud800', '📄', 'x'.repeat(2049), 'schemaVersion');
    const number = fc.constantFrom(
      '1',
      '-0',
      '1.50',
      '9'.repeat(30),
      '9'.repeat(39),
      '1e126',
      '-1E-131',
      '2e5',
    );
    const member = fc.oneof(
      text.map(value => JSON.stringify(value)),
      number,
      fc.constantFrom('null', 'true', '[]', '{}', '[1,{"":""}]', '{"a":1,"a":2}', nested(32), nested(33)),
    );
    const time = fc.constantFrom(
      '"2026-11-21T08:00:00Z"',
      '"2026-11-21T08:00:00.123Z"',
      '"2026-02-30T08:00:00Z"',
    );
    const name = fc.constantFrom('a', 'b', '', 'schemaVersion', 'value', 'é');
    fc.assert(
      fc.property(
        fc.oneof(fc.constant('"d1"'), member),
        fc.oneof(time, member),
        fc.oneof(fc.constant('21.5'), member),
        fc.array(fc.tuple(name, member), { maxLength: 4 }),
        (device, timestamp, value, rest) => {
          const others = rest.map(([key, each]) => `,"${key}":${each}`).join('');
          const written = (first: string) =>
            `{"${first}":${device},"timestamp":${timestamp},"value":${value}${others}}`;
          // An escape has every part of a record looked at closely.
          expect(parseRecord(written('device_id'))).toEqual(parseRecord(written('\\u0064evice_id')));
        },
      ),
      { numRuns: 3000 },
    );
  });

  test('says what is wrong without a word of the record', () => {
    const parsing = parseRecord(
      '{"device_id":"secret\\n","timestamp":"secret","value":"secret","schemaVersion":"secret"}',
    );
    expect(JSON.stringify(parsing)).not.toContain('secret');
  });
});
