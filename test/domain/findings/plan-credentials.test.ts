import { expect, test } from '@jest/globals';
import { planRemediation } from '../../../src/domain/findings/plan-remediation.ts';
import { bucketFinding, credentialsFinding, longTermKey, policyWith, sessionKey } from './sample-findings.ts';

const policy = policyWith({ mode: 'plan' });

test('a long-term key: people are told that sessions of roles taken on with it work on', () => {
  const { notes, manual } = planRemediation(credentialsFinding(), undefined, policy);
  expect(notes.map(({ code }) => code)).toContain('assumed-roles');
  expect(manual.join()).toContain('AssumeRole');
});

test('a session: nothing is said of roles', () => {
  const finding = credentialsFinding({ userType: 'IAMUser', userName: 'eve', accessKeyId: sessionKey });
  const { notes } = planRemediation(finding, undefined, policy);
  expect(notes.map(({ code }) => code)).not.toContain('assumed-roles');
});

test.each([
  [{ userType: 'IAMUser', userName: 'eve', accessKeyId: longTermKey }, `"eve" (IAMUser) key ${longTermKey}`],
  [{ userName: 'eve' }, '"eve"'],
  [{ accessKeyId: sessionKey }, `key ${sessionKey}`],
])('calls on buckets that are not named: %j is for people to contain', (principal, said) => {
  const plan = planRemediation(bucketFinding({ buckets: [], principal }), undefined, policy);
  expect(plan).toMatchObject({ disposition: 'notify', outcome: 'notify-only' });
  expect(plan.notes).toEqual([
    { code: 'target-unnamed', explanation: 'the finding names no bucket' },
    {
      code: 'principal-named',
      explanation: `the calls were made with credentials of ${said}: people must judge those`,
    },
  ]);
  expect(plan.manual[0]).toContain(said);
});

test('calls on buckets that are not named, by nobody in particular', () => {
  const finding = bucketFinding({ buckets: [], principal: { userType: 'AWSAccount' } });
  expect(planRemediation(finding, undefined, policy).notes.map(({ code }) => code)).toEqual([
    'target-unnamed',
  ]);
});

test('the roles of the pipeline are protected where nothing else is said', () => {
  const finding = credentialsFinding({ userType: 'AssumedRole', userName: 'sallyport-dev-processor' });
  expect(planRemediation(finding, undefined, policy).notes.map(({ code }) => code)).toEqual([
    'protected-role',
  ]);
});
