import { expect, test } from '@jest/globals';
import { render, synthesizeAll } from '../synthesized-stack.ts';
import { wholePipeline } from '../whole-pipeline.ts';

const dev = synthesizeAll(wholePipeline);
const prod = synthesizeAll({ ...wholePipeline, env: 'prod', alertEmails: 'security@example.com' });

/** Names of the resource itself that stand once in an account or region, beside those of physical-names.ts. */
const ownName =
  /^(Role|BackupVault|BackupPlan|Dashboard|ConfigRule|StateMachine|UsagePlan|Group|Queue|Topic|Table|Alarm|Bucket|Function|LogGroup|Trail|Alias)?Name$/;

const namesOf = (stacks: typeof dev): string[] =>
  stacks.flatMap(([, { json }]) =>
    Object.values(json.Resources).flatMap(({ Type, Properties }) =>
      Object.entries(Properties)
        .filter(
          ([property]) =>
            ownName.test(property) || (Type === 'AWS::Logs::ResourcePolicy' && property === 'PolicyName'),
        )
        .map(([, value]) => String(render(value)))
        .filter(name => name.includes('sallyport'))
        .map(name => `${Type} ${name}`),
    ),
  );

/** The one name that configuration gives: two environments that scan one account take two (docs/configuration.md). */
const scanned = 'AWS::IAM::Role sallyport-compliance-reader';

test.each([
  ['dev', dev],
  ['prod', prod],
] as const)(
  'E13: every name of %s, of options too, says which environment it is of',
  (environment, stacks) => {
    const names = namesOf(stacks).filter(name => name !== scanned);
    expect(names.length).toBeGreaterThan(150);
    expect(names.filter(name => !new RegExp(`[-/]${environment}(?![a-z])`).test(name))).toEqual([]);
  },
);

test('E13: with every option, the environments share no name', () => {
  const names = new Set(namesOf(dev));
  expect(namesOf(prod).filter(name => names.has(name))).toEqual([scanned]);
});

test('E13: no stack of one environment is deployed over that of another', () => {
  for (const [environment, stacks] of [
    ['dev', dev],
    ['prod', prod],
  ] as const) {
    const names = stacks.map(([, { stackName }]) => stackName);
    expect(names.length).toBeGreaterThan(10);
    expect(
      names.filter(name => !/^sallyport-[a-z-]+$/.test(name) || !name.endsWith(`-${environment}`)),
    ).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  }
});

test('E13: what is switched off leaves no stack behind', () => {
  const off = { createConfigRecorder: 'false', configRules: 'false', createThreatDetector: 'false' };
  const ids = (context: Record<string, unknown>) => synthesizeAll(context).map(([id]) => id);
  expect(ids({ ...off, backupPlan: 'false', createNetwork: 'false' })).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/SecurityMonitoring|Backup|Network|Reader/)]),
  );
  expect(ids(wholePipeline)).toEqual(
    expect.arrayContaining([
      'NetworkStack',
      'BackupStack',
      'SecurityMonitoringStack',
      'ComplianceReaderStack',
    ]),
  );
});
