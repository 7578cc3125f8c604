import { describe, expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { AlertTopic } from '../../../infra/constructs/alert-topic.ts';
import { CustomerManagedKey } from '../../../infra/constructs/customer-managed-key.ts';
import { UnhealthyAlarm } from '../../../infra/constructs/unhealthy-alarm.ts';

const metric = new Metric({ namespace: 'AWS/SQS', metricName: 'NumberOfMessagesSent' });
const watchedBy = (scope: Construct, id: string, alarmName?: string) =>
  new Alarm(scope, id, { metric, threshold: 1, evaluationPeriods: 1, ...(alarmName && { alarmName }) });

function world() {
  const stack = new Stack(new App(), 'Stack');
  const encryptionKey = new CustomerManagedKey(stack, 'Key', {
    purpose: 'alerts',
    environmentName: 'dev',
    logicalId: 'AlertsKey',
  });
  const alertTopic = new AlertTopic(stack, 'Alerts', { environmentName: 'dev', encryptionKey });
  const flow = new Construct(stack, 'Flow');
  const unhealthy = (scope: Construct, what: string, watched: readonly Construct[]) =>
    new UnhealthyAlarm(scope, 'Unhealthy', { what, environmentName: 'dev', watched, alertTopic });
  return { stack, flow, unhealthy };
}

describe('an alarm over others', () => {
  test('is raised while any of them is, and tells of it', () => {
    const { stack, flow, unhealthy } = world();
    watchedBy(flow, 'One', 'one');
    watchedBy(new Construct(flow, 'Deeper'), 'Two', 'two');
    unhealthy(flow, 'flow', [flow]);
    Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::CompositeAlarm', {
      AlarmName: 'sallyport-flow-unhealthy-dev',
      AlarmRule: 'ALARM("one") OR ALARM("two")',
      AlarmActions: [{ Ref: 'AlertTopic' }],
      OKActions: [{ Ref: 'AlertTopic' }],
    });
  });

  test('takes another of its kind for all that it stands for, and the rest one by one', () => {
    const { stack, flow, unhealthy } = world();
    watchedBy(flow, 'One', 'one');
    unhealthy(flow, 'flow', [flow]);
    watchedBy(flow, 'Late', 'late');
    const whole = unhealthy(stack, 'whole', [flow, stack]);
    expect(whole.children).toEqual(['sallyport-flow-unhealthy-dev', 'late']);
  });

  test.each([
    ['nothing to watch', 0, 'n', /there is no alarm to watch/],
    ['more than CloudWatch takes', 101, 'n', /101 alarms/],
    ['names that make too long a rule', 60, 'n'.repeat(180), /a rule of \d{5} characters/],
  ])('refuses %s', (_, count, prefix, why) => {
    const { flow, unhealthy } = world();
    for (let place = 0; place < count; place += 1) watchedBy(flow, `A${place}`, `${prefix}${place}`);
    expect(() => unhealthy(flow, 'flow', [flow])).toThrow(why);
  });

  test('takes a hundred', () => {
    const { flow, unhealthy } = world();
    for (let place = 0; place < 100; place += 1) watchedBy(flow, `A${place}`, `n${place}`);
    expect(unhealthy(flow, 'flow', [flow]).children).toHaveLength(100);
  });

  test('refuses an alarm whose name is left to CloudFormation', () => {
    const { flow, unhealthy } = world();
    watchedBy(flow, 'Unnamed');
    expect(() => unhealthy(flow, 'flow', [flow])).toThrow(/needs a name of its own/);
  });
});
