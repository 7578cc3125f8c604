import { mark } from './labelled-document.ts';
import { madeUpAccessKey, madeUpCard, madeUpIban, madeUpSsn, madeUpUsualCard } from './made-up-numbers.ts';
import type { SeededRandom } from './seeded-random.ts';

export type Template = (random: SeededRandom) => string;

/** Sizes of groups in which cards of a length are written. */
const groupings: Readonly<Record<number, readonly (readonly number[])[]>> = {
  12: [[4, 4, 4]],
  13: [
    [4, 4, 4, 1],
    [4, 3, 3, 3],
    [4, 4, 5],
  ],
  14: [
    [4, 6, 4],
    [4, 4, 4, 2],
  ],
  15: [
    [4, 6, 5],
    [5, 5, 5],
  ],
  16: [[4, 4, 4, 4]],
  17: [[4, 4, 4, 4, 1]],
  18: [[4, 4, 4, 4, 2]],
  19: [
    [4, 4, 4, 4, 3],
    [6, 13],
  ],
};
const blanks = [' ', '\u00a0', '\u202f', '\u2009', '  ', '&nbsp;', '%20'];
const dashes = ['-', '\u2013', '\u2011', ' - ', '\u2212'];

function grouped(random: SeededRandom, digits: string, separator: string): string {
  const sizes = random.pick(groupings[digits.length] ?? [[4, 4, 4, 4]]);
  const groups: string[] = [];
  let at = 0;
  for (const size of sizes) {
    groups.push(digits.slice(at, at + size));
    at += size;
  }
  return groups.join(separator);
}

function card(random: SeededRandom): string {
  const digits = madeUpCard(random);
  const form = random.below(10);
  if (form < 4) return mark('payment-card', digits);
  return mark('payment-card', grouped(random, digits, form < 8 ? random.pick(blanks) : random.pick(dashes)));
}

const usual = (random: SeededRandom) => mark('payment-card', madeUpUsualCard(random));
const spaced = (random: SeededRandom) => mark('payment-card', grouped(random, madeUpUsualCard(random), ' '));
const plain = (random: SeededRandom) => mark('payment-card', madeUpCard(random));
const ssn = (random: SeededRandom, separator = '-') => mark('us-ssn', madeUpSsn(random).join(separator));
const iban = (random: SeededRandom) => {
  const number = madeUpIban(random);
  return mark('iban', random.below(2) === 0 ? number : (number.match(/.{1,4}/g) ?? []).join(' '));
};
const key = (random: SeededRandom) => mark('aws-access-key', madeUpAccessKey(random));
const name = (random: SeededRandom) =>
  random.pick(['Ann Lee', 'Jörg Weiß', 'María Ruiz', 'Chloé Martin', 'O. Brien', '李雷', 'Фёдор Петров']);
const expiry = (random: SeededRandom) => `0${1 + random.below(9)}/2${7 + random.below(3)}`;

/** Documents with something to find. */
export const positiveTemplates: Readonly<Record<string, Template>> = {
  'letter with a card': r =>
    `Dear ${name(r)},\n\nplease charge my card ${card(r)} (valid until ${expiry(r)}) for the room.\n\nKind regards\n`,
  'number alone': r => usual(r),
  'number in groups alone': r => `${spaced(r)}\n`,
  'mail, German': r =>
    `Hallo,\nmeine Kreditkartennummer lautet ${card(r)}, gültig bis ${expiry(r)}.\nGruß, ${name(r)}`,
  'mail, French': r => `Bonjour,\nle numéro de ma carte est ${card(r)} et elle expire le ${expiry(r)}.`,
  'mail, Spanish': r => `Hola: el número de mi tarjeta es el ${card(r)}. Gracias, ${name(r)}`,
  'mail, Chinese': r => `我的银行卡号是${plain(r)}，请查收。`,
  'mail, Japanese': r => `カード番号：${card(r)}です。`,
  chat: r =>
    `[10:31] ${name(r)}: ok here it is\n[10:31] ${name(r)}: ${spaced(r)}\n[10:32] ${name(r)}: exp ${expiry(r)} cvv ${r.digits(3)}\n`,
  'expiry and code behind': r => `${spaced(r)} ${expiry(r)} ${r.digits(3)}`,
  'code behind a whole number': r => `${usual(r)} ${r.digits(3)}`,
  'CSV of payments': r =>
    `id,name,card_number,amount\n1,${name(r)},${plain(r)},12.50\n2,${name(r)},${plain(r)},8.00\n3,${name(r)},"${plain(r)}",1.00\n`,
  'CSV with semicolons': r =>
    `Name;Kreditkarte;Betrag\n${name(r)};${card(r)};12,50\n${name(r)};${card(r)};9,00\n`,
  'CSV without titles': r => `${name(r)},${usual(r)},${expiry(r)}\n${name(r)},${usual(r)},${expiry(r)}\n`,
  'tab-separated': r => `customer\tcc\n${name(r)}\t${plain(r)}\n${name(r)}\t${plain(r)}\n`,
  JSON: r => `{"customer":"${name(r)}","cardNumber":"${card(r)}","amount":${r.digits(2)}.5}`,
  'JSON number': r => `{"pan": ${plain(r)}, "exp": "${expiry(r)}"}`,
  XML: r => `<payment><CreditCardNumber>${card(r)}</CreditCardNumber><exp>${expiry(r)}</exp></payment>`,
  'URL query': r => `GET /pay?pan=${plain(r)}&cvv=${r.digits(3)} HTTP/1.1`,
  'log line': r =>
    `2026-11-21T08:00:00.123Z ERROR charge declined card=${plain(r)} requestId=${r.from('0123456789abcdef', 32)}`,
  'track 1': r => `%B${usual(r)}^DOE/JOHN^29121011000000000000000?`,
  'track 2': r => `;${usual(r)}=29121011000000000000?`,
  'list of numbers': r => `${usual(r)}\n${usual(r)}\n${usual(r)}\n`,
  'list of numbers in groups': r => `${spaced(r)}\n${spaced(r)}\n${spaced(r)}\n`,
  'two in a row': r => `Cards: ${spaced(r)} ${spaced(r)}`,
  'two whole ones in a row': r => `${usual(r)} ${usual(r)}, ${usual(r)}`,
  'glued to a word': r => `Visa${mark('payment-card', '4111111111111111')} and card#${usual(r)}`,
  'wrapped line': r => {
    const digits = madeUpUsualCard(r);
    return `The card that I used for it was ${mark('payment-card', `${digits.slice(0, 4)} ${digits.slice(4, 8)}\n${digits.slice(8, 12)} ${digits.slice(12)}`)} as I said.`;
  },
  'full-width digits': r =>
    `カード ${mark('payment-card', [...madeUpUsualCard(r)].map(digit => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)).join(''))}`,
  'dots between groups': r => `card ${mark('payment-card', grouped(r, madeUpUsualCard(r), '.'))}`,
  'soft hyphens': r => `Card no. ${mark('payment-card', grouped(r, madeUpUsualCard(r), '\u00ad'))}.`,
  invoice: r =>
    `INVOICE 2026-${r.digits(5)}\nDate: 21.11.2026\nTotal: 1,250.00 USD\nPaid with Visa ${spaced(r)}\nThank you!\n`,
  receipt: r => `POS 0042  TERM 11223344\nMASTERCARD\n${spaced(r)}\nEXP ${expiry(r)}\nTOTAL EUR 12.40\n`,
  'source code': r => `const testCard = '${usual(r)}';\nexpect(pay(testCard)).toBe(true);\n`,
  markdown: r => `| name | card |\n|---|---|\n| ${name(r)} | ${card(r)} |\n| ${name(r)} | ${card(r)} |\n`,
  HTML: r => `<tr><td>Card</td><td>${card(r)}</td></tr>`,
  'Maestro in odd groups': r => `Maestro card ${mark('payment-card', grouped(r, '6759649826438453', ' '))}`,
  'SSN with hyphens': r => `${name(r)}'s SSN is ${ssn(r)}.`,
  'SSN without a word': r => `Employee: ${name(r)}\n${ssn(r)}\nDate of birth 1980-02-11\n`,
  'SSN with blanks': r => `Social security number: ${ssn(r, ' ')}`,
  'SSN with other dashes': r => `SSN ${ssn(r, r.pick(['\u2013', '\u2011', '\u2010']))}`,
  'SSN bare': r =>
    `${r.pick(['SSN', 'SSN:', 'Social Security Number', 'soc sec no.', 'SS#', 'social security no:'])} ${ssn(r, '')}`,
  'SSN in CSV': r =>
    `name,ssn,salary\n${Array.from({ length: 40 }, () => `${name(r)},${ssn(r, '')},${r.digits(5)}`).join('\n')}\n`,
  'SSN in quoted CSV': r =>
    `"Name";"Social Security Number";"Zip"\n"${name(r)}";"${ssn(r, '')}";"${r.digits(5)}"\n"Smith; Bob";"${ssn(r, '')}";"12345"\n`,
  'SSN in JSON': r =>
    `{"employees":[{"name":"${name(r)}","ssn":"${ssn(r, '')}"},{"name":"x","ssn":${ssn(r, '')}}]}`,
  'SSN in XML': r =>
    `<Person><SSN>${ssn(r, '')}</SSN><SocialSecurityNumber>${ssn(r)}</SocialSecurityNumber></Person>`,
  'SSN list': r => `SSNs: ${ssn(r)}, ${ssn(r)} and ${ssn(r)}`,
  IBAN: r => `Bitte überweisen Sie auf IBAN ${iban(r)}, BIC COBADEFFXXX.`,
  'IBAN in CSV': r => `name,iban\n${name(r)},${iban(r)}\n${name(r)},${iban(r)}\n`,
  'AWS key': r => `[default]\naws_access_key_id = ${key(r)}\nregion = us-east-1\n`,
  'AWS key in a signature': r =>
    `Authorization: AWS4-HMAC-SHA256 Credential=${key(r)}/20261121/us-east-1/s3/aws4_request`,
  'AWS secret': r =>
    `export AWS_SECRET_ACCESS_KEY=${mark('aws-access-key', `${r.from('ABCDEFGHabcdefgh0123456789/+', 36)}aB3/`)}\n`,
  'card among other numbers': r =>
    `Order ${r.digits(8)}, phone +1 (555) 010-${r.digits(4)}, card ${card(r)}, tracking 1Z999AA1${r.digits(10)}`,
};
