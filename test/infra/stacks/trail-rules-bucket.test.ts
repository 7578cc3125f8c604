import { describe, expect, test } from '@jest/globals';
import { alarmsOf } from '../alarms.ts';
import { propertiesOf, render, resourcesOf, synthesizeTrail } from '../synthesized-stack.ts';

const stack = synthesizeTrail({ trailRulesBucket: 'true', trailRulesRefreshSeconds: '30' });

const variables = resourcesOf(stack, 'AWS::Lambda::Function').map(([, { Properties }]) => [
  Properties['FunctionName'],
  (render(Properties['Environment']) as { Variables: Record<string, string> }).Variables,
]) as [string, Record<string, string>][];

describe('rules from a bucket', () => {
  test('are read by all that analyze, and by nobody else', () => {
    const reading = variables.filter(([, { TRAIL_RULES_OBJECT }]) => TRAIL_RULES_OBJECT !== undefined);
    expect(reading.map(([name]) => name).sort()).toEqual([
      'sallyport-trail-analyzer-dev',
      'sallyport-trail-backfiller-dev',
    ]);
    for (const [, given] of reading) {
      expect(given).toMatchObject({
        TRAIL_RULES: 'account-changes',
        TRAIL_RULES_OBJECT: 's3://<TrailRulesBucket>/rules.json',
        TRAIL_RULES_REFRESH_SECONDS: '30',
      });
    }
  });

  test('stay until somebody replaces them, and the file before is kept as a version', () => {
    const bucket = propertiesOf(stack, 'TrailRulesBucket');
    expect(bucket).toMatchObject({
      VersioningConfiguration: { Status: 'Enabled' },
      BucketName: expect.anything() as unknown,
    });
    const { Rules } = bucket['LifecycleConfiguration'] as { Rules: Record<string, unknown>[] };
    expect(Rules.filter(rule => 'ExpirationInDays' in rule)).toEqual([]);
    expect(Rules).toContainEqual(
      expect.objectContaining({ NoncurrentVersionExpiration: { NoncurrentDays: 365 } }),
    );
  });

  test('have an alarm on a file that is refused', () => {
    expect(alarmsOf(stack).get('sallyport-trail-rules-refused-dev')).toMatchObject({
      Namespace: 'Sallyport',
      MetricName: 'TrailRulesRefused',
      Dimensions: [{ Name: 'service', Value: 'trail-analyzer-dev' }],
      Statistic: 'Sum',
      Threshold: 1,
    });
  });

  test.each([
    ['1', 60],
    ['5', 12],
    ['45', 2],
  ])('stay refused for an hour without work, in periods of %s minute(s)', (alarmPeriodMinutes, periods) => {
    const other = synthesizeTrail({ trailRulesBucket: 'true', alarmPeriodMinutes });
    expect(alarmsOf(other).get('sallyport-trail-rules-refused-dev')).toMatchObject({
      Period: Number(alarmPeriodMinutes) * 60,
      EvaluationPeriods: periods,
      DatapointsToAlarm: 1,
    });
  });

  test('are recorded by the trail when somebody puts them, and not each time they are read', () => {
    const selectors = render(propertiesOf(stack, 'Trail')['AdvancedEventSelectors']);
    expect(selectors).toContainEqual({
      Name: 'Rules',
      FieldSelectors: [
        { Field: 'eventCategory', Equals: ['Data'] },
        { Field: 'resources.type', Equals: ['AWS::S3::Object'] },
        {
          Field: 'resources.ARN',
          StartsWith: ['arn:<AWS::Partition>:s3:::sallyport-trail-rules-dev-<AWS::AccountId>/'],
        },
        { Field: 'readOnly', Equals: ['false'] },
      ],
    });
  });

  test('are those of the deployment where nobody asks for a bucket', () => {
    const without = synthesizeTrail();
    expect(Object.keys(without.json.Resources).filter(id => /Rules(Bucket|Key|Refused)/.test(id))).toEqual(
      [],
    );
    expect(JSON.stringify(without.json).includes('TRAIL_RULES_OBJECT')).toBe(false);
  });
});
