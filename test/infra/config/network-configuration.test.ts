import { describe, expect, test } from '@jest/globals';
import { ConfigurationError, readConfiguration } from '../../../infra/config/configuration.ts';

/** What is wrong with a configuration, a line each. */
function faultsOf(context: Record<string, unknown>): readonly string[] {
  try {
    readConfiguration(context);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.faults;
  }
}

describe('the network', () => {
  test.each([
    [{}, false],
    [{ env: 'prod' }, true],
    [{ createNetwork: 'true' }, true],
    [{ env: 'prod', createNetwork: 'false' }, false],
  ])('%j: createNetwork is %s', (context, createNetwork) => {
    expect(readConfiguration(context).createNetwork).toBe(createNetwork);
  });

  test('leaves the zones to the deployment, and has addresses of its own', () => {
    expect(readConfiguration({})).toMatchObject({
      availabilityZones: [],
      networkAddresses: '10.64.0.0/20',
      flowLogRetentionDays: 90,
    });
  });

  test.each([
    ['three', { availabilityZones: 'eu-central-1a, eu-central-1b,eu-central-1c' }],
    ['six', { availabilityZones: 'us-east-1a,us-east-1b,us-east-1c,us-east-1d,us-east-1e,us-east-1f' }],
    [
      'three of the region',
      { availabilityZones: 'us-gov-west-1a,us-gov-west-1b,us-gov-west-1c', region: 'us-gov-west-1' },
    ],
  ])('takes %s zones', (_name, context) => {
    expect(faultsOf(context)).toEqual([]);
  });

  test.each([
    [
      'two',
      { availabilityZones: 'eu-central-1a,eu-central-1b' },
      ['availabilityZones: names 2; name three to six'],
    ],
    [
      'one three times',
      { availabilityZones: 'eu-central-1a,eu-central-1a,eu-central-1a' },
      ['availabilityZones: names 1; name three to six'],
    ],
    [
      'seven',
      { availabilityZones: [...'abcdefg'].map(zone => `us-east-1${zone}`) },
      ['availabilityZones: names 7; name three to six'],
    ],
    [
      'those of another region',
      { availabilityZones: 'eu-west-1a,eu-west-1b,eu-west-1c', region: 'eu-central-1' },
      ['availabilityZones: eu-west-1a, eu-west-1b, eu-west-1c are not zones of one region, eu-central-1'],
    ],
    [
      'those of two regions',
      { availabilityZones: 'eu-west-1a,eu-west-1b,eu-central-1c' },
      ['availabilityZones: eu-west-1a, eu-west-1b, eu-central-1c are not zones of one region'],
    ],
    [
      'regions',
      { availabilityZones: 'eu-west-1,eu-west-1b,eu-west-1c' },
      ['availabilityZones.0: must be a zone of a region'],
    ],
    [
      'local zones',
      { availabilityZones: 'us-west-2-lax-1a,us-west-2a,us-west-2b,us-west-2c' },
      ['availabilityZones.0: must be a zone of a region'],
    ],
  ])('refuses %s', (_name, context, expected) => {
    expect(faultsOf(context)).toEqual(expected.map(text => expect.stringContaining(text)));
  });

  test.each([['10.0.0.0/16'], ['192.168.4.0/24'], ['100.64.0.0/18']])('takes %s', networkAddresses => {
    expect(faultsOf({ networkAddresses })).toEqual([]);
  });

  test.each([
    ['10.0.0.1/20', 'must be a range of IPv4 addresses that begins where its prefix says'],
    ['10.0.8.0/20', 'must be a range of IPv4 addresses that begins where its prefix says'],
    ['10.0.256.0/24', 'must be a range of IPv4 addresses'],
    ['10.0.0.0', 'must be a range of IPv4 addresses'],
    ['10.0.0.0/33', 'must be a range of IPv4 addresses'],
    ['2001:db8::/56', 'must be a range of IPv4 addresses'],
    ['10.0.0.0/15', '10.0.0.0/15 is wider than /16'],
    ['10.0.0.0/25', '10.0.0.0/25 leaves 32 addresses for each zone; 64 is the least'],
  ])('refuses %s', (networkAddresses, expected) => {
    expect(faultsOf({ networkAddresses })).toEqual([expect.stringContaining(`networkAddresses: `)]);
    expect(faultsOf({ networkAddresses })).toEqual([expect.stringContaining(expected)]);
  });

  test('divides the addresses among as many zones as are named', () => {
    const zones = (letters: string) => [...letters].map(zone => `us-east-1${zone}`);
    const networkAddresses = '10.0.0.0/24';
    expect(faultsOf({ networkAddresses, availabilityZones: zones('abcd') })).toEqual([]);
    expect(faultsOf({ networkAddresses, availabilityZones: zones('abcde') })).toEqual([
      expect.stringContaining('leaves 32 addresses for each zone'),
    ]);
  });
});
