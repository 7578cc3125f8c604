import * as z from 'zod';
import { flag, list, logRetention } from './configuration-values.ts';

/** The bits that name the network in a range of IPv4 addresses, such as 20 in 10.64.0.0/20; `undefined` for no range. */
function prefixOf(range: string): number | undefined {
  const [, address = '', prefix = ''] = /^((?:\d{1,3}\.){3}\d{1,3})\/(\d{1,2})$/.exec(range) ?? [];
  const octets = address.split('.').map(Number);
  const bits = Number(prefix);
  if (prefix === '' || bits > 32 || octets.some(octet => octet > 255)) return undefined;
  const number = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  return number % 2 ** (32 - bits) === 0 ? bits : undefined;
}

/** The network that functions run in. */
export const networkConfiguration = {
  /**
   * Build a network of isolated subnets, and run in it all functions but those that call IAM or other regions. By default
   * in prod only. AWS bills its interface endpoints by the hour, each in each zone.
   */
  createNetwork: flag.optional(),
  /**
   * Zones that the network has a subnet in, three to six, such as eu-central-1a. Without any, the first three that the
   * account names at deployment; name them where one of those has no endpoint of a service. A region of two zones takes no network of ours. Fixed once
   * functions run there.
   */
  availabilityZones: list(
    z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, 'must be a zone of a region, such as eu-central-1a'),
  ).default([]),
  /** Private IPv4 addresses of the network, /16 to /24, divided among the zones. Fixed once functions run there. */
  networkAddresses: z
    .string()
    .refine(
      range => prefixOf(range) !== undefined,
      'must be a range of IPv4 addresses that begins where its prefix says, such as 10.64.0.0/20',
    )
    .default('10.64.0.0/20'),
  /** Days for which the network's flow logs are kept; one of the periods CloudWatch Logs offers. */
  flowLogRetentionDays: logRetention.default(90),
};

type NetworkConfiguration = z.output<z.ZodObject<typeof networkConfiguration>>;

/** Addresses of one subnet, at least: AWS takes five, each endpoint one, and the functions share interfaces of one each. */
const fewestAddresses = 64;

/** Choices of a network that cannot be built, one line each. */
export function networkFaults(
  context: NetworkConfiguration & { readonly region?: string | undefined },
): string[] {
  const { availabilityZones: zones, networkAddresses, region } = context;
  const faults: string[] = [];
  if (zones.length > 0 && (zones.length < 3 || zones.length > 6)) {
    faults.push(`availabilityZones: names ${zones.length}; name three to six, or none`);
  }
  const regions = [...new Set([...zones.map(zone => zone.slice(0, -1)), ...(region ? [region] : [])])];
  if (zones.length > 0 && regions.length > 1) {
    faults.push(
      `availabilityZones: ${zones.join(', ')} are not zones of one region${region === undefined ? '' : `, ${region}`}`,
    );
  }
  const prefix = prefixOf(networkAddresses) ?? 0;
  const addresses = 2 ** (32 - prefix - Math.ceil(Math.log2(Math.max(zones.length, 3))));
  if (prefix < 16)
    faults.push(`networkAddresses: ${networkAddresses} is wider than /16, which a VPC cannot be`);
  if (addresses < fewestAddresses) {
    faults.push(
      `networkAddresses: ${networkAddresses} leaves ${addresses} addresses for each zone; ${fewestAddresses} is the least`,
    );
  }
  return faults;
}
