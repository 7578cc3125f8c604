import { describe, expect, test } from '@jest/globals';
import { findSensitiveData } from '../../../src/domain/sensitive-data/find-sensitive-data.ts';
import { withCheckDigit } from './labelled-set/made-up-numbers.ts';

/** Made at run time: no published number, so that nothing but the text speaks for it. */
const visa = withCheckDigit('491698765432109');
const groups = visa.match(/.{4}/g) ?? [];
const inGroups = groups.join(' ');

const found = (text: string) => findSensitiveData(text).map(({ start, end }) => text.slice(start, end));

describe('beside groups', () => {
  test.each([
    ['a date before and an amount behind', `2025-01-14 ${inGroups} USD 12.50`],
    ['a date with slashes', `14/01/2025 ${inGroups} 45.00`],
    ['a date with dots', `02.01.2025 ${inGroups} 12,50 EUR`],
    ['a date with a month', `Jan 5 2025 ${inGroups} GROCERY`],
    ['an amount before', `Total 45.00 ${inGroups}`],
    ['the number of a room', `room 1204 ${inGroups}`],
    ['a postal code behind', `${inGroups} 90210`],
    ['an expiry of six digits behind', `${inGroups} 122027`],
    ['a date behind', `${inGroups} 2025-01-14`],
  ])('%s', (_, text) => {
    expect(found(text)).toEqual([inGroups]);
  });

  test.each([
    ['another group', `${inGroups} 5678`],
    ['another group before', `5678 ${inGroups}`],
    ['more groups, beside a card word', `payment path C ${inGroups} 4222 2222`],
    ['rows of five groups', `1234 5678 9012 3456 7890\n${inGroups} 0944\n2345 6789 0123 4567 8901\n`],
    ['rows that begin like cards', `${inGroups} 4320 5300\n${inGroups} 4866 4755\n`],
    ['the groups of an account number', `MT65 MALT 2223 ${inGroups} 688`],
    ['a number of tracking', `tracking 9400 ${inGroups}`],
  ])('no card: %s', (_, text) => {
    expect(found(text)).toEqual([]);
  });
});

test('groups that go on to another card length are no shorter card', () => {
  const sixteen = withCheckDigit('561800000000123');
  const written = withCheckDigit(`${sixteen}1`).replaceAll(/.{4}(?=.)/g, '$& ');
  expect(found(`account: ${written}`)).toEqual([]);
  expect(found(`card: ${written}`)).toEqual([written]);
});

describe('right beside a whole number', () => {
  test.each([
    ['a currency', `${visa} EUR`],
    ['a currency and an amount', `${visa} USD 12.50`],
    ['a suffix of Java', `long pan = ${visa}L;`],
    ['a suffix of JavaScript', `const pan = ${visa}n;`],
    ['a security code', `${visa}-123`],
    ['the second track of a stripe', `track2=${visa}D27121010000012300`],
    ['quoted-printable', `card=3D${visa}`],
    ['quoted-printable, quoted', `<input name=3D"card" value=3D"${visa}">`],
    ['colours of a terminal', `\u001b[31m${visa}\u001b[0m`],
    ['bold of a terminal', `card \u001b[1m${visa}\u001b[0m`],
  ])('%s', (_, text) => {
    expect(found(text)).toEqual([visa]);
  });
});

describe('within a number that is called a card', () => {
  test.each([
    ['\t'],
    ['/'],
    [' / '],
    [':'],
    ['|'],
    ['·'],
    ['•'],
    ['   '],
    ['--'],
    [','],
    [', '],
    ['+'],
    ['~'],
    ['*'],
    ['\n'],
    ['\r\n'],
    ['=\r\n'],
  ])('%j', separator => {
    const written = groups.join(separator);
    expect(found(`Card number: ${written} exp 12/27`)).toEqual([written]);
  });

  test.each([
    ['a separator that changes', `Card number: ${groups[0]}/${groups[1]}|${groups[2]}/${groups[3]}`],
    ['a list of numbers', `values: ${groups.join(', ')}`],
    ['one group more', `Card number: ${groups.join('/')}/1234`],
    ['cells below a title', `card,a,b,c\n${groups.join(',')}\n`],
  ])('not with %s', (_, text) => {
    expect(found(text)).toEqual([]);
  });

  test('a line break behind its first group', () => {
    const written = `${groups[0]}\n${groups.slice(1).join(' ')}`;
    expect(found(`The card is ${written} as I said.`)).toEqual([written]);
  });
});

test('an IBAN right behind its name', () => {
  expect(found('IBANDE89370400440532013000')).toEqual(['DE89370400440532013000']);
});

describe('a social security number', () => {
  test.each([
    ['SSN/ITIN: 212345678', '212345678'],
    ['SSN or EIN: 212345678', '212345678'],
    ['SSN of member: 212345678', '212345678'],
    ['SSN of the patient: 212345678', '212345678'],
    ['SSN (last employer): 212345678', '212345678'],
    ['"employeeSSN": "212345678"', '212345678'],
    ['name,employeeSSN\nBob,212345678\n', '212345678'],
    ['"ssn1": "212345678"', '212345678'],
    ['S.S.N. 212345678', '212345678'],
    ['S.S. # 212345678', '212345678'],
    ['Social Sec # 212345678', '212345678'],
    ['ssn=3D212345678', '212345678'],
    ['Doe_212-34-5678', '212-34-5678'],
    ['212-34-5678_Doe.pdf', '212-34-5678'],
    ['Doe\n212 34 5678\n', '212 34 5678'],
    ['Tlf 412 34 5678'],
    ['sizes 200 50 1000 mm'],
    ['sold 120 45 3000 units'],
    ['"ssn": null, "employeeId": 212345678'],
    ['SSN office phone 212345678'],
    ['part_212-34-5678'],
    ['212-34-5678_A1'],
  ])('%s', (text, ...numbers) => {
    expect(found(text)).toEqual(numbers);
  });
});
