import { describe, expect, test } from '@jest/globals';
import { findingRoutes } from '../../../src/domain/findings/finding-routes.ts';
import { parseFindingType } from '../../../src/domain/findings/finding-type.ts';
import { manualSteps, manualTopics } from '../../../src/domain/findings/manual-steps.ts';
import { dispositions } from '../../../src/domain/findings/remediation-plan.ts';
import { routeFinding } from '../../../src/domain/findings/route-finding.ts';
import fc from '../../seeded-properties.ts';

const types = [...findingRoutes.keys()];

/** How many types there are of a resource. */
function tally(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const type of types) {
    const resource = parseFindingType(type)?.resource ?? 'none';
    counts[resource] = (counts[resource] ?? 0) + 1;
  }
  return counts;
}

describe('the routing table', () => {
  test('holds every type that AWS documents, by resource', () => {
    expect(tally()).toEqual({
      EC2: 55,
      Runtime: 46,
      Kubernetes: 37,
      IAMUser: 41,
      S3: 30,
      RDS: 13,
      Lambda: 9,
      ECS: 3,
      IAM: 4,
      Container: 2,
      EKS: 1,
      SES: 2,
      Organizations: 2,
      RolesAnywhere: 1,
      Route53Resolver: 1,
      SageMaker: 1,
    });
  });

  test.each(types)('%s is of the grammar, known, and has something for people to do', type => {
    expect(parseFindingType(type)).toBeDefined();
    const { disposition, topic, unknown } = routeFinding(type);
    expect(dispositions).toContain(disposition);
    expect(manualSteps(topic).length).toBeGreaterThan(0);
    expect(unknown).toBe(false);
  });

  test('has no text that nobody is told, but those for unknown types and for who is attacked', () => {
    const told = new Set([...findingRoutes.values()].map(({ topic }) => topic));
    expect(manualTopics.filter(topic => !told.has(topic))).toEqual(['target', 'unknown']);
  });

  test.each([
    ['Backdoor:EC2/C&CActivity.B!DNS', 'contain-instance'],
    ['UnauthorizedAccess:EC2/SSHBruteForce', 'contain-instance'],
    ['CryptoCurrency:EC2/BitcoinTool.B', 'contain-instance'],
    ['Execution:EC2/MaliciousFile', 'contain-instance'],
    ['Execution:EC2/MaliciousFile!Snapshot', 'notify'],
    ['Impact:Runtime/CryptoMinerExecuted', 'contain-instance'],
    ['UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS', 'contain-credentials'],
    ['Policy:S3/BucketAnonymousAccessGranted', 'contain-bucket'],
    ['Policy:S3/AccountBlockPublicAccessDisabled', 'notify'],
    ['Object:S3/MaliciousFile', 'notify'],
    ['PrivilegeEscalation:Kubernetes/AnomalousBehavior.WorkloadDeployed!PrivilegedContainer', 'notify'],
    ['CredentialAccess:RDS/TorIPCaller.SuccessfulLogin', 'notify'],
    ['Backdoor:Lambda/C&CActivity.B', 'notify'],
    ['Execution:ECS/MaliciousFile', 'notify'],
    ['AttackSequence:IAM/CompromisedCredentials', 'notify'],
    ['Persistence:EC2/BootOrLogonInitializationScripts', 'notify'],
  ])('routes %s to %s', (type, disposition) => {
    expect(routeFinding(type).disposition).toBe(disposition);
  });

  test('does not hold an attack on an instance against it, where nothing else is said', () => {
    const attacked = types.filter(type => routeFinding(type).presumed === 'TARGET');
    expect(attacked).toEqual([
      'Recon:EC2/PortProbeEMRUnprotectedPort',
      'Recon:EC2/PortProbeUnprotectedPort',
      'UnauthorizedAccess:EC2/RDPBruteForce',
      'UnauthorizedAccess:EC2/SSHBruteForce',
      'UnauthorizedAccess:EC2/TorIPCaller',
    ]);
  });
});

describe('an unknown type', () => {
  test.each([
    ['Trojan:EC2/NewThing.C!DNS', 'contain-instance', 'instance', 'ACTOR'],
    ['Recon:EC2/NewProbe', 'contain-instance', 'instance', 'TARGET'],
    ['Execution:EC2/MaliciousFile!Image', 'contain-instance', 'instance', 'ACTOR'],
    ['Execution:EC2/SuspiciousFile!Snapshot', 'notify', 'backup', undefined],
    ['Execution:EC2/New-Thing', 'contain-instance', 'instance', 'ACTOR'],
    ['Execution:EC2/New_Thing.A-B!C_D', 'contain-instance', 'instance', 'ACTOR'],
    ['Impact:Runtime/NewThing', 'contain-instance', 'runtime', undefined],
    ['Impact:IAMUser/NewThing', 'contain-credentials', 'credentials', undefined],
    ['Impact:S3/NewThing', 'contain-bucket', 'bucket', undefined],
    ['Policy:S3/NewThing', 'notify', 'bucket', undefined],
    ['Impact:Kubernetes/NewThing', 'notify', 'kubernetes', undefined],
    ['AttackSequence:S3/NewThing', 'notify', 'attack-sequence', undefined],
    ['Impact:Quantum/NewThing', 'notify', 'unknown', undefined],
    ['AttackSequence:Quantum/NewThing', 'notify', 'attack-sequence', undefined],
    ['not a type', 'notify', 'unknown', undefined],
    ['__proto__:constructor/toString', 'notify', 'unknown', undefined],
  ])('%s is routed by its purpose and resource, and flagged', (type, disposition, topic, presumed) => {
    expect(routeFinding(type)).toEqual({
      disposition,
      topic,
      ...(presumed === undefined ? {} : { presumed }),
      unknown: true,
    });
  });

  test('is routed whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), type => {
        expect(dispositions).toContain(routeFinding(type).disposition);
      }),
    );
  });
});

describe('the grammar of types', () => {
  test.each([
    ['Backdoor:EC2/C&CActivity.B!DNS', ['Backdoor', 'EC2', 'C&CActivity', 'B', 'DNS']],
    ['Impact:EC2/MaliciousDomainRequest.Custom', ['Impact', 'EC2', 'MaliciousDomainRequest', 'Custom']],
    ['Trojan:EC2/DropPoint!DNS', ['Trojan', 'EC2', 'DropPoint', undefined, 'DNS']],
    ['Object:S3/MaliciousFile', ['Object', 'S3', 'MaliciousFile']],
    ['A:B/C.D.E', ['A', 'B', 'C', 'D.E']],
  ])('takes %s apart', (text, [purpose, resource, family, mechanism, artifact]) => {
    expect(parseFindingType(text)).toEqual(
      JSON.parse(JSON.stringify({ purpose, resource, family, mechanism, artifact })),
    );
  });

  test.each([
    '',
    'EC2/X',
    'A:B',
    'A:B/',
    'A:B/C.',
    'A:B/C!',
    'A:B/C!D!E',
    'A:B/C D',
    ' A:B/C',
    'A:B/C\n',
    `A:B/${'C'.repeat(200)}`,
  ])('does not take %j', text => {
    expect(parseFindingType(text)).toBeUndefined();
  });
});
