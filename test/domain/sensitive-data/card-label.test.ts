import { describe, expect, test } from '@jest/globals';
import { findSensitiveData } from '../../../src/domain/sensitive-data/find-sensitive-data.ts';
import { withCheckDigit } from './labelled-set/made-up-numbers.ts';

/** Made at run time: no published number, so that nothing but the text speaks for it. */
const visa = withCheckDigit('491698765432109');
const amex = withCheckDigit('37169876543210');
const diners = withCheckDigit('3616987654321');
const inGroups = (visa.match(/.{4}/g) ?? []).join(' ');
const account = withCheckDigit('56180000000');

const found = (text: string) => findSensitiveData(text).map(({ start, end }) => text.slice(start, end));

/** What is numbered, coded, keyed or counted by another name; in the languages that documents come in. */
const otherNames = [
  [
    'a customer',
    'Customer no.',
    'client number',
    'MRN',
    'member no.',
    'subscriber no.',
    'employee number',
    'Patient',
  ],
  ['a device', 'S/N', 'P/N', 'Ser. No.', 'IMEISV', 'EID', 'model no.', 'machine code'],
  [
    'a payment',
    'auth code',
    'Authorization code',
    'approval code',
    'RRN',
    'STAN',
    'Merchant number',
    'terminal',
    'receipt no.',
    'check number',
    'cheque no.',
    'loan number',
    'voucher',
    'coupon code',
    'payment id',
    'balance',
    'amount',
  ],
  ['a bank', 'CLABE', 'bank account', 'Kontonummer', 'Nº de cuenta', 'compte', 'routing number'],
  [
    'a company',
    'SIRET',
    'GLN',
    'SSCC',
    'project number',
    'PO #',
    'job number',
    'docket',
    'file number',
    'record',
  ],
  [
    'software',
    'license key',
    'product key',
    'fingerprint',
    'views',
    'fbid',
    'guild',
    'channel',
    'createdAt',
    'updated_at',
    'expires_at',
    'ts_us',
    'EAN-13',
    'session id',
    'rowId',
    'count',
  ],
  [
    'German',
    'Bestellnr.',
    'Rechnungsnr.',
    'Sendungsnr.',
    'Kd-Nr.',
    'Kundennr.',
    'Aktenzeichen',
    'Vorgangsnummer',
    'Referenz',
    'Beleg',
    'Lieferschein',
    'Paket',
    'Gutscheincode',
    'Versicherungsnummer',
    'Mitglied-Nr.',
    'Zählernummer',
    'Buchungsnummer',
    'Antragsnummer',
  ],
  [
    'French',
    'N° client',
    'N° de dossier',
    'contrat',
    'référence',
    'colis',
    'N° de commande',
    'numéro de série',
  ],
  ['Spanish', 'Nº de cliente', 'referencia', 'Nº de guía', 'albarán', 'póliza', 'expediente', 'Pedido nº'],
  [
    'Italian and Dutch',
    'codice cliente',
    'pratica',
    'riferimento',
    'bestelnummer',
    'factuurnummer',
    'klantnummer',
  ],
  ['Japanese and Chinese', 'お問い合わせ番号', '会員番号', '口座番号', '会員カード番号', '订单编号'],
  [
    'a card that pays nothing',
    'loyalty card',
    'health insurance card',
    'student card',
    'memory card',
    'gift card code',
    'Gesundheitskarte',
    'carte vitale',
    'carte de fidélité',
    'tarjeta sanitaria',
  ],
] as const;

describe.each(otherNames)('the number of %s', (_, ...names) => {
  test.each(names)('%s', name => {
    expect(found(`${name}: ${visa}`)).toEqual([]);
    expect(found(`${name}: ${inGroups}`)).toEqual([]);
    expect(found(`name,${name},city\nBob,${visa},Rome\n`)).toEqual([]);
  });
});

test.each([
  ['the title id', `id\tname\n${visa}\tx\n`],
  ['the title id in quotes', `"id","name"\n"${visa}","x"`],
  ['the title id in capitals', `ID;Name\n${visa};x`],
  ['an order behind a sentence of a card', `Your card was charged. Order number: ${inGroups}`],
  ['an order behind a clause of a card', `paid with credit card, order number ${inGroups}`],
  ['an order paid by card', `paid by card for order ${visa}`],
  ['an application for a visa', `Visa application number ${visa}`],
  ['a step of a URL', `https://chat.example/channels/${visa}/${visa}`],
  ['a step of a path', `/api/users/${visa}`],
  ['a mention', `<@${visa}>`],
  ['an amount of views', `${visa} views`],
  ['a percentage', `${visa}%`],
  ['a measurement', `${visa} ± 5`],
  ['a photo', `${visa}.jpg`],
  ['a field of a SWIFT message', `Card payment\n:20:${visa}\n`],
  ['an AWS account in an ARN', `card service arn:aws:iam::${account}:root`],
  ['an AWS account of a registry', `card image ${account}.dkr.ecr.eu-central-1.amazonaws.com/app`],
  ['an AWS account of a queue', `card queue https://sqs.eu-central-1.amazonaws.com/${account}/q`],
  ['the id of an insurance card', `Insurance card ID: ${visa}`],
  ['an id in one word', `txid=${visa}`],
  ['PINs', `PINs: ${inGroups} 1234`],
])('%s is no card', (_, text) => {
  expect(found(text)).toEqual([]);
});

test.each([
  ['a scheme and another name', `Diners Club card ${diners}`, diners],
  ['a scheme and a business', `my Visa Business card ${visa}`, visa],
  ['a scheme and a gift', `Visa gift card ${visa}`, visa],
  ['a scheme, of a company', `Amex Business Card: ${amex}`, amex],
  ['what it is for', `Card number for the booking ${visa}`, visa],
  ['what its details are for', `credit card details for the booking: ${visa}`, visa],
  ['what it is charged for', `The card to charge for this invoice is ${visa}`, visa],
  ['what it is for, in German', `Kreditkarte für die Bestellung: ${visa}`, visa],
  ['what it is for, in French', `Ma carte pour la commande : ${visa}`, visa],
  ['what it is for, in Spanish', `tarjeta para el pedido: ${visa}`, visa],
  ['a word for times', `Here is the card one more time ${visa}`, visa],
  ['a label of times', `please use the same card as last time: ${visa}`, visa],
  ['its update', `card updated: ${visa}`, visa],
  ['its line', `card line ${visa}`, visa],
  ['a call, no label', `last call ${visa}`, visa],
  ['a model, no label', `new model ${visa}`, visa],
  ['a page, no label', `this page ${visa}`, visa],
  ['a sentence on the line above', `We spoke about what stands in the contract\n${visa}\n`, visa],
  ['an expiry and a code behind', `see our contract: ${visa} 12/27 123`, visa],
  ['a path of payments', `https://shop.example/pay/${visa}`, visa],
  ['a number of nothing else', `My number is ${visa}`, visa],
  ['the end of another element', `<card><id>1</id><number>${visa}</number></card>`, visa],
  ['its adjective', `numéro de carte bancaire ${visa}`, visa],
  ['カード番号', `クレジットカード番号：${visa}`, visa],
  ['the question before', `Agent: can I have your card number?\nCustomer: ${visa}\n`, visa],
  ['its French initials', `N° CB : ${visa}`, visa],
  ['a key of one letter', `payload: {"n":"${visa}"}`, visa],
  ['a key with a digit', `DE2=${visa}`, visa],
  ['a dash behind an order', `Order #12345 - ${visa}`, visa],
  ['a plural', `PANs: ${visa}, ${amex}`, visa, amex],
])('a card named by %s', (_, text, ...numbers) => {
  expect(found(text)).toEqual(numbers);
});

describe('a list', () => {
  const other = withCheckDigit('491612345678901');
  test.each([
    ['of orders in a sentence', `Orders ${visa}, ${other} and ${visa} were shipped`],
    ['of invoices', `Invoices: ${visa}; ${other}`],
    ['in JSON', `"trackingNumbers": ["${visa}", "${other}"]`],
    ['in SQL', `WHERE id IN (${visa}, ${other})`],
    ['in lines', `order ids:\n${visa}\n${other}\n`],
    ['with bullets', `serials:\n- ${visa}\n- ${other}\n`],
    ['with ordinals', `Tracking numbers\n\n1. ${visa}\n2. ${other}\n`],
  ])('%s is what its first number is', (_, text) => {
    expect(found(text)).toEqual([]);
  });

  test('ends where a number is called by itself', () => {
    expect(found(`Orders ${visa}, ${other}, card ${visa}`)).toEqual([visa]);
  });
});

describe('titles that only blanks part', () => {
  test('call what begins the line below by the first', () => {
    expect(found(`Order number  Date  Total\n${visa}  2024-01-01  45.00\n`)).toEqual([]);
  });

  test('do not, where one of them is of a card', () => {
    expect(found(`Order paid by card\n${visa}\n`)).toEqual([visa]);
  });
});

describe('a heading of one line', () => {
  test.each([
    ['of a letter', `INVOICE\nACME Ltd\nPaid by Visa\n${visa}\n`, visa],
    ['of an order', `Phone order\nJane Doe\n${visa}\nexp 12/27`, visa],
    ['of many words', `we went through the whole contract\n${visa}\n`, visa],
    ['of accounts', 'Account\nfoo\n212-34-5678', '212-34-5678'],
  ])('%s is no title of what follows', (_, text, ...numbers) => {
    expect(found(text)).toEqual(numbers);
  });

  test('is one of the numbers right below', () => {
    expect(found(`order number\n${visa}\n${visa}\n`)).toEqual([]);
  });
});
