import type { CidrTest } from './leaf-test.ts';

const ipv4 = /^\d+\.\d+\.\d+\.\d+$/;
const ipv6 = /^[0-9a-fA-F:]+$/;
/** `::ffff:0:0/96`: an address of IPv4 in the form of IPv6 is that of IPv4 (RFC 4291, 2.5.5.2). */
const mapped = `${'0'.repeat(20)}FFFF`;
/** Longer than any address with zeros in front of its numbers that Java reads. */
const longestIpv4 = 15;
const hextets = 8;

/**
 * The hexadecimal digits of an address: 8 of IPv4, 32 of IPv6; `undefined` for any other text. Reads what Java's
 * `InetAddress` reads, as event-ruler does: numbers of IPv4 are decimal however many zeros they begin with, no zone, no
 * IPv4 within IPv6.
 */
export function ipDigits(text: string): string | undefined {
  if (ipv4.test(text)) return ipv4Digits(text);
  if (!text.includes(':') || !ipv6.test(text)) return undefined;
  const digits = ipv6Digits(text);
  return digits?.startsWith(mapped) ? digits.slice(mapped.length) : digits;
}

function ipv4Digits(text: string): string | undefined {
  if (text.length > longestIpv4) return undefined;
  const bytes = text.split('.').map(Number);
  return bytes.some(byte => byte > 0xff) ? undefined : bytes.map(byte => hex(byte, 2)).join('');
}

function ipv6Digits(text: string): string | undefined {
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0) return undefined;
  const [before, after] = [hextetsOf(head), hextetsOf(tail ?? '')];
  if (before === undefined || after === undefined) return undefined;
  const missing = hextets - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  return [...before, ...Array<string>(missing).fill('0000'), ...after].join('');
}

function hextetsOf(part: string): readonly string[] | undefined {
  if (part === '') return [];
  const groups = part.split(':');
  if (groups.length > hextets) return undefined;
  // Zeros in front of a group may be many.
  const values = groups.map(group => group.replace(/^0+(?=.)/, ''));
  if (values.some(value => value === '' || value.length > 4)) return undefined;
  return values.map(value => value.toUpperCase().padStart(4, '0'));
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}

/** A range in CIDR notation, host bits ignored; or why it is none. One address is no range: `/32` and `/128` are refused. */
export function readCidr(text: string): CidrTest | string {
  const [address = '', mask = '', ...more] = text.split('/');
  if (mask === '' || more.some(part => part !== '')) return 'a range of addresses has one slash';
  if (!/^[+-]?\d{1,10}$/.test(mask)) return 'what follows the slash is a number of bits';
  const digits = ipDigits(address);
  if (digits === undefined) return 'what precedes the slash is no address';
  const [length, size] = [Number(mask), digits.length * 4];
  if (length < 0 || length >= size) return `a range has 0 to ${size - 1} bits`;
  const hostBits = BigInt(size - length);
  const first = (BigInt(`0x${digits}`) >> hostBits) << hostBits;
  const last = first | ((1n << hostBits) - 1n);
  const [from, to] = [first, last].map(end => end.toString(16).toUpperCase().padStart(digits.length, '0'));
  return { kind: 'cidr', from: from ?? '', to: to ?? '' };
}
