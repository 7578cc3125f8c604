import { describe, expect, test } from '@jest/globals';
import type { Sender } from '../../../infra/local/event-delivery.ts';
import { EventRules, type RuleSpecification } from '../../../infra/local/event-rules.ts';

const topic = 'arn:aws:sns:eu-central-1:000000000000:alerts';
const deadLetters = 'arn:aws:sqs:eu-central-1:000000000000:dead';
const event = { source: 'aws.states', 'detail-type': 'Change', detail: { status: 'FAILED' } };

/** In whose name a rule delivers. */
const sender = { principal: 'events.amazonaws.com', sourceArn: 'arn:rule' };

/** Rules whose deliveries to the `broken` targets fail. */
function createRules(broken: readonly string[], ...rules: Partial<RuleSpecification>[]) {
  const delivered: [arn: string, text: string, sender: Sender][] = [];
  const faults: string[] = [];
  const created = new EventRules({
    delivery: {
      reaches: () => true,
      deliver: async (arn, text, sender) => {
        if (broken.includes(arn)) throw new Error('refused');
        delivered.push([arn, text, sender]);
      },
    },
    onFault: text => faults.push(text),
  });
  for (const rule of rules) {
    const targets = [{ Id: 't', Arn: topic, InputPath: '$.detail', DeadLetterConfig: { Arn: deadLetters } }];
    created.put(
      { name: 'rule', arn: 'arn:rule', pattern: { source: ['aws.states'] }, targets, ...rule },
      'where',
    );
  }
  return { rules: created, delivered, faults };
}

describe('EventRules', () => {
  test('gives every target of every rule that matches its input', async () => {
    const other = { pattern: { source: ['aws.s3'] } };
    const { rules, delivered, faults } = createRules([], {}, other, {
      targets: [{ Id: 'u', Arn: 'arn:u', Input: 'x', RoleArn: 'arn:role' }],
    });
    await rules.publish(event);
    expect(delivered).toEqual([
      [topic, '{"status":"FAILED"}', sender],
      ['arn:u', 'x', { ...sender, roleArn: 'arn:role' }],
    ]);
    expect(faults).toEqual([]);
  });

  test('puts the event as it came into the dead-letter queue where the target refuses it, and not as its role', async () => {
    const { rules, delivered, faults } = createRules([topic], {
      targets: [{ Id: 't', Arn: topic, RoleArn: 'arn:role', DeadLetterConfig: { Arn: deadLetters } }],
    });
    await rules.publish(event);
    expect(delivered).toEqual([[deadLetters, JSON.stringify(event), sender]]);
    expect(faults).toEqual([`rule rule did not reach ${topic}: Error: refused`]);
  });

  test('says that an event is lost where the dead-letter queue refuses it too', async () => {
    const { rules, delivered, faults } = createRules([topic, deadLetters], {});
    await rules.publish(event);
    expect(delivered).toEqual([]);
    expect(faults.at(-1)).toBe('rule rule lost an event: Error: refused');
  });

  const hour = (ruleArn: string) => ({
    source: 'aws.events',
    'detail-type': 'Scheduled Event',
    resources: [ruleArn],
    detail: {},
  });

  test('fires a schedule at its own event only, and tells of it', async () => {
    const daily = { pattern: undefined, schedule: 'rate(24 hours)' };
    const { rules, delivered } = createRules([], { ...daily, arn: 'arn:daily', name: 'daily' }, {});
    expect(rules.scheduled).toEqual([{ name: 'daily', arn: 'arn:daily', schedule: 'rate(24 hours)' }]);
    for (const other of [hour('arn:other'), { ...hour('arn:daily'), source: 'own' }]) {
      await rules.publish(other);
    }
    expect(delivered).toEqual([]);
    await rules.publish(hour('arn:daily'));
    expect(delivered).toEqual([[topic, '{}', { ...sender, sourceArn: 'arn:daily' }]]);
  });

  test('takes a rule of both, pattern and schedule', async () => {
    const { rules, delivered } = createRules([], { schedule: 'rate(1 hour)' });
    await rules.publish(event);
    await rules.publish(hour('arn:rule'));
    expect(delivered).toHaveLength(2);
  });

  test.each(['rate(1 minute)', 'rate(7 days)', 'rate(10 hours)', 'cron(0 3 * * ? *)'])(
    'knows the schedule %s',
    schedule => {
      expect(createRules([], { schedule }).rules.scheduled).toHaveLength(1);
    },
  );

  test.each([
    'rate(1 hours)',
    'rate(24 hour)',
    'rate(hour)',
    'rate(0 hours)',
    'cron(0 3 * * *)',
    'every day',
    '',
  ])('refuses the schedule "%s"', schedule => {
    expect(() => createRules([], { schedule })).toThrow(`where.ScheduleExpression: "${schedule}"`);
  });

  test('refuses a rule without pattern and schedule', () => {
    expect(() => createRules([], { pattern: undefined })).toThrow(
      'where: a rule has a pattern or a schedule.',
    );
  });

  test('does without a dead-letter queue', async () => {
    const { rules, faults } = createRules([topic], { targets: [{ Id: 't', Arn: topic }] });
    await rules.publish(event);
    expect(faults).toHaveLength(1);
  });
});
