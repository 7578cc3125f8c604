import { describe, expect, test } from '@jest/globals';
import { ConfigurationError, readConfiguration } from '../../../infra/config/configuration.ts';

const thirdParty = {
  thirdPartyPrincipal: 'arn:aws:iam::444455556666:role/delivery/sender',
  thirdPartyExternalId: 'sallyport-4711',
  thirdPartyAddresses: '203.0.113.0/24, 2001:db8:1::/48,203.0.113.0/24',
};

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

describe('a third party', () => {
  test('is a principal, an external id and addresses', () => {
    expect(readConfiguration(thirdParty)).toMatchObject({
      ...thirdParty,
      thirdPartyAddresses: ['203.0.113.0/24', '2001:db8:1::/48'],
    });
  });

  test.each([
    [['thirdPartyPrincipal']],
    [['thirdPartyExternalId']],
    [['thirdPartyAddresses']],
    [['thirdPartyPrincipal', 'thirdPartyExternalId']],
    [['thirdPartyExternalId', 'thirdPartyAddresses']],
  ])('lacks nothing: without %j the fault names what is missing', missing => {
    const context = Object.fromEntries(
      Object.entries(thirdParty).filter(([name]) => !missing.includes(name)),
    );
    expect(faultsOf(context)).toEqual(
      missing.map(name => expect.stringMatching(new RegExp(`^${name}: a third party takes all of`))),
    );
  });

  test.each([
    ['444455556666'],
    ['arn:aws:iam::444455556666:root'],
    ['arn:aws-us-gov:iam::444455556666:role/sender'],
  ])('may be %s', thirdPartyPrincipal => {
    expect(faultsOf({ ...thirdParty, thirdPartyPrincipal })).toEqual([]);
  });

  test.each([
    ['anybody', '*'],
    ['half an account', '4444'],
    ['a user, who has keys for years', 'arn:aws:iam::444455556666:user/sender'],
    ['any role', 'arn:aws:iam::444455556666:role/*'],
    ['a session', 'arn:aws:sts::444455556666:assumed-role/sender/x'],
  ])('is not %s', (_name, thirdPartyPrincipal) => {
    expect(faultsOf({ ...thirdParty, thirdPartyPrincipal })).toEqual([
      expect.stringMatching(/^thirdPartyPrincipal: must be an account/),
    ]);
  });

  test.each([
    ['x'.repeat(2), true],
    ['x'.repeat(1224), true],
    ['A-1_+=,.@:/', true],
    ['x', false],
    ['x'.repeat(1225), false],
    ['two words', false],
    ['any*', false],
  ])('says an external id as STS takes it: %j', (thirdPartyExternalId, taken) => {
    expect(faultsOf({ ...thirdParty, thirdPartyExternalId }).length === 0).toBe(taken);
  });

  test.each([
    ['203.0.113.7/32', true],
    ['203.0.113.0/8', true],
    ['2001:db8::/16', true],
    ['2001:db8::1/128', true],
    ['203.0.113.7', false],
    ['0.0.0.0/0', false],
    ['203.0.0.0/7', false],
    ['203.0.113.0/33', false],
    ['203.0.113.0/', false],
    ['203.0.113.0/24/24', false],
    ['203.0.113.0/0x18', false],
    ['203.0.113/24', false],
    ['::/0', false],
    ['2001:db8::/15', false],
    ['2001:db8::/129', false],
    ['example.com/24', false],
    ['203.0.113.0/024', false],
    ['2001:db8::1%eth0/64', false],
    ['fe80::1%1/64', false],
    ['172.0.0.0/8', true],
    ['172.15.0.0/16', true],
    ['172.32.0.0/16', true],
    ['192.0.0.0/8', true],
    ['223.255.255.0/24', true],
    ['2600:1f18::/33', true],
  ])('calls from ranges of addresses: %s', (thirdPartyAddresses, taken) => {
    expect(faultsOf({ ...thirdParty, thirdPartyAddresses }).length === 0).toBe(taken);
  });
});

test.each([
  [100, true],
  [101, false],
])("a third party's policy has room for its addresses: %i, %s", (many, taken) => {
  const thirdPartyAddresses = Array.from({ length: many }, (_, place) => `203.0.${place}.0/24`);
  expect(faultsOf({ ...thirdParty, thirdPartyAddresses }).length === 0).toBe(taken);
});

describe('addresses that AWS sees no caller under shut the third party out, and are refused', () => {
  test.each([
    ['0.1.0.0/16', 'of this network'],
    ['10.0.0.0/8', 'private'],
    ['100.64.0.0/10', 'shared by the customers of a provider'],
    ['127.0.0.0/8', 'loopback'],
    ['169.254.169.254/32', 'link-local'],
    ['172.31.255.0/24', 'private'],
    ['192.168.1.0/24', 'private'],
    ['198.19.0.0/16', 'for measurements'],
    ['224.0.0.0/8', 'multicast'],
    ['255.255.255.255/32', 'reserved'],
    ['::1/128', 'not global unicast (2000::/3)'],
    ['::ffff:203.0.113.9/128', 'IPv4, mapped'],
    ['::ffff:cb00:7109/128', 'IPv4, mapped'],
    ['fd00::/16', 'not global unicast (2000::/3)'],
    ['fe80::1/64', 'not global unicast (2000::/3)'],
    ['ff02::/16', 'not global unicast (2000::/3)'],
    ['4000::/16', 'not global unicast (2000::/3)'],
  ])('%s: %s', (thirdPartyAddresses, kind) => {
    expect(faultsOf({ ...thirdParty, thirdPartyAddresses: `203.0.113.0/24,${thirdPartyAddresses}` })).toEqual(
      [
        `thirdPartyAddresses.1: must be public addresses, which AWS sees callers under: ${thirdPartyAddresses} is ${kind}`,
      ],
    );
  });
});

describe('a permissions boundary', () => {
  test.each([
    ['a name', 'team-boundary', true],
    ['a name with its path', 'platform/team-boundary', true],
    ['an ARN', 'arn:aws:iam::111122223333:policy/platform/team-boundary', true],
    ['a policy of AWS', 'arn:aws:iam::aws:policy/PowerUserAccess', true],
    ['no name', '', false],
    ['a role', 'arn:aws:iam::111122223333:role/x', false],
    ['a pattern', 'team-*', false],
    ['a name beyond 128 characters', 'x'.repeat(129), false],
  ])('is %s: %s, %s', (_name, permissionsBoundary, taken) => {
    expect(faultsOf({ permissionsBoundary }).length === 0).toBe(taken);
  });

  test('is of the account that the roles are in', () => {
    const permissionsBoundary = 'arn:aws:iam::444455556666:policy/team-boundary';
    expect(faultsOf({ permissionsBoundary, account: '111122223333' })).toEqual([
      `permissionsBoundary: ${permissionsBoundary} is of account 444455556666, and the deployment of 111122223333`,
    ]);
    expect(faultsOf({ permissionsBoundary, account: '444455556666' })).toEqual([]);
    expect(faultsOf({ permissionsBoundary })).toEqual([]);
    const ofAws = 'arn:aws:iam::aws:policy/PowerUserAccess';
    expect(faultsOf({ permissionsBoundary: ofAws, account: '111122223333' })).toEqual([]);
  });
});

describe('the web ACL of the document API', () => {
  const arn =
    'arn:aws:wafv2:eu-central-1:111122223333:regional/webacl/shared/11111111-2222-3333-4444-555555555555';

  test.each([
    ['a regional one', arn, true],
    ['one of CloudFront', arn.replace('regional', 'global'), false],
    ['one of WAF Classic', 'arn:aws:waf-regional:eu-central-1:111122223333:webacl/x', false],
    ['a name', 'shared', false],
  ])('may be there already: %s', (_name, existingWebAclArn, taken) => {
    expect(faultsOf({ existingWebAclArn }).length === 0).toBe(taken);
  });

  test('that is there already does not go with none at all', () => {
    expect(faultsOf({ existingWebAclArn: arn, documentApiWebAcl: 'false' })).toEqual([
      'existingWebAclArn: is put before the document API, which documentApiWebAcl=false leaves without one',
    ]);
  });

  test.each([
    ['10', true],
    ['2000000000', true],
    ['9', false],
    ['2000000001', false],
  ])('counts as far as WAF does: %s', (documentApiAddressLimit, taken) => {
    expect(faultsOf({ documentApiAddressLimit }).length === 0).toBe(taken);
  });

  test('calls are kept for a period that CloudWatch Logs offers', () => {
    expect(faultsOf({ documentApiChangeRetentionDays: '31' })).toEqual([
      expect.stringMatching(/^documentApiChangeRetentionDays: must be one of 1, 3, 5, /),
    ]);
  });
});

describe('what an ARN names is where the deployment goes, as far as that is said', () => {
  const webAcl = (partition: string, region: string, account: string) =>
    `arn:${partition}:wafv2:${region}:${account}:regional/webacl/shared/11111111-2222-3333-4444-555555555555`;
  const here = { account: '111122223333', region: 'eu-central-1' };
  const government = { account: '111122223333', region: 'us-gov-west-1' };

  test.each<[string, Record<string, string>, string, string[]]>([
    ['existingWebAclArn', here, webAcl('aws', 'eu-central-1', '111122223333'), []],
    ['existingWebAclArn', {}, webAcl('aws', 'us-east-1', '444455556666'), []],
    [
      'existingWebAclArn',
      here,
      webAcl('aws', 'us-east-1', '444455556666'),
      [
        'region us-east-1, and the deployment of eu-central-1',
        'account 444455556666, and the deployment of 111122223333',
      ],
    ],
    [
      'existingWebAclArn',
      government,
      webAcl('aws', 'us-gov-west-1', '111122223333'),
      ['partition aws, and the deployment of aws-us-gov'],
    ],
    ['existingWebAclArn', government, webAcl('aws-us-gov', 'us-gov-west-1', '111122223333'), []],
    ['permissionsBoundary', government, 'arn:aws-us-gov:iam::aws:policy/PowerUserAccess', []],
    [
      'permissionsBoundary',
      government,
      'arn:aws:iam::aws:policy/PowerUserAccess',
      ['partition aws, and the deployment of aws-us-gov'],
    ],
    ['responderArns', here, 'arn:aws:iam::444455556666:role/responder', []],
    [
      'responderArns',
      here,
      'arn:aws-us-gov:iam::111122223333:role/responder',
      ['partition aws-us-gov, and the deployment of aws'],
    ],
    ['responderArns', { region: 'us-iso-east-1' }, 'arn:aws-iso:iam::111122223333:role/responder', []],
  ])('%s in %j: %s', (option, place, arn, wrong) => {
    expect(faultsOf({ ...place, [option]: arn })).toEqual(
      wrong.map(part => `${option}: ${arn} is of ${part}`),
    );
  });

  test('a third party is of the partition: no role of another can be trusted', () => {
    const { thirdPartyPrincipal } = thirdParty;
    expect(faultsOf({ ...thirdParty, ...here })).toEqual([]);
    expect(faultsOf({ ...thirdParty, ...government })).toEqual([
      `thirdPartyPrincipal: ${thirdPartyPrincipal} is of partition aws, and the deployment of aws-us-gov`,
    ]);
    expect(faultsOf({ ...thirdParty, ...government, thirdPartyPrincipal: '444455556666' })).toEqual([]);
  });
});
