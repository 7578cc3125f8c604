import { BlockList, isIP } from 'node:net';

/** Anybody at all is no range: a few thousand networks of the Internet's are as wide as it gets. */
const widest: Readonly<Record<number, number>> = { 4: 8, 6: 16 };

/**
 * What nobody calls AWS from over the internet (IANA IPv4 Special-Purpose Address Registry, RFC 6890). The ranges kept for
 * documentation are none of these: examples are written in them.
 */
const notPublic: readonly (readonly [network: string, length: number, name: string])[] = [
  ['0.0.0.0', 8, 'of this network'],
  ['10.0.0.0', 8, 'private'],
  ['100.64.0.0', 10, 'shared by the customers of a provider'],
  ['127.0.0.0', 8, 'loopback'],
  ['169.254.0.0', 16, 'link-local'],
  ['172.16.0.0', 12, 'private'],
  ['192.168.0.0', 16, 'private'],
  ['198.18.0.0', 15, 'for measurements'],
  ['224.0.0.0', 4, 'multicast'],
  ['240.0.0.0', 4, 'reserved'],
];

/**
 * What is wrong with text that should be a range of public addresses as `aws:SourceIp` takes it, with the length of its
 * prefix; nothing where it is one. A range that no caller's address is in would shut everybody out, and say nothing.
 */
export function addressRangeFault(text: string): string | undefined {
  const [address = '', length = '', ...more] = text.split('/');
  const family = isIP(address);
  const bits = /^(?:0|[1-9]\d{0,2})$/.test(length) ? Number(length) : -1;
  const isRange =
    more.length === 0 &&
    family !== 0 &&
    // A zone is known to one machine alone.
    !address.includes('%') &&
    bits >= (widest[family] ?? 0) &&
    bits <= (family === 4 ? 32 : 128);
  if (!isRange) {
    return 'must be a range such as 203.0.113.0/24 or 2001:db8::/32, no wider than /8 (IPv4) or /16 (IPv6)';
  }
  const kind = family === 4 ? kindOfIpv4(address, bits) : kindOfIpv6(address);
  return kind === undefined
    ? undefined
    : `must be public addresses, which AWS sees callers under: ${text} is ${kind}`;
}

function kindOfIpv4(address: string, bits: number): string | undefined {
  return notPublic.find(
    ([network, length]) => bits >= length && isWithin(address, network, length, 'ipv4'),
  )?.[2];
}

/** Public addresses begin with 001 (RFC 4291; IANA, "IPv6 Global Unicast Address Assignments"). */
function kindOfIpv6(address: string): string | undefined {
  if (isWithin(address, '2000::', 3, 'ipv6')) return undefined;
  // Who calls by IPv4 is seen under the IPv4 address.
  return isWithin(address, '::ffff:0:0', 96, 'ipv6') ? 'IPv4, mapped' : 'not global unicast (2000::/3)';
}

function isWithin(address: string, network: string, length: number, family: 'ipv4' | 'ipv6'): boolean {
  const block = new BlockList();
  block.addSubnet(network, length, family);
  return block.check(address, family);
}
