import { describe, expect, test } from '@jest/globals';
import {
  findSensitiveData,
  SensitiveDataStream,
  sensitiveKinds,
} from '../../../src/domain/sensitive-data/find-sensitive-data.ts';
import type { SensitiveKind } from '../../../src/domain/sensitive-data/sensitive-kind.ts';
import fc from '../../seeded-properties.ts';
import { withCheckDigit } from './labelled-set/made-up-numbers.ts';

/** A text, and what is found in it. */
const cases: readonly (readonly [text: string, ...found: string[]])[] = [
  ['cc: 4111-1111-1111-1111', '4111-1111-1111-1111'],
  ['Card#4111111111111111', '4111111111111111'],
  ['"4012888888881881"', '4012888888881881'],
  ['Payment method: AMEX 3782-822463-10005', '3782-822463-10005'],
  ['6011 1111 1111 1117 | 3530 1113 3330 0000', '6011 1111 1111 1117', '3530 1113 3330 0000'],
  ['No.4111111111111111', '4111111111111111'],
  ['acct=5555555555554444;exp=1227', '5555555555554444'],
  ['<pan>4111111111111111</pan>', '4111111111111111'],
  ['(4111111111111111)', '4111111111111111'],
  ['4111111111111111,5555555555554444', '4111111111111111', '5555555555554444'],
  ['4111111111111111;5555555555554444', '4111111111111111', '5555555555554444'],
  ['4111111111111111|12|2027|123', '4111111111111111'],
  ['5105105105105100:12/25:123', '5105105105105100'],
  ['4111111111111111/12/27', '4111111111111111'],
  ['The order was paid with 4111 1111 1111 1111.', '4111 1111 1111 1111'],
  ['Order 12345: card 4111111111111111', '4111111111111111'],
  ['Reference: your Visa card 4111 1111 1111 1111', '4111 1111 1111 1111'],
  ["{'card': {'number': '4242424242424242', 'cvc': '123'}}", '4242424242424242'],
  ['{"card":{"number":"5555 5555 5555 4444"}}', '5555 5555 5555 4444'],
  ['{"number":"4242424242424242"}', '4242424242424242'],
  ['paymentMethod.card.number=378282246310005', '378282246310005'],
  ['my card is\n4111 1111 1111 1111\nthanks', '4111 1111 1111 1111'],
  ['card_number: "4111\\u00a01111\\u00a01111\\u00a01111"', '4111\\u00a01111\\u00a01111\\u00a01111'],
  ['line1\\n4111111111111111\\nline2', '4111111111111111'],
  ['4111 1111 1111 1111 0927', '4111 1111 1111 1111'],
  ['1. 4111 1111 1111 1111\n2. 5500 0000 0000 0004', '4111 1111 1111 1111', '5500 0000 0000 0004'],
  ['1 4111 1111 1111 1111\n2 5500 0000 0000 0004', '4111 1111 1111 1111', '5500 0000 0000 0004'],
  ['Card 4111 1111 1111 1111, SSN 123-45-6789', '4111 1111 1111 1111', '123-45-6789'],
  ['Kreditkarte 4111 1111 1111 1111 gültig', '4111 1111 1111 1111'],
  ['Номер карты: 4111 1111 1111 1111', '4111 1111 1111 1111'],
  ['Name: Bob SSN: 123 45 6789 DOB: 01/02/1980', '123 45 6789'],
  ['S.S.N. 123-45-6789', '123-45-6789'],
  ['ss# 123456789', '123456789'],
  ['my social is 123456789', '123456789'],
  ['123456789 is my SSN', '123456789'],
  ['ssn=123456789&x=1', '123456789'],
  ['SSN(123456789)', '123456789'],
  ['Social Security No. 123456789', '123456789'],
  ['SSN (last employer): 123-45-6789', '123-45-6789'],
  ['Name\tSSN\nBob\t123456789\nAl\t234567891\n', '123456789', '234567891'],
  ['| SSN | name |\n|---|---|\n| 123456789 | Bob |', '123456789'],
  ['employee_ssn\n123456789\n234567891\n', '123456789', '234567891'],
  ['Taxpayer SSN/ITIN: 123-45-6789', '123-45-6789'],
  ['The SSN of John Smith, our client, is 123456789.', '123456789'],
  ['Social Security Number\n123-45-6789\n', '123-45-6789'],
  ['patient 123-45-6789 admitted', '123-45-6789'],
  ['Serial no 4111111111111111'],
  ['Ticket 4111111111111111'],
  ['tel:4111111111111111'],
  ['Your tracking number is 4111111111111111'],
  ['tracking: 5555 5555 5555 4444'],
  ['request_id=4111111111111111'],
  ['ts=4111111111111111 ns'],
  ['order-4111111111111111'],
  ['ORD4111111111111111'],
  ['4111111111111111.25'],
  ['4,111.1111'],
  ['x4111111111111111'],
  ['4111111111111111a'],
  ['user@4111111111111111.com'],
  ['4111-1111-1111-1111-1111'],
  ['9999-4111-1111-1111-1111'],
  ['123-45-6789-1'],
  ['12-3456789'],
  ['987-65-4321'],
  ['123-456-789'],
  ['1234-56-7890'],
  ['+1 4111 1111 1111 1111'],
  ['+4111 1111 1111 111'],
  ['part 123-45-6789'],
  ['SKU: 123-45-6789'],
  ['978-3-16-148410-0 ISBN 9783161484100'],
  ['2026-11-21T08:00:00 1763712000 1763712000000 1763712000000000'],
  ['SSN: N/A, account 123456789'],
  ['zip 12345-6789'],
  ['DE00370400440532013000'],
  ['AKIAIOSFODNN7EXAMPLX', 'AKIAIOSFODNN7EXAMPLX'],
  ['IBAN: gb29 nwbk 6016 1331 9268 19', 'gb29 nwbk 6016 1331 9268 19'],
  ['GB29-NWBK-6016-1331-9268-19', 'GB29-NWBK-6016-1331-9268-19'],
  ['IBAN:DE89370400440532013000.', 'DE89370400440532013000'],
  ['NO9386011117947', 'NO9386011117947'],
  [
    '"aws_secret_access_key": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"',
    'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  ],
  ['Bank account 4111111111111111'],
  ['account number: 4111 1111 1111 1111', '4111 1111 1111 1111'],
  ['Account: 4111111111111111', '4111111111111111'],
  ['customer_id 4111111111111111'],
  ['transaction id: 4111111111111111'],
  ['Transaction 4111111111111111'],
  ['case 4111111111111111'],
  ['Confirmation #: 4111111111111111'],
  ['PNR/e-ticket 4111111111111111'],
  ['https://x.com/i/status/4111111111111111'],
  ['https://shop.example/orders/4111111111111111/items'],
  ['file_4111111111111111.pdf', '4111111111111111'],
  ['version 4111.1111.1111.1111'],
  ['4111.1111.1111.1111', '4111.1111.1111.1111'],
  ['50 1800 0000 0009'],
  ['AWS account 501800000009'],
  ['501800000009', '501800000009'],
  ['5018 0000 0009', '5018 0000 0009'],
  ['6759649826438453', '6759649826438453'],
  ['Order date 2026-11-21 card: 4222222222222', '4222222222222'],
  ['SSN,Card\n123456789,4111111111111111\n', '123456789', '4111111111111111'],
  ['SSNs\n123-45-6789\n234-56-7891', '123-45-6789', '234-56-7891'],
  ['Card number: 4111 1111\n1111 1111 expires', '4111 1111\n1111 1111'],
  ['Card: 41111111\n11111111', '41111111\n11111111'],
  ['ID: 4111111111111111'],
  ['id 4111111111111111'],
  ['"id": 4111111111111111'],
];

test.each(cases.map(([text, ...found]) => ({ text, found })))('$text', ({ text, found }) => {
  expect(findSensitiveData(text).map(({ start, end }) => text.slice(start, end))).toEqual(found);
});

/** Made at run time: no published number, so that nothing but the text speaks for it. */
const visa = withCheckDigit('491698765432109');
const inGroups = (visa.match(/.{4}/g) ?? []).join(' ');
const hyphened = inGroups.replaceAll(' ', '-');
const maestro = withCheckDigit('561234567890');

describe('an unpublished number', () => {
  test.each([
    ['alone', visa, visa],
    ['in a sentence', `it is ${inGroups}.`, inGroups],
    ['after a decimal point', `0.${visa}`],
    ['before a decimal point', `${visa}.50`],
    ['before a full stop', `${visa}. Then`, visa],
    ['after an abbreviation', `No.${visa}`, visa],
    ['in a word', `ab${visa}`],
    ['before letters', `${visa}ab`],
    ['before an expiry word', `${visa}exp1227`, visa],
    ['after CJK', `号${visa}号`, visa],
    ['after a plus', `+${visa}`],
    ['after a currency', `$${visa}`],
    ['before a unit', `${visa} bytes`],
    ['after a code', `A1-${visa}`],
    ['after capitals', `TX-${visa}`],
    ['after a word and a hyphen', `scan-${visa}`, visa],
    ['after a word for another number', `shipment_${visa}`],
    ['with hyphens after a word', `model-${hyphened}`],
    ['with hyphens after a word, beside a card word', `scan-${hyphened} credit`, hyphened],
    ['before a code', `${visa}-A1`],
    ['before a word and a hyphen', `${visa}-front`, visa],
    ['before a month', `${visa}-0928`, visa],
    ['after a digit and a slash', `7/${visa}`],
    ['after a digit and a slash, a card', `card 7/${visa}`, visa],
    ['after an address', `2001:db8:${visa}`],
    ['after a time of day', `card at 10:${visa}`, visa],
    ['after a key', `value:${visa}`, visa],
    ['an address', `${visa}@example.com`],
    ['before more groups', `${inGroups} 5678`],
    ['before more groups, a card', `card ${inGroups} 5678`, inGroups],
    ['before an expiry in a line of numbers', `${inGroups} 1140 5729`],
    ['with hyphens before a group', `${hyphened}-5678`],
    ['with hyphens before an expiry', `${hyphened}-0928`, hyphened],
    ['after a group', `5678 ${inGroups}`],
    ['after an ordinal', `3 ${inGroups}`, inGroups],
    ['after a prefix of a phone', `+49 ${inGroups}`],
    ['after a line of a letter', `Total 12\n${inGroups}`, inGroups],
    ['within what begins like an IBAN', `XX12 ABCD ${inGroups}`],
    ['in odd groups', `${visa.slice(0, 5)} ${visa.slice(5)}`],
    [
      'in odd groups, a card',
      `card ${visa.slice(0, 5)} ${visa.slice(5)}`,
      `${visa.slice(0, 5)} ${visa.slice(5)}`,
    ],
    ['wrapped, without a word', `${inGroups.slice(0, 9)}\n${inGroups.slice(10)}`],
    [
      'wrapped in a sentence',
      `It was ${inGroups.slice(0, 9)}\n${inGroups.slice(10)} then`,
      `${inGroups.slice(0, 9)}\n${inGroups.slice(10)}`,
    ],
    ['in a column', `card\n${inGroups.replaceAll(' ', '\n')}`],
    ['as a row of a table', `1234 5678 9012 3456\n${inGroups}\n`],
    ['in groups, an order', `order ${inGroups}`],
    ['in groups, an order that is paid', `payment for order ${inGroups}`, inGroups],
    ['on a loyalty card', `loyalty card ${visa}`],
    ['as a card id', `card id ${visa}`, visa],
    ['as an id', `id ${visa}`],
    ['after another order', `Order 1234, Ann Lee, ${visa}`, visa],
    ['that an order is', `Order shipped as ${visa}`],
    ['of a customer', `Customer: ${visa}`],
    ['of a bank account', `bank account ${visa}`],
    ['below a title of orders', `order,total\n${visa},1\n`],
    ['below a title of cards', `card,total\n${maestro},1\n`, maestro],
    ['of a rare prefix and length', maestro],
    ['of a rare prefix and length, a card', `card ${maestro}`, maestro],
    ['of a rare prefix and length, after another card', `${visa}\n${maestro}`, visa, maestro],
  ] satisfies readonly (readonly [string, string, ...string[]])[])('%s', (_, text, ...found) => {
    expect(findSensitiveData(text).map(({ start, end }) => text.slice(start, end))).toEqual(found);
  });
});

test('a finding names its kind, place, masked value, confidence and reason, and never the value', () => {
  expect(findSensitiveData('Card 4111 1111 1111 1111, SSN 123-45-6789')).toEqual([
    {
      kind: 'payment-card',
      start: 5,
      end: 24,
      masked: '411111******1111',
      confidence: 'high',
      reason: 'Visa, 16 digits, Luhn, in groups',
    },
    {
      kind: 'us-ssn',
      start: 30,
      end: 41,
      masked: '***-**-6789',
      confidence: 'high',
      reason: 'social security number, in groups, named as such',
    },
  ]);
  const masked = ['GB29NWBK60161331926819', 'AKIAIOSFODNN7EXAMPLE'].map(
    text => findSensitiveData(text)[0]?.masked,
  );
  expect(masked).toEqual(['GB****************6819', '****************MPLE']);
});

describe('options', () => {
  const text = 'card 4111111111111111, IBAN GB29NWBK60161331926819, AKIAIOSFODNN7EXAMPLE, SSN 123-45-6789';

  test('kinds are what is looked for', () => {
    const kinds = sensitiveKinds.filter(({ name }) => name === 'iban');
    expect(findSensitiveData(text, { kinds }).map(({ kind }) => kind)).toEqual(['iban']);
  });

  test('published test numbers and documentation keys can be passed over', () => {
    const own = withCheckDigit('411111111111129');
    const found = findSensitiveData(`${text}, card ${own}`, { testNumbers: false });
    expect(found.map(({ kind }) => kind)).toEqual(['iban', 'us-ssn', 'payment-card']);
  });

  const badge: SensitiveKind = { name: 'badge', pattern: /\bB-[0-9]{6}\b/, longest: 8, keywords: ['Badge'] };

  test.each([
    ['beside its keyword', 'badge B-123456', ['B-123456']],
    ['without it', 'part B-123456', []],
    ['below it in a table', 'name,badge number\nBob,B-123456\n', ['B-123456']],
  ])('a kind of one\u2019s own: %s', (_, given, found) => {
    expect(
      findSensitiveData(given, { kinds: [badge] }).map(({ start, end }) => given.slice(start, end)),
    ).toEqual(found);
  });

  test('of overlapping kinds the earlier wins', () => {
    const digits: SensitiveKind = { name: 'digits', pattern: /[0-9]{4}/, longest: 4 };
    const kindsOf = (kinds: SensitiveKind[]) =>
      findSensitiveData('4111111111111111', { kinds }).map(({ kind }) => kind);
    const card = sensitiveKinds.filter(({ name }) => name === 'payment-card');
    expect(kindsOf([...card, digits])).toEqual(['payment-card']);
    expect(kindsOf([digits, ...card])).toEqual(['digits', 'digits', 'digits', 'digits']);
  });

  test('a kind that would match without bound is refused', () => {
    expect(() => findSensitiveData('', { kinds: [{ name: 'all', pattern: /.+/, longest: 5000 }] })).toThrow(
      RangeError,
    );
  });

  test('a pattern that matches nothing finds nothing', () => {
    expect(findSensitiveData('abc', { kinds: [{ name: 'void', pattern: /x*/, longest: 4 }] })).toEqual([]);
  });
});

describe('a stream', () => {
  const pieces = fc.constantFrom(
    'Card 4111 1111 1111 1111 12/27\n',
    '4111-1111-1111-1111',
    ' 5500 0000 0000 0004 ',
    '4111&nbsp;1111&nbsp;1111&nbsp;1111',
    '4111\n',
    'name,ssn\n',
    'Bob,123456789\n',
    '"x, y","234567891"\n',
    'a,b,c\n',
    '\n\n',
    'SSN 123-45-6789 ',
    '123456789',
    'GB29 NWBK 6016 1331 9268 19 ',
    'AKIAIOSFODNN7EXAMPLE ',
    'order no. ',
    '%20',
    '\u200b',
    'lorem ipsum dolor '.repeat(300),
    '4111 1111 1111 111 '.repeat(200),
    '1'.repeat(3000),
    'ssn,'.repeat(700),
    '"',
  );
  const cuts = fc.array(fc.integer({ min: 1, max: 40_000 }), { minLength: 1, maxLength: 6 });

  test('finds the same wherever the text is cut', () => {
    fc.assert(
      fc.property(fc.array(pieces, { minLength: 20, maxLength: 60 }), cuts, (parts, sizes) => {
        const text = parts.join('');
        const stream = new SensitiveDataStream();
        const found = [];
        for (let at = 0, turn = 0; at < text.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          found.push(...stream.push(text.slice(at, at + size)));
          at += size;
        }
        found.push(...stream.end());
        expect(found).toEqual(findSensitiveData(text));
      }),
      { numRuns: 60 },
    );
  });

  test('finds the same whichever unit the search stops at', () => {
    const lead = 'lorem ipsum dolor sit amet\n'.repeat(700);
    const dense = [
      'name,order_id,ssn\n"x, y",4111111111111111,123456789\n\nSSN 123-45-6789\n',
      '1234 5678 9012 3456\n4111 1111 1111 1111\n\nCard 4111&nbsp;1111&nbsp;1111&nbsp;1111 5500 0000 0000 0004\n',
      '5678 4111 1111 1111 1111 0000\nGB29 NWBK 6016 1331 9268 19, AKIAIOSFODNN7EXAMPLE, order no. 4111111111111111\n',
      'The social security number of Ann Lee, the plaintiff, is 123456789.\n',
      'aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n',
    ].join('');
    const text = `${lead}${dense}${'x '.repeat(1500)}`;
    const expected = findSensitiveData(dense).map(({ kind, start }) => [kind, start + lead.length]);
    expect(expected.length).toBeGreaterThan(6);
    for (let cut = lead.length; cut < text.length; cut += 3) {
      const stream = new SensitiveDataStream();
      const found = [...stream.push(text.slice(0, cut)), ...stream.push(text.slice(cut)), ...stream.end()];
      expect(found.map(({ kind, start }) => [kind, start])).toEqual(expected);
    }
  });

  test('finds in order and without overlap', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), parts => {
        const found = findSensitiveData(parts.join(''));
        for (const [index, { start, end }] of found.entries()) {
          expect(start).toBeGreaterThanOrEqual(found[index - 1]?.end ?? 0);
          expect(end).toBeGreaterThan(start);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('remembers the title of a column far above', () => {
    const rows = Array.from({ length: 20_000 }, (_, row) => `${row},x,\n`).join('');
    const stream = new SensitiveDataStream();
    const found = [
      ...stream.push('id,name,ssn\n'),
      ...stream.push(rows),
      ...stream.push('9,y,123456789\n'),
      ...stream.end(),
    ];
    expect(found.map(({ kind, start }) => [kind, start])).toEqual([['us-ssn', 12 + rows.length + 4]]);
  });

  test('has an end', () => {
    const stream = new SensitiveDataStream();
    stream.push('4111111111111111');
    expect(stream.end()).toHaveLength(1);
    expect(stream.end()).toEqual([]);
    expect(() => stream.push('x')).toThrow(TypeError);
  });
});

describe('hostile text', () => {
  const length = 200_000;
  test.each([
    ['digits only', '4', 1],
    ['groups of four', '4111 '],
    ['groups by hyphens', '4111-'],
    ['a card but for its last digit', '4111 1111 1111 111 '],
    ['blanks', ' '],
    ['invisible characters between digits', '4\u200b', 2],
    ['invisible characters before digits', '\u200b4', 2],
    ['account numbers', 'DE89 '],
    ['keywords', 'ssn card '],
    ['titles', 'ssn,card\n'],
    ['quotes', '"'],
    ['half an escape', '&#'],
    ['hyphens and digits', '1-'],
    ['short tables', 'a,b\n\n'],
  ] satisfies readonly (readonly [string, string, number?])[])(
    '%s: judges a bounded number of candidates for its length',
    (_, pattern, most = length) => {
      let judged = 0;
      const kinds = sensitiveKinds.map(kind => ({
        ...kind,
        check: (candidate: Parameters<NonNullable<SensitiveKind['check']>>[0]) => {
          judged += 1;
          return kind.check?.(candidate);
        },
      }));
      findSensitiveData(pattern.repeat(length / pattern.length), { kinds });
      expect(judged).toBeLessThanOrEqual(most);
    },
  );
});
