import { expect, test } from '@jest/globals';
import { jsonMemberText } from '../../../src/handlers/lambda/json-member-text.ts';
import fc from '../../seeded-properties.ts';

test.each([
  [
    '{"a":1,"detail":{"x":[1,{"detail":2}],"y":9007199254740993.10, "z":"a\\"}:,"},"b":{"detail":5}}',
    '{"x":[1,{"detail":2}],"y":9007199254740993.10, "z":"a\\"}:,"}',
  ],
  ['{ "detail" : 12 }', '12'],
  ['{"detail":[],"\\u0064etail": [ ] }', '[ ]'],
  ['{"a":"detail","b":{"detail":1}}', undefined],
  ['{"a":["detail",1],"detail" :null}', 'null'],
  ['{}', undefined],
])('of %s the member is %s', (json, expected) => {
  expect(jsonMemberText(json, 'detail')).toBe(expected);
});

test('of any object the text of a member says what JSON.parse reads of it', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.jsonValue(),
      fc.nat(3),
      fc.boolean(),
      (others, detail, blanks, first) => {
        const object = first ? { detail, ...others } : { ...others, detail };
        const json = JSON.stringify(object, null, blanks);
        expect(JSON.parse(String(jsonMemberText(json, 'detail')))).toEqual(JSON.parse(json).detail);
      },
    ),
    { numRuns: 300 },
  );
});
