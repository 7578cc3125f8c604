import { describe, expect, test } from '@jest/globals';
import { ElementFilter } from '../../../../src/domain/kernel/record-scan/element-filter.ts';
import { filterOf, other, pass, wanted } from './scan-list.ts';

describe('a filter', () => {
  test.each([
    ['of a short key', { ...wanted, key: 'k'.repeat(7) }],
    ['of a key that is longer than a block', { ...wanted, key: 'k'.repeat(64) }],
    ['of a key with an escape', { ...wanted, key: 'event"Name' }],
    ['of a short literal', { ...wanted, literals: ['ab'] }],
    ['of a literal that is not of letters', { ...wanted, literals: ['a-b-c'] }],
    ['of more literals than it can hold', { ...wanted, literals: Array<string>(257).fill('abc') }],
  ])('%s cannot be used', (_form, options) => {
    expect(ElementFilter.of(options)).toBeUndefined();
  });

  test('of 10,000 values takes few others for them', () => {
    const values = new Set(Array.from({ length: 10_000 }, (_, index) => `DescribeNumber${index}`));
    const filter = filterOf({ ...wanted, values });
    let taken = 0;
    for (let index = 0; index < 3000; index += 1) {
      const { passed } = pass(`{"eventName":"Describe${index}"}`, filter);
      taken += 1 - passed;
      expect(pass(`{"eventName":"DescribeNumber${index}"}`, filter).passed).toBe(0);
    }
    expect(taken / 3000).toBeLessThan(0.3);
  });

  test.each([
    ['in front', 'RootUser', ['ootUser'], 'ootUser'],
    ['in the middle', 'RootUser', ['Roo', 'tUser'], 'ootUser'],
    ['at the end', 'RootUser', ['RootUse'], 'ootUser'],
    [
      'in the middle of a long one',
      'abcdefghijklmnopQRstuvw',
      ['abcdefghijklmnopQ', 'Rstuvw'],
      'ijklmnopQRstuvw',
    ],
    ['at the end of a long one', 'abcdefghijklmnopqrSTUvw', ['abcdefghijklmnopqrSTUv'], 'ijklmnopqrSTUvw'],
  ])('with a literal whose rare letters are %s finds it', (_where, literal, frequent, near) => {
    const filter = filterOf({ ...wanted, values: new Set(), literals: [literal], frequent });
    for (let length = 0; length < 128; length += 1) {
      const element = (text: string) => `{"eventName":"O","a":"${'-'.repeat(length)}${text}"}`;
      expect({ length, ...pass(`${element(near)},${element(literal)},${other}`, filter) }).toEqual({
        length,
        passed: 1,
        candidate: element(literal),
        rest: `,${other}`,
      });
    }
  });

  test('of 256 literals finds each', () => {
    const literals = Array.from({ length: 256 }, (_, index) => `word${index.toString(36)}Number${index}`);
    const filter = filterOf({ ...wanted, values: new Set(), literals });
    for (const literal of literals) {
      expect([literal, pass(`{"eventName":"O","a":"${literal}"}`, filter).passed]).toEqual([literal, 0]);
    }
    expect(pass('{"eventName":"O","a":"wordNumber"}', filter).passed).toBe(1);
  });
});
