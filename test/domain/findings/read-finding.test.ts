import { describe, expect, test } from '@jest/globals';
import { findingsIn, readFinding } from '../../../src/domain/findings/read-finding.ts';
import fc from '../../seeded-properties.ts';
import { account, findingEvent, instanceId, region } from './sample-findings.ts';

type Json = Record<string, unknown>;

/** As `GetFindings` spells it. */
function pascal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pascal);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`,
      pascal(member),
    ]),
  );
}

/** The finding of the event with a member set, by its path. */
function withMember(path: string, value: unknown): Json {
  const { detail } = findingEvent();
  const names = path.split('.');
  const last = names.pop() ?? '';
  const holder = names.reduce((at, name) => at[name] as Json, detail as Json);
  holder[last] = value;
  return detail;
}

function faultsOf(value: unknown): readonly string[] {
  const reading = readFinding(value);
  return reading.outcome === 'refused' ? reading.faults.map(({ field, reason }) => `${field} ${reason}`) : [];
}

const read = {
  id: '16afba5c5c43e07c9e3e5e2e544e95df',
  arn: `arn:aws:guardduty:${region}:${account}:detector/d1/finding/16afba5c5c43e07c9e3e5e2e544e95df`,
  accountId: account,
  region,
  partition: 'aws',
  type: 'UnauthorizedAccess:EC2/SSHBruteForce',
  severity: 8,
  createdAt: '2026-11-21T07:00:00.000Z',
  updatedAt: '2026-11-21T08:00:00.000Z',
  lastSeenAt: '2026-11-21T07:55:00.000Z',
  title: 'An instance is attacking others.',
  description: 'It tries passwords.',
  sample: false,
  archived: false,
  count: 4,
  role: 'ACTOR',
  resourceType: 'Instance',
  instance: {
    instanceId,
    tags: { Name: 'web-1' },
    interfaces: [{ id: 'eni-0a1', vpcId: 'vpc-0a1', groups: ['sg-0a1', 'sg-0b2'] }],
  },
  buckets: [],
};

describe('a finding is read', () => {
  const { detail } = findingEvent();
  test.each([
    ['the event of EventBridge', findingEvent()],
    ['an event that holds the spelling of the API', { ...findingEvent(), detail: pascal(detail) }],
    ['an answer of GetFindings', { Findings: [pascal(detail)] }],
    ['a bare finding in camelCase', detail],
    ['a bare finding in PascalCase', pascal(detail)],
  ])('from %s', (_, value) => {
    expect(readFinding(value)).toEqual({ outcome: 'read', finding: read });
  });

  test('with no more than it must have', () => {
    const { id, accountId, severity, type, updatedAt } = read;
    const least = {
      id,
      accountId,
      region: 'cn-north-1',
      severity,
      type,
      updatedAt,
      resource: {},
      service: null,
    };
    expect(readFinding(least)).toEqual({
      outcome: 'read',
      finding: {
        id,
        accountId,
        region: 'cn-north-1',
        partition: 'aws-cn',
        severity,
        type,
        updatedAt,
        title: '',
        description: '',
        sample: false,
        archived: false,
        count: 1,
        buckets: [],
      },
    });
  });

  test('with the partition of its region', () => {
    const { partition: _, ...rest } = withMember('region', 'us-gov-west-1');
    expect(readFinding(rest)).toMatchObject({ finding: { partition: 'aws-us-gov' } });
  });

  test('with interfaces as far as they are named', () => {
    const path = 'resource.instanceDetails.networkInterfaces';
    const interfaces = [{ networkInterfaceId: 'eni-0a1', vpcId: null }, { privateIpAddress: '192.0.2.1' }];
    expect(readFinding(withMember(path, interfaces))).toMatchObject({
      finding: { instance: { interfaces: [{ id: 'eni-0a1' }] } },
    });
  });

  test.each([
    { ...detail, Severity: 9 },
    { Severity: 9, ...detail },
  ])('by the names that need no change, where one is there in both spellings: %#', value => {
    expect(readFinding(value)).toMatchObject({ finding: { severity: 8 } });
  });

  test('with its times in one form', () => {
    expect(readFinding(withMember('updatedAt', '2026-11-21T09:00:00+01:00'))).toMatchObject({
      finding: { updatedAt: '2026-11-21T08:00:00.000Z' },
    });
  });

  test('with its texts made printable', () => {
    expect(readFinding(withMember('title', 'a\u202eb'))).toMatchObject({ finding: { title: 'a\\u{202e}b' } });
  });

  test('with principal and buckets', () => {
    const accessKeyDetails = {
      userType: 'IAMUser',
      userName: 'eve',
      principalId: 'AIDAX',
      accessKeyId: null,
    };
    const resource = {
      resourceType: 'S3Bucket',
      accessKeyDetails,
      s3BucketDetails: [{ name: 'a.b' }, { name: 'c-d' }],
    };
    const reading = readFinding(withMember('resource', resource));
    expect(reading).toMatchObject({
      finding: {
        principal: { userType: 'IAMUser', userName: 'eve', principalId: 'AIDAX' },
        buckets: ['a.b', 'c-d'],
      },
    });
  });

  test('without the details of an instance, which GuardDuty may leave out', () => {
    expect(readFinding(withMember('resource', { resourceType: 'Instance' })).outcome).toBe('read');
  });
});

describe('a sample is recognised', () => {
  test.each([
    ['service.additionalInfo', { sample: true }],
    ['service.additionalInfo', { sample: 'true' }],
    ['service.additionalInfo', { value: '{"sample":true}', type: 'default' }],
    ['service.additionalInfo', { Value: '{"sample":true}', Type: 'default' }],
    ['service.additionalInfo', { value: { sample: true } }],
    ['title', '[SAMPLE] An instance is attacking others.'],
  ])('by %s %j', (path, value) => {
    expect(readFinding(withMember(path, value))).toMatchObject({ finding: { sample: true } });
  });

  test.each([
    { sample: false },
    { value: '{"sample":false}' },
    { value: 'no JSON' },
    { value: '[]' },
    'sample',
    null,
  ])('and not by %j', value => {
    expect(readFinding(withMember('service.additionalInfo', value))).toMatchObject({
      finding: { sample: false },
    });
  });

  test('may name what could not be called', () => {
    const finding = withMember('service.additionalInfo', { sample: true });
    const interfaces = [{ networkInterfaceId: 'eni-bfcffe88', vpcId: 'GeneratedFindingVPCId' }];
    finding['resource'] = {
      resourceType: 'Instance',
      instanceDetails: { instanceId, networkInterfaces: interfaces },
    };
    expect(readFinding(finding)).toMatchObject({ finding: { sample: true } });
  });
});

describe('a finding is refused, with the field', () => {
  test.each([
    ['id', undefined, 'is missing'],
    ['id', 'a b', 'is no id: 1 to 128 letters, digits, and _ . : -'],
    ['accountId', 111122223333, 'is no text'],
    ['accountId', '1234', 'is no 12 digits'],
    ['region', 'nowhere', 'is no region'],
    ['partition', 'gcp', 'is no partition'],
    ['arn', 'arn:aws:s3:::x', 'is no ARN of a finding'],
    ['type', 'EC2', 'is not of the form ThreatPurpose:Resource/Family.Mechanism!Artifact'],
    ['severity', '8', 'is no number'],
    ['severity', null, 'is missing'],
    ['severity', 0.9, 'is below 1'],
    ['severity', 10.1, 'is above 10'],
    ['severity', Number.NaN, 'is no number'],
    ['updatedAt', 'yesterday', 'is no time in ISO 8601 with its zone'],
    ['updatedAt', '2026-02-30T00:00:00Z', 'is no time in ISO 8601 with its zone'],
    ['updatedAt', undefined, 'is missing'],
    ['title', 5, 'is no text'],
    ['resource', undefined, 'is missing'],
    ['resource', 'x', 'is no object'],
    ['service', [], 'is no object'],
    ['service.resourceRole', 'VICTIM', 'is neither ACTOR nor TARGET'],
    ['service.archived', 'no', 'is no boolean'],
    ['service.count', 0, 'is below 1'],
    ['resource.resourceType', 7, 'is no text'],
    ['resource.instanceDetails.instanceId', undefined, 'is missing'],
    ['resource.instanceDetails.instanceId', 'i-0/../x', 'is no id of an instance'],
    ['resource.instanceDetails.instanceId', `i-${'a'.repeat(3000)}`, 'is longer than 2048 characters'],
    ['resource.instanceDetails.tags', {}, 'is no list'],
  ])('%s: %j', (path, value, reason) => {
    expect(faultsOf(withMember(path, value))).toContain(`${path} ${reason}`);
  });

  test.each([
    [{ resourceType: 'AccessKey' }, 'resource.accessKeyDetails is missing'],
    [{ resourceType: 'S3Bucket' }, 'resource.s3BucketDetails is missing'],
    [{ s3BucketDetails: [{ name: 'a' }] }, 'resource.s3BucketDetails.0.name is no name of a bucket'],
    [{ s3BucketDetails: [{ name: 'a/../b' }] }, 'resource.s3BucketDetails.0.name is no name of a bucket'],
    [
      { accessKeyDetails: { accessKeyId: 'AKIA&x' } },
      'resource.accessKeyDetails.accessKeyId is no id of an access key',
    ],
    [
      { accessKeyDetails: { userType: 'IAMUser', userName: 'eve/x' } },
      'resource.accessKeyDetails.userName is no name of a user or role',
    ],
    [
      { instanceDetails: { instanceId, networkInterfaces: [{ networkInterfaceId: 'x' }] } },
      'resource.instanceDetails.networkInterfaces.0.networkInterfaceId is no id of a network interface',
    ],
    [
      { instanceDetails: { instanceId, networkInterfaces: Array.from({ length: 1001 }, () => ({})) } },
      'resource.instanceDetails.networkInterfaces holds more than 1000',
    ],
  ])('%j', (resource, fault) => {
    expect(faultsOf(withMember('resource', resource))).toEqual([fault]);
  });

  test('a name that goes into no call may be any', () => {
    const accessKeyDetails = { userType: 'WebIdentityUser', userName: 'accounts.example/x:sub' };
    expect(readFinding(withMember('resource', { accessKeyDetails })).outcome).toBe('read');
  });

  test.each([
    [undefined, ['finding is missing']],
    ['text', ['finding is no object']],
    [{ 'detail-type': 'AWS API Call via CloudTrail', detail: {} }, ['detail-type is not GuardDuty Finding']],
    [{ detail: {} }, ['detail-type is not GuardDuty Finding']],
    [{ 'detail-type': 'GuardDuty Finding' }, ['detail is missing, or no object']],
    [{ Findings: 5 }, ['findings is no list']],
    [{ Findings: [] }, ['findings holds 0; one is read at a time']],
    [{ findings: [{}, {}] }, ['findings holds 2; one is read at a time']],
  ])('%j', (value, faults) => {
    expect(faultsOf(value)).toEqual(faults);
  });

  test('and every other one that is wrong, up to twenty, with no word of what they hold', () => {
    const interfaces = Array.from({ length: 30 }, () => ({ networkInterfaceId: 'do not show' }));
    const faults = faultsOf(withMember('resource.instanceDetails.networkInterfaces', interfaces));
    expect(faults).toHaveLength(20);
    expect(faults.join()).not.toContain('do not show');
  });
});

test('reading never throws, and answers one of two', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(...Object.keys(findingEvent().detail)), (value, field) => {
      for (const tried of [value, withMember(field, value), { ...findingEvent(), detail: value }]) {
        const reading = readFinding(tried);
        if (reading.outcome === 'refused') expect(reading.faults.length).toBeGreaterThan(0);
      }
    }),
  );
});

test.each([
  [{ Findings: [1, 2] }, [1, 2]],
  [{ findings: [] }, []],
  [[3], [3]],
  [{ Findings: 4 }, [{ Findings: 4 }]],
  [null, [null]],
])('the findings in %j', (document, findings) => {
  expect(findingsIn(document)).toEqual(findings);
});
