import { madeUpSsn, madeUpUsualCard, withCheckDigit, withWrongCheckDigit } from './made-up-numbers.ts';
import type { Template } from './positive-templates.ts';
import type { SeededRandom } from './seeded-random.ts';

const hex = '0123456789abcdef';
const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const four = (digits: string) => (digits.match(/.{1,4}/g) ?? []).join(' ');
const uuid = (r: SeededRandom) => [8, 4, 4, 4, 12].map(size => r.from(hex, size)).join('-');
const lines = (count: number, line: () => string) => Array.from({ length: count }, line).join('\n');

/** Hard negatives: nothing in them is sensitive, much of it looks so. Luhn and prefix fit wherever the number has its own name. */
export const negativeTemplates: Readonly<Record<string, Template>> = {
  'wrong check digit': r =>
    `Card ${withWrongCheckDigit(`4${r.digits(14)}`)} was mistyped; so was ${four(withWrongCheckDigit(`55${r.digits(13)}`))}`,
  'no issuer': r =>
    `card ${withCheckDigit(`9${r.digits(14)}`)}, card ${withCheckDigit(`2721${r.digits(11)}`)}, card ${withCheckDigit(`2220${r.digits(11)}`)}`,
  'wrong length': r =>
    `card ${withCheckDigit(`4${r.digits(13)}`)} or ${withCheckDigit(`34${r.digits(13)}`)} or ${withCheckDigit(`51${r.digits(12)}`)}`,
  'too long': r => `${withCheckDigit(`4${r.digits(14)}`)}${r.digits(6)} and ${r.digits(30)}`,
  'unix times': r =>
    lines(
      20,
      () =>
        `1${7 + r.below(3)}${r.digits(8)} 1${7 + r.below(3)}${r.digits(11)} 1${7 + r.below(3)}${r.digits(14)} 1${7 + r.below(3)}${r.digits(17)}`,
    ),
  'compact dates': r =>
    lines(10, () => `2026112108${r.digits(4)} 2026112108${r.digits(7)}.log 20261121T08${r.digits(4)}Z`),
  uuids: r => lines(30, () => uuid(r)),
  'uuids of digits': r => lines(10, () => [8, 4, 4, 4, 12].map(size => r.digits(size)).join('-')),
  'uuid with a card in it': () =>
    'id 41111111-1111-1111-1111-111111111111 and aaaaaaaa-4111-1111-1111-111111111111',
  hashes: r => lines(20, () => `${r.from(hex, 40)} ${r.from(hex, 64)}`),
  'hash around a card': r =>
    `sha1 a${madeUpUsualCard(r)}${r.from(hex, 20)}f and ${r.from(hex, 12)}e${madeUpUsualCard(r)}`,
  base64: r => lines(30, () => r.from(base64, 76)),
  'base64 around a card': r =>
    `data:image/png;base64,iVBORw0KGgo${madeUpUsualCard(r)}AAAA${r.from(base64, 40)}==`,
  phones: r =>
    `Tel. +49 30 ${r.digits(4)} ${r.digits(4)} ${r.digits(2)}, +1 (555) 010-${r.digits(4)}, phone ${withCheckDigit(`4${r.digits(14)}`)}, 555-010-${r.digits(4)}, +4${r.digits(12)}`,
  'order number': r =>
    `Your order ${withCheckDigit(`4${r.digits(14)}`)} has shipped. Order no. ${withCheckDigit(`55${r.digits(13)}`)}, Order #${withCheckDigit(`6011${r.digits(11)}`)}`,
  'order in JSON': r =>
    `{"orderId":"${madeUpUsualCard(r)}","invoice_number":${madeUpUsualCard(r)},"trackingNumber":"${madeUpUsualCard(r)}"}`,
  'order in CSV': r =>
    `order_id,tracking_number,total\n${lines(10, () => `${madeUpUsualCard(r)},${madeUpUsualCard(r)},12.50`)}\n`,
  'order in XML': r => `<OrderNumber>${madeUpUsualCard(r)}</OrderNumber><ref>${madeUpUsualCard(r)}</ref>`,
  Bestellnummer: r =>
    `Ihre Bestellnummer: ${madeUpUsualCard(r)}\nRechnungsnummer ${madeUpUsualCard(r)}\nSendungsnummer: ${madeUpUsualCard(r)}`,
  'prefixed ids': r =>
    `INV-${madeUpUsualCard(r)} TXN-${madeUpUsualCard(r)} PO_${madeUpUsualCard(r)} TRK${madeUpUsualCard(r)}`,
  imei: r =>
    `IMEI: ${withCheckDigit(`35${r.digits(12)}`)} / ${withCheckDigit(`01${r.digits(12)}`)}, ICCID ${withCheckDigit(`8944${r.digits(14)}`)}`,
  barcodes: r =>
    `EAN ${withCheckDigit(`4006${r.digits(8)}`)}\nISBN 978${r.digits(10)}\nbarcode: ${withCheckDigit(`4${r.digits(11)}`)}`,
  tracking: r =>
    `FedEx ${r.digits(12)}, USPS ${four(`9400${r.digits(18)}`)}, UPS 1Z${r.from('0123456789ABCDEF', 16)}, tracking number ${madeUpUsualCard(r)}`,
  decimals: r =>
    `pi 3.${r.digits(16)} e 2.${r.digits(15)} x=0.${madeUpUsualCard(r)} y=4.${r.digits(15)} lat 52.${r.digits(14)} -${r.below(9)}.${madeUpUsualCard(r)}`,
  amounts: r => `$${madeUpUsualCard(r)}.00 and 4,111,111,111,111,111 and ${madeUpUsualCard(r)} bytes`,
  'table of numbers': r =>
    lines(
      25,
      () =>
        `${1000 + r.below(9000)} ${1000 + r.below(9000)} ${1000 + r.below(9000)} ${1000 + r.below(9000)} ${1000 + r.below(9000)} ${1000 + r.below(9000)}`,
    ),
  'table with four columns': r =>
    lines(
      25,
      () => `${1000 + r.below(9000)} ${1000 + r.below(9000)} ${1000 + r.below(9000)} ${1000 + r.below(9000)}`,
    ),
  years: r => lines(10, () => Array.from({ length: 12 }, () => String(1950 + r.below(800))).join(' ')),
  'parts of two numbers': r => `1234 ${four(madeUpUsualCard(r))} 5678 9012`,
  'invalid IBAN': r =>
    `IBAN GB00 NWBK ${four(madeUpUsualCard(r)).slice(0, 17)} and DE00 ${four(madeUpUsualCard(r))} 00`,
  'IP and MAC': r =>
    `10.${r.below(255)}.${r.below(255)}.1 00:1A:2B:${r.digits(2)}:4D:5E 2001:0db8:4111:1111:1111:1111:1111:1111 v4.111.1111`,
  'AWS ids': () =>
    'arn:aws:iam::111122223333:role/x 111122223333 ami-0abcdef1234567890 vpc-12345678901234567',
  snowflakes: r =>
    `https://example.com/status/17${r.digits(17)} message id ${withCheckDigit(`5018${r.digits(14)}`)}`,
  'SSN never assigned': r =>
    `SSN 000-${r.digits(2)}-1234, SSN 666-12-1234, SSN 9${r.digits(2)}-45-6789, SSN 123-00-6789, SSN 123-45-0000, SSN 078-05-1120, SSN 219-09-9999`,
  'SSN within more': r =>
    `0123-45-6789 123-45-6789-0 123-45-67890 1-123-45-6789 123-45-6789.01 A123-45-6789 ${r.digits(3)}-${r.digits(2)}-${r.digits(3)}`,
  'part number': r =>
    `Part no. ${madeUpSsn(r).join('-')}, order ${madeUpSsn(r).join('-')}, phone ${madeUpSsn(r).join('-')}`,
  'bare nine digits': r =>
    `account ${r.digits(9)}, routing 021000021, zip ${r.digits(5)}-${r.digits(4)}, EIN 12-${r.digits(7)}, number ${madeUpSsn(r).join('')}`,
  'other column': r => `name,ssn,employee_id\n${lines(5, () => `x,,${madeUpSsn(r).join('')}`)}\n`,
  'other key': r => `{"ssn":null,"employeeId":${madeUpSsn(r).join('')},"phone":"${madeUpSsn(r).join('')}"}`,
  'phone formats': r => `555-010-${r.digits(4)} 044 ${madeUpSsn(r).join(' ')} +41 ${madeUpSsn(r).join(' ')}`,
  'not a key': r =>
    `AKIA${r.from('0189', 16)} xAKIAIOSFODNN7EXAMPLE AKIAIOSFODNN7EXAMPLE1 akiaiosfodnn7example ${r.from(base64.replace('/', ''), 40)}`,
  'log lines': r =>
    lines(
      20,
      () =>
        `2026-11-21 08:00:${r.digits(2)},${r.digits(3)} [pid ${r.digits(5)}] INFO took ${r.digits(3)}ms id=${r.from(hex, 24)} trace=${uuid(r)} n=${r.digits(6)}`,
    ),
  prose: () =>
    'In 1999 4 of 16 houses were sold for 250 000 EUR each; see pages 4111 to 4116, and chapter 12.4.',
  'masked numbers': r =>
    `card **** **** **** ${r.digits(4)}, 4111 11** **** 1111, XXX-XX-${r.digits(4)}, ending in ${r.digits(4)}`,
};
