import { describe, expect, test } from '@jest/globals';
import { planRemediation } from '../../../src/domain/findings/plan-remediation.ts';
import { findingsIn, readFinding } from '../../../src/domain/findings/read-finding.ts';
import fc from '../../seeded-properties.ts';
import { realisticFindings } from './realistic-findings.ts';
import { account, findingEvent, instanceId, longTermKey, policyWith, region } from './sample-findings.ts';

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
    ['id', '', 'is missing'],
    ['accountId', null, 'is missing'],
    ['type', undefined, 'is missing'],
    ['id', 'a b', 'is no id: 1 to 128 letters, digits, and _ . : -'],
    ['accountId', 111122223333, 'is no text'],
    ['accountId', '1234', 'is no 12 digits'],
    ['region', 'nowhere', 'is no region'],
    ['type', 'EC2', 'is not of the form ThreatPurpose:Resource/Family.Mechanism!Artifact'],
    ['severity', '8', 'is no number'],
    ['severity', null, 'is missing'],
    ['severity', 0.9, 'is below 1'],
    ['severity', 10.1, 'is above 10'],
    ['severity', Number.NaN, 'is no number'],
    ['updatedAt', 'yesterday', 'is no time in ISO 8601 with its zone'],
    ['updatedAt', '2026-02-30T00:00:00Z', 'is no time in ISO 8601 with its zone'],
    ['updatedAt', undefined, 'is missing'],
    ['resource', undefined, 'is missing'],
    ['resource', 'x', 'is no object'],
    ['resource.instanceDetails', 'x', 'is no object'],
    ['resource.instanceDetails.instanceId', undefined, 'is missing'],
    ['resource.instanceDetails.instanceId', 'i-0/../x', 'is no id of an instance'],
    ['resource.instanceDetails.instanceId', `i-${'a'.repeat(3000)}`, 'is longer than 2048 characters'],
  ])('%s: %j', (path, value, reason) => {
    expect(faultsOf(withMember(path, value))).toContain(`${path} ${reason}`);
  });

  const user = 'UnauthorizedAccess:IAMUser/TorIPCaller';
  const bucket = 'Discovery:S3/TorIPCaller';
  test.each([
    [user, { resourceType: 'AccessKey' }, 'accessKeyDetails is missing'],
    [user, { accessKeyDetails: [] }, 'accessKeyDetails is no object'],
    [
      user,
      { accessKeyDetails: { userType: 'IAMUser', accessKeyId: 'AKIA&x' } },
      'accessKeyDetails.accessKeyId is no id of an access key',
    ],
    [
      user,
      { accessKeyDetails: { accessKeyId: longTermKey, userName: 'eve/x' } },
      'accessKeyDetails.userName is no name of a user or role',
    ],
    [
      user,
      { accessKeyDetails: { userType: 'AssumedRole', userName: '../app' } },
      'accessKeyDetails.userName is no name of a user or role',
    ],
    [
      user,
      { accessKeyDetails: { principalId: 'AROAX:s', userName: 'a b' } },
      'accessKeyDetails.userName is no name of a user or role',
    ],
    [bucket, { s3BucketDetails: { name: 'ledgers' } }, 's3BucketDetails is no list'],
    [bucket, { s3BucketDetails: ['ledgers'] }, 's3BucketDetails.0 is no object'],
    [bucket, { s3BucketDetails: [{ name: 'a' }] }, 's3BucketDetails.0.name is no name of a bucket'],
    [bucket, { s3BucketDetails: [{ name: 'a/../b' }] }, 's3BucketDetails.0.name is no name of a bucket'],
  ])('%s: %j', (type, resource, fault) => {
    expect(faultsOf({ ...withMember('resource', resource), type })).toEqual([`resource.${fault}`]);
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

  test('and every other one that is wrong, with no word of what they hold', () => {
    const finding = { ...withMember('id', 'do not show'), severity: 'do not show', updatedAt: 'do not show' };
    const faults = faultsOf(finding);
    expect(faults.map(fault => fault.split(' ')[0])).toEqual(['id', 'severity', 'updatedAt']);
    expect(faults.join()).not.toContain('do not show');
  });
});

describe('what no call needs is left out, and named', () => {
  test.each([
    ['partition', 'gcp', { partition: 'aws' }],
    ['arn', 'arn:aws:s3:::x', {}],
    ['createdAt', 'yesterday', {}],
    ['title', 5, { title: '' }],
    ['service', [], { archived: false, count: 1 }],
    ['service.resourceRole', 'VICTIM', {}],
    ['service.archived', 'no', { archived: false }],
    ['service.count', 0, { count: 1 }],
    ['service.eventLastSeen', 7, {}],
    ['resource.resourceType', 7, { instance: { instanceId } }],
    ['resource.instanceDetails.tags', {}, { instance: { tags: {} } }],
    ['resource.accessKeyDetails', 'x', { instance: { instanceId } }],
  ])('%s: %j', (path, value, fields) => {
    expect(readFinding(withMember(path, value))).toMatchObject({
      outcome: 'read',
      finding: { ...fields, ignored: [path] },
    });
  });

  test('and told with the plan', () => {
    const reading = readFinding(withMember('resource.accessKeyDetails', { userName: 'a b' }));
    if (reading.outcome === 'refused') throw new Error('refused');
    expect(reading.finding).not.toHaveProperty('principal');
    expect(planRemediation(reading.finding, undefined, policyWith({ mode: 'plan' })).notes).toContainEqual({
      code: 'fields-ignored',
      explanation: 'not as AWS documents them, so they were left out: resource.accessKeyDetails.userName',
    });
  });

  test('of interfaces what is named as AWS names it, and groups only if all are', () => {
    const networkInterfaces = [
      { networkInterfaceId: '', vpcId: '', securityGroups: [{ groupName: 'x' }] },
      {
        networkInterfaceId: 'eni-0a1',
        vpcId: 'x',
        securityGroups: [{ groupId: 'sg-0a1' }, { groupName: 'x' }],
      },
      { networkInterfaceId: 'eni-0b2', securityGroups: [] },
      { networkInterfaceId: 'x' },
      7,
      null,
    ];
    const at = 'resource.instanceDetails.networkInterfaces';
    expect(readFinding(withMember(at, networkInterfaces))).toMatchObject({
      finding: {
        instance: { interfaces: [{ id: 'eni-0a1' }, { id: 'eni-0b2', groups: [] }] },
        ignored: [`${at}.4`, `${at}.1.vpcId`, `${at}.3.networkInterfaceId`],
      },
    });
  });

  test('of tags those that have a key; their values may be empty', () => {
    const tags = [null, { key: '', value: 'x' }, { key: 'a', value: '' }, { key: 'b', value: 'c' }];
    expect(readFinding(withMember('resource.instanceDetails.tags', tags))).toMatchObject({
      finding: { instance: { tags: { a: '', b: 'c' } } },
    });
  });

  test('of buckets those after the first', () => {
    const resource = { resourceType: 'S3Bucket', s3BucketDetails: [{ name: 'ledgers' }, { name: 'a/b' }] };
    const type = 'Discovery:S3/TorIPCaller';
    expect(readFinding({ ...withMember('resource', resource), type })).toMatchObject({
      finding: { buckets: ['ledgers'], ignored: ['resource.s3BucketDetails.1.name'] },
    });
  });

  test('up to twenty, of a thousand that are looked at', () => {
    const networkInterfaces = Array.from({ length: 1001 }, () => ({ networkInterfaceId: 'x' }));
    const reading = readFinding(withMember('resource.instanceDetails.networkInterfaces', networkInterfaces));
    expect(reading).toMatchObject({ outcome: 'read' });
    expect(reading.outcome === 'read' && reading.finding.ignored).toHaveLength(20);
  });

  test.each([
    ['service/app', 'app'],
    ['aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_Admin_x', 'AWSReservedSSO_Admin_x'],
    ['app', 'app'],
  ])('the path of the role %s', (userName, name) => {
    const accessKeyDetails = { userType: 'AssumedRole', userName };
    expect(readFinding(withMember('resource', { accessKeyDetails }))).toMatchObject({
      finding: { principal: { userName: name } },
    });
  });

  test.each([
    ['cn-north-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['us-iso-east-1', 'aws-iso'],
    ['us-isob-east-1', 'aws-iso-b'],
    ['eu-isoe-west-1', 'aws-iso-e'],
    ['us-isof-south-1', 'aws-iso-f'],
    ['eusc-de-east-1', 'aws-eusc'],
    ['ap-southeast-7', 'aws'],
  ])('no partition: that of %s is %s', (where, partition) => {
    const { partition: _, ...rest } = withMember('region', where);
    expect(readFinding(rest)).toMatchObject({ finding: { region: where, partition } });
  });

  test.each(['eksClusterDetails', 'kubernetesDetails', 'ecsClusterDetails', 'containerDetails'])(
    'no type of resource: with %s, it is no instance of its own',
    details => {
      const finding = withMember('type', 'Execution:Runtime/ReverseShell');
      const { instanceDetails } = finding['resource'] as Json;
      finding['resource'] = { instanceDetails, [details]: { name: 'main' } };
      const reading = readFinding(finding);
      if (reading.outcome === 'refused') throw new Error('refused');
      expect(planRemediation(reading.finding, undefined, policyWith())).toMatchObject({
        disposition: 'notify',
        notes: [{ code: 'not-an-instance' }],
      });
    },
  );

  test('nothing of what says nothing: the type of resource is that of the instance', () => {
    const finding = withMember('resource.eksClusterDetails', { name: '', tags: null });
    (finding['resource'] as Json)['resourceType'] = '';
    const reading = readFinding(finding);
    expect(reading.outcome === 'read' && reading.finding).not.toHaveProperty('resourceType');
  });
});

/** The paths of all members, lists as a whole and their items. */
function pathsOf(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  const within = Object.entries(value).flatMap(([name, member]) => pathsOf(member, [...path, name]));
  return path.length === 0 ? within : [path, ...within];
}

/** A copy with the member at the path replaced; left out, where it is `undefined`. */
function replaced(value: unknown, path: readonly string[], member: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return member;
  if (Array.isArray(value))
    return value.map((item, at) => (String(at) === name ? replaced(item, rest, member) : item));
  const object = value as Json;
  return { ...object, [name]: replaced(object[name], rest, member) };
}

/** What the calls about a finding of this kind are made with, and what tells which finding it is. */
const demanded = [
  ...['id', 'accountId', 'region', 'type', 'severity', 'updatedAt', 'resource'],
  ...['resource.instanceDetails', 'resource.instanceDetails.instanceId'],
  ...[
    'resource.accessKeyDetails',
    'resource.accessKeyDetails.userName',
    'resource.accessKeyDetails.accessKeyId',
  ],
  ...['resource.s3BucketDetails', 'resource.s3BucketDetails.0', 'resource.s3BucketDetails.0.name'],
];

describe.each(Object.entries(realisticFindings))('%s', (_, finding) => {
  const shapes: readonly (readonly [string, (finding: unknown) => unknown])[] = [
    ['event', detail => ({ ...findingEvent(), detail })],
    ['answer', it => ({ Findings: [pascal(it)] })],
    ['bare', it => it],
  ];

  test('is read, the same in all shapes, with nothing left out', () => {
    const [first, ...others] = shapes.map(([, shape]) => readFinding(shape(finding)));
    expect(first?.outcome).toBe('read');
    for (const other of others) expect(other).toEqual(first);
    const { ignored = [] } = first?.outcome === 'read' ? first.finding : {};
    expect(ignored.filter(field => !field.startsWith('resource.accessKeyDetails'))).toEqual([]);
  });

  test('is refused for no member that no call needs, whatever it holds', () => {
    const values = [undefined, null, '', 7, 'no such thing', [], {}];
    const tried = pathsOf(finding).flatMap(path => values.map(value => ({ path, value })));
    for (const [index, { path, value }] of tried.entries()) {
      const [shape, shaped] = shapes[index % shapes.length] ?? ['bare', (it: unknown) => it];
      const name = path.join('.');
      const reading = readFinding(shaped(replaced(finding, path, value)));
      if (reading.outcome === 'read') continue;
      const said = `${shape} ${name} ${JSON.stringify(value)}`;
      const strange = reading.faults.filter(({ field }) => !demanded.includes(field));
      expect([said, strange, demanded.includes(name)]).toEqual([said, [], true]);
    }
  });
});

describe('what a finding needs depends on what is done about it', () => {
  test.each([
    ['an instance that is attacked', 'resource.instanceDetails.instanceId'],
    ['a process in a cluster', 'resource.eksClusterDetails'],
    ['an attack sequence', 'resource'],
    ['an object with malware', 'resource.s3BucketDetails.0.name'],
    ['the root user at the console', 'resource.accessKeyDetails.userName'],
    ['a bucket, by a session', 'resource.accessKeyDetails.userName'],
    ['credentials of an instance', 'resource.accessKeyDetails.accessKeyId'],
    ['credentials of an instance', 'resource.instanceDetails.instanceId'],
  ])('%s needs no %s', (kind, path) => {
    for (const value of [undefined, null, '', 'a b', 7]) {
      expect(readFinding(replaced(realisticFindings[kind], path.split('.'), value))).toMatchObject({
        outcome: 'read',
      });
    }
  });

  test.each([
    ['an instance that acts', 'resource.instanceDetails.instanceId'],
    ['a user with a long-term key', 'resource.accessKeyDetails.userName'],
    ['a user with a long-term key', 'resource.accessKeyDetails.accessKeyId'],
    ['credentials of an instance', 'resource.accessKeyDetails.userName'],
    ['a bucket, by a session', 'resource.s3BucketDetails.0.name'],
  ])('%s needs its %s', (kind, path) => {
    expect(faultsOf(replaced(realisticFindings[kind], path.split('.'), 'a b'))).toHaveLength(1);
  });

  test('as a sample it needs nothing but to be told apart', () => {
    for (const finding of Object.values(realisticFindings)) {
      for (const path of pathsOf(finding).filter(([name]) => name === 'resource')) {
        for (const value of [null, '', 'a b', 7]) {
          const sample = {
            ...(replaced(finding, path, value) as Json),
            service: { additionalInfo: { sample: true } },
          };
          expect(readFinding(sample)).toMatchObject({ outcome: 'read', finding: { sample: true } });
        }
      }
    }
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
