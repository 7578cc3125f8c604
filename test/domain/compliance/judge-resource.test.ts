import { describe, expect, test } from '@jest/globals';
import type { ComplianceCheck, InspectedResource } from '../../../src/domain/compliance/compliance-check.ts';
import { complianceChecks } from '../../../src/domain/compliance/compliance-checks.ts';
import { ResourceInspector } from '../../../src/domain/compliance/inspect-resource.ts';
import { aspectsOf, judgeResource } from '../../../src/domain/compliance/judge-resource.ts';
import { readCompliancePolicy } from '../../../src/domain/compliance/read-compliance-policy.ts';
import type { Reading } from '../../../src/ports/reading.ts';
import fc from '../../seeded-properties.ts';
import { arbitraryPolicy, arbitraryResource } from './arbitrary-inventory.ts';
import {
  check,
  defaultPolicy,
  inspected,
  keyFacts,
  now,
  read,
  refOf,
  unreadable,
} from './inspected-resources.ts';

const failing = inspected('s3-bucket', { encryption: read({ by: 's3' }), versioning: read('enabled') });

function resultOf(id: string, policy = defaultPolicy, at = now) {
  return judgeResource(failing, policy, at).find(({ checkId }) => checkId === id);
}

describe('what is asked of a resource', () => {
  test.each([
    ['account', ['public-access-block']],
    ['s3-bucket', ['encryption', 'public-access-block', 'policy-status', 'acl', 'policy', 'versioning']],
    ['dynamodb-table', ['encryption', 'point-in-time-recovery']],
    ['sns-topic', ['encryption', 'policy']],
    ['sqs-queue', ['encryption', 'policy']],
    ['kms-key', ['key', 'key-rotation']],
    ['secret', ['encryption']],
    ['log-group', ['encryption']],
  ] as const)('%s', (type, aspects) => {
    expect(aspectsOf(type, defaultPolicy)).toEqual(aspects);
  });

  const byTag = { encryption: { byTag: [{ key: 'a', value: 'b', floor: 'none' }] } };
  test('tags, where the policy goes by them', () => {
    const policy = readCompliancePolicy(byTag);
    expect(aspectsOf('secret', policy)).toEqual(['encryption', 'tags']);
    expect(aspectsOf('kms-key', policy)).toEqual(['key', 'key-rotation']);
  });

  test('nothing for checks that are not made', () => {
    const policy = readCompliancePolicy({ ...byTag, without: ['dynamodb-table-encryption'] });
    expect(aspectsOf('dynamodb-table', policy)).toEqual(['point-in-time-recovery']);
    expect(aspectsOf('s3-bucket', policy)).toContain('tags');
  });
});

describe('judging', () => {
  test('each check of the type gives a result, in their order', () => {
    expect(
      judgeResource(failing, defaultPolicy, now).map(({ checkId, verdict }) => [checkId, verdict]),
    ).toEqual([
      ['s3-bucket-encryption', 'fail'],
      ['s3-bucket-public-access-block', 'indeterminate'],
      ['s3-bucket-public-access', 'indeterminate'],
      ['s3-bucket-tls-only', 'indeterminate'],
      ['s3-bucket-versioning', 'pass'],
    ]);
  });

  test('a check that is not made gives none', () => {
    expect(
      resultOf('s3-bucket-versioning', readCompliancePolicy({ without: ['s3-bucket-versioning'] })),
    ).toBe(undefined);
  });

  const secret = inspected('secret', { encryption: read({ by: 'none' }) });

  test('a check that throws is indeterminate, and its neighbours are as they are', () => {
    const broken: ComplianceCheck = {
      ...check('secret-encryption'),
      id: 'broken',
      judge: () => {
        throw new TypeError('cannot read\nproperties');
      },
    };
    const results = judgeResource(secret, defaultPolicy, now, [broken, check('secret-encryption')]);
    expect(results).toEqual([
      {
        checkId: 'broken',
        resource: secret.resource,
        verdict: 'indeterminate',
        explanation: 'The check itself broke: TypeError: cannot read\\u{a}properties.',
      },
      expect.objectContaining({ checkId: 'secret-encryption', verdict: 'fail' }),
    ]);
  });

  test('a check that throws no error', () => {
    const broken: ComplianceCheck = {
      ...check('secret-encryption'),
      judge: () => {
        throw 'text';
      },
    };
    expect(judgeResource(secret, defaultPolicy, now, [broken])).toMatchObject([
      { verdict: 'indeterminate', explanation: 'The check itself broke: it threw no error.' },
    ]);
  });

  test('a resource that is gone fails and passes nothing', () => {
    const gone = unreadable('s3:GetBucketVersioning', 'gone');
    const facts = { encryption: unreadable('s3:GetBucketEncryption'), versioning: gone };
    const results = judgeResource(inspected('s3-bucket', facts), defaultPolicy, now);
    expect(results).toHaveLength(5);
    for (const result of results) {
      expect(result).toMatchObject({ verdict: 'indeterminate', unread: [gone] });
      expect(result.explanation).toBe(
        'The resource could not be read: s3:GetBucketVersioning found nothing there (Other).',
      );
    }
  });

  test('a resource of which something was read is not gone, whatever is not there', () => {
    const archived = inspected(
      'dynamodb-table',
      {
        encryption: read({ by: 'kms', keyId: 'k' }),
        'point-in-time-recovery': unreadable('dynamodb:DescribeContinuousBackups', 'gone'),
      },
      { key: read(keyFacts({ keyState: 'Disabled' })) },
    );
    expect(judgeResource(archived, defaultPolicy, now)).toMatchObject([
      { verdict: 'fail', grade: 'customer-managed-unhealthy' },
      { verdict: 'indeterminate' },
    ]);
    const inspector = new ResourceInspector({ policy: defaultPolicy, at: now });
    expect(inspector.judge(archived)).toMatchObject({ state: 'judged', results: [{}, {}] });
    const nothingRead = { ...archived.facts, encryption: unreadable('dynamodb:DescribeTable') };
    expect(inspector.judge({ ...archived, facts: nothingRead })).toMatchObject({
      state: 'gone',
      results: [],
    });
  });

  test('a key that is gone is no resource that is gone', () => {
    const table = inspected(
      'dynamodb-table',
      { encryption: read({ by: 'kms', keyId: 'k' }), 'point-in-time-recovery': read({ enabled: false }) },
      { key: unreadable('kms:DescribeKey', 'gone') },
    );
    expect(judgeResource(table, defaultPolicy, now).map(({ verdict }) => verdict)).toEqual(['fail', 'fail']);
  });
});

describe('exemptions', () => {
  const exemption = {
    resource: refOf('s3-bucket').arn,
    check: '*',
    owner: 'web',
    reason: 'public',
    expires: '2026-12-31',
  };
  const policy = readCompliancePolicy({ exemptions: [exemption] });

  test('the verdict stays, and is marked', () => {
    const { owner, reason, expires } = exemption;
    expect(resultOf('s3-bucket-encryption', policy)).toMatchObject({
      verdict: 'fail',
      exemption: { owner, reason, expires },
    });
  });

  test.each(['s3-bucket-versioning', 's3-bucket-tls-only'])('only a failure is marked: %s', id => {
    expect(resultOf(id, policy)).not.toHaveProperty('exemption');
  });

  test('an expired one counts as none', () => {
    expect(resultOf('s3-bucket-encryption', policy, '2026-12-31T23:59:59.999Z')).toHaveProperty('exemption');
    expect(resultOf('s3-bucket-encryption', policy, '2027-01-01T00:00:00.000Z')).not.toHaveProperty(
      'exemption',
    );
  });
});

/** Every way in which one thing of what was looked at is not known. */
function withOneUnread(resource: InspectedResource): readonly InspectedResource[] {
  const unread: Reading<never> = unreadable('s3:GetBucketPolicy');
  return [
    ...Object.keys(resource.facts).flatMap(aspect => [
      { ...resource, facts: { ...resource.facts, [aspect]: unread } },
      {
        ...resource,
        facts: Object.fromEntries(Object.entries(resource.facts).filter(([name]) => name !== aspect)),
      },
    ]),
    { ...resource, key: unread },
    { ...resource, accountPublicAccess: unread },
    { resource: resource.resource, facts: resource.facts },
  ];
}

describe('for all resources', () => {
  test('each check has one verdict, with one sentence, and is not broken', () => {
    fc.assert(
      fc.property(arbitraryResource, arbitraryPolicy, (resource, policy) => {
        const results = judgeResource(resource, policy, now);
        const ids = complianceChecks
          .filter(({ type }) => type === resource.resource.type)
          .map(({ id }) => id);
        expect(results.map(({ checkId }) => checkId)).toEqual(ids);
        for (const { explanation } of results) {
          expect(explanation).toMatch(/\.$/);
          expect(explanation).not.toContain('The check itself broke');
        }
      }),
      { numRuns: 800 },
    );
  });

  test('not knowing something makes nothing pass', () => {
    let compared = 0;
    fc.assert(
      fc.property(arbitraryResource, arbitraryPolicy, (resource, policy) => {
        const before = judgeResource(resource, policy, now);
        for (const less of withOneUnread(resource)) {
          judgeResource(less, policy, now).forEach(({ verdict, checkId }, index) => {
            if (verdict !== 'pass' || wasGone(before[index])) return;
            compared += 1;
            expect([checkId, before[index]?.verdict]).toEqual([checkId, 'pass']);
          });
        }
      }),
      { numRuns: 800 },
    );
    expect(compared).toBeGreaterThan(1000);
  });

  test('facts of one aspect decide only the checks that need it', () => {
    fc.assert(
      fc.property(arbitraryResource, arbitraryResource, (one, { facts }) => {
        const other = {
          ...one,
          facts: { ...one.facts, ...(facts.versioning && { versioning: facts.versioning }) },
        };
        const verdicts = (resource: InspectedResource) =>
          judgeResource(resource, defaultPolicy, now).filter(
            ({ checkId }) => checkId !== 's3-bucket-versioning',
          );
        const isGone = (resource: InspectedResource) =>
          judgeResource(resource, defaultPolicy, now).some(wasGone);
        fc.pre(!isGone(one) && !isGone(other));
        expect(verdicts(other)).toEqual(verdicts(one));
      }),
      { numRuns: 1000 },
    );
  });
});

function wasGone(result: { readonly explanation: string } | undefined): boolean {
  return result?.explanation.startsWith('The resource could not be read') === true;
}
