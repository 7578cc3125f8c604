import { expect, test } from '@jest/globals';
import { leftOutTypes } from '../../../../infra/local/resources/left-out.ts';

const where = { region: 'eu-central-1', accountId: '111122223333' };

/** What `Ref` answers for a resource of the type, with the name and without it. */
function refsOf(type: string, property: string) {
  const refOf = (properties: Record<string, unknown>) =>
    leftOutTypes[type]?.({ stack: 'flow', logicalId: 'Part', type, properties }, where).ref;
  return [refOf({ [property]: 'sallyport-dev' }), refOf({})];
}

test.each([
  ['AWS::Backup::BackupVault', 'BackupVaultName'],
  ['AWS::CloudTrail::Trail', 'TrailName'],
  ['AWS::CloudWatch::Alarm', 'AlarmName'],
  ['AWS::CloudWatch::CompositeAlarm', 'AlarmName'],
  ['AWS::CloudWatch::Dashboard', 'DashboardName'],
])('Ref of %s is its %s, else one made of stack and logical id', (type, property) => {
  expect(refsOf(type, property)).toEqual([
    'sallyport-dev',
    expect.stringMatching(/^flow-Part-[0-9A-F]{12}$/),
  ]);
});
