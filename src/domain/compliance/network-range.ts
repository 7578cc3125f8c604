import * as z from 'zod';

const [ipv4, ipv6] = [z.ipv4(), z.ipv6()];

/**
 * Whether a range of addresses in CIDR notation, or one address, is narrow enough not to be the public: a range of IPv4
 * wider than /8, or of IPv6 wider than /32, is. One that holds IPv4 addresses written as IPv6 (`::ffff:0:0/96`) is as wide
 * as what it holds of them.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status
 */
export function isNarrowRange(cidr: string): boolean {
  const [, address = '', given] = /^([0-9a-fA-F:.]+)(?:\/(\d{1,3}))?$/.exec(cidr) ?? [];
  const bits = ipv4.safeParse(address).success ? 32 : 128;
  const length = given === undefined ? bits : Number(given);
  if (length > bits) return false;
  if (bits === 32) return length >= 8;
  if (!ipv6.safeParse(address).success) return false;
  const common = BigInt(128 - Math.min(length, mappedLength));
  const holdsMapped = ipv6ValueOf(address) >> common === mapped >> common;
  return length >= (holdsMapped ? mappedLength + 8 : 32);
}

/** `::ffff:0:0/96`, the addresses of IPv4 (https://www.rfc-editor.org/rfc/rfc4291#section-2.5.5.2). */
const [mapped, mappedLength] = [0xffff_0000_0000n, 96];

/** @param address A valid one. */
function ipv6ValueOf(address: string): bigint {
  const [head = [], tail = []] = address.split('::').map(groupsOf);
  const zeros = Array<string>(8 - head.length - tail.length).fill('0');
  const groups = [...head, ...zeros, ...tail].map(group => group.padStart(4, '0'));
  return BigInt(`0x${groups.join('')}`);
}

/** Groups of hexadecimal digits; four decimal numbers at the end are two of them. */
function groupsOf(part: string): string[] {
  return part.split(':').flatMap(group => {
    if (group === '') return [];
    if (!group.includes('.')) return [group];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [(a * 256 + b).toString(16), (c * 256 + d).toString(16)];
  });
}
