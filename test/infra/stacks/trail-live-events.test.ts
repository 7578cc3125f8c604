import { describe, expect, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { trailEventPattern } from '../../../infra/constructs/trail-event-pattern.ts';
import { TrailGlobalEventsStack } from '../../../infra/stacks/trail-global-events-stack.ts';
import {
  allStatements,
  propertiesOf,
  render,
  resourcesOf,
  type SynthesizedStack,
  statementsOfRole,
  statementsOfServices,
  synthesizeAll,
  synthesizeTrail,
} from '../synthesized-stack.ts';

const stack = synthesizeTrail();
const swapped = synthesizeTrail({ trailRulesBucket: 'true' });

interface Rule {
  readonly Name: string;
  readonly State?: string;
  readonly EventPattern: Record<string, unknown>;
  readonly Targets: readonly {
    readonly Arn: string;
    readonly RoleArn?: string;
    readonly DeadLetterConfig?: { readonly Arn: string };
    readonly RetryPolicy?: object;
  }[];
}

function ruleNamed(from: Pick<SynthesizedStack, 'json'>, name: string): Rule {
  const rules = resourcesOf(from, 'AWS::Events::Rule').map(
    ([, { Properties }]) => render(Properties) as unknown as Rule,
  );
  const found = rules.find(({ Name }) => Name === name);
  if (found === undefined) throw new Error(`The template has no rule ${name}.`);
  return found;
}

const live = ruleNamed(stack, 'sallyport-trail-live-dev');

describe('what CloudTrail tells EventBridge', () => {
  test('goes to a queue of its own, and where that does not take it, to its dead-letter queue', () => {
    expect(live.Targets).toEqual([
      {
        Id: 'TrailLiveQueue',
        Arn: '<TrailLiveQueue.Arn>',
        DeadLetterConfig: { Arn: '<TrailLiveDeadLetterQueue.Arn>' },
        RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 },
      },
    ]);
    expect(render(propertiesOf(stack, 'TrailLiveQueue')['RedrivePolicy'])).toEqual({
      deadLetterTargetArn: '<TrailLiveDeadLetterQueue.Arn>',
      maxReceiveCount: 5,
    });
  });

  test('is let in by both queues and their key, from this rule alone', () => {
    const rule = 'arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:rule/sallyport-trail-live-dev';
    for (const queue of ['<TrailLiveQueue.Arn>', '<TrailLiveDeadLetterQueue.Arn>']) {
      const senders = allStatements(stack).filter(
        ({ effect, actions, resources }) =>
          effect === 'Allow' && actions.includes('sqs:SendMessage') && resources.includes(queue),
      );
      expect(senders).toEqual([
        expect.objectContaining({
          principals: ['events.amazonaws.com'],
          conditions: { ArnEquals: { 'aws:SourceArn': rule } },
        }),
      ]);
    }
    const uses = statementsOfServices(stack, 'TrailQueueKey').filter(({ principals }) =>
      principals.includes('events.amazonaws.com'),
    );
    expect(uses.length).toBeGreaterThan(0);
    for (const { actions, conditions } of uses) {
      expect(actions).toEqual(['kms:Decrypt', 'kms:GenerateDataKey']);
      expect(conditions).toEqual({ StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' } });
    }
  });

  test('comes from AWS services, in whose name nobody else puts events', () => {
    for (const { EventPattern } of [live, ruleNamed(swapped, 'sallyport-trail-live-dev')]) {
      expect(EventPattern['source']).toEqual([{ prefix: 'aws.' }]);
      expect(EventPattern['detail-type']).toEqual(
        expect.arrayContaining([
          'AWS API Call via CloudTrail',
          'AWS Console Sign In via CloudTrail',
          'AWS Service Event via CloudTrail',
          'AWS Insight via CloudTrail',
        ]),
      );
    }
  });

  test('is all but data events where rules may change without a deployment', () => {
    expect(ruleNamed(swapped, 'sallyport-trail-live-dev').EventPattern['detail']).toEqual({
      eventCategory: [{ exists: false }, { 'anything-but': ['Data', 'NetworkActivity'] }],
      eventName: [{ exists: false }, { 'anything-but': ['CreateLogStream'] }],
    });
  });

  test('fits into a rule', () => {
    for (const synthesized of [stack, swapped]) {
      const pattern = ruleNamed(synthesized, 'sallyport-trail-live-dev').EventPattern;
      expect(JSON.stringify(pattern).length).toBeLessThanOrEqual(2048);
    }
  });

  test('is left to the log files where that is asked for', () => {
    const without = synthesizeTrail({ trailEventRules: 'false', region: 'eu-central-1' });
    const ids = [...Object.keys(without.json.Resources), ...Object.keys(without.json.Outputs)];
    expect(ids.filter(id => /Live|EventRules/.test(id))).toEqual([]);
    const stacks = synthesizeAll({ trailEventRules: 'false', region: 'eu-central-1' }).map(([id]) => id);
    expect(stacks).not.toContain('TrailGlobalEventsStack');
  });
});

describe('events of global services', () => {
  const context = { region: 'eu-central-1', account: '111122223333' };
  const forwarder = (given: Record<string, unknown>) =>
    synthesizeAll(given).find(([id]) => id === 'TrailGlobalEventsStack')?.[1];
  const found = forwarder(context);
  if (found === undefined) throw new Error('There is no stack for events of global services.');
  const name = 'sallyport-trail-global-events-dev';
  const homeBus = 'arn:aws:events:eu-central-1:111122223333:event-bus/default';

  test('are sent to the default bus of the home region, in a role that may do that alone', () => {
    const { Targets, EventPattern } = ruleNamed(found, name);
    expect(Targets).toEqual([
      expect.objectContaining({ Arn: homeBus, RoleArn: expect.stringMatching(/^<Role\w+\.Arn>$/) }),
    ]);
    expect(EventPattern).toEqual({
      ...ruleNamed(synthesizeTrail(context), 'sallyport-trail-live-dev').EventPattern,
      region: ['us-east-1'],
    });
    const statements = statementsOfRole(found, 'what the rule for events of global services may do');
    expect(statements.map(({ actions, resources }) => [actions, resources])).toEqual([
      [['events:PutEvents'], [homeBus]],
    ]);
  });

  test('are sent by this rule alone', () => {
    const [[, role] = []] = resourcesOf(found, 'AWS::IAM::Role');
    expect(render(role?.Properties['AssumeRolePolicyDocument'])).toMatchObject({
      Statement: [
        {
          Principal: { Service: 'events.amazonaws.com' },
          Condition: {
            ArnEquals: {
              'aws:SourceArn': `arn:aws:events:us-east-1:111122223333:rule/${name}`,
            },
          },
        },
      ],
    });
  });

  test('are at home already where the deployment is in their region, and have none to go to without one', () => {
    expect(forwarder({ region: 'us-east-1' })).toBeUndefined();
    expect(forwarder({})).toBeUndefined();
  });

  test('are sent by one environment of several where that is asked for, and judged by all', () => {
    const without = { ...context, trailGlobalEvents: 'false' };
    expect(forwarder(without)).toBeUndefined();
    expect(ruleNamed(synthesizeTrail(without), 'sallyport-trail-live-dev')).toEqual(
      ruleNamed(synthesizeTrail(context), 'sallyport-trail-live-dev'),
    );
  });

  test('are missed with a warning where no region is given, unless that is meant', () => {
    const warned = (given: Record<string, unknown>) =>
      synthesizeTrail(given).warnings.filter(text => text.includes('globalEventsUnheard'));
    expect(warned({})).toEqual([expect.stringContaining('-c region=')]);
    for (const given of [context, { trailGlobalEvents: 'false' }, { trailEventRules: 'false' }]) {
      expect(warned(given)).toEqual([]);
    }
  });

  test('fit into a rule there, too', () => {
    for (const given of [context, { region: 'us-gov-east-1' }]) {
      const pattern = ruleNamed(forwarder(given) ?? found, name).EventPattern;
      expect(JSON.stringify(pattern).length).toBeLessThanOrEqual(2048);
    }
    const names = Array.from({ length: 100 }, (_, at) => `CreateThing${at}`);
    const app = new App();
    // Up to what a rule at home has room for, and beyond.
    const lengths = Array.from({ length: 240 }, (_, more) => {
      const eventNames = new Set([...names, 'X'.repeat(1 + more)]);
      const { rule } = new TrailGlobalEventsStack(app, `Global${more}`, {
        environmentName: 'dev',
        homeRegion: 'us-gov-east-1',
        eventPattern: trailEventPattern({ eventNames, literals: [] }),
        env: { region: 'us-gov-west-1' },
      });
      return JSON.stringify(rule.eventPattern).length;
    });
    expect(Math.max(...lengths)).toBeLessThanOrEqual(2048);
    expect(Math.max(...lengths)).toBeGreaterThan(2000);
  });

  test('come from a region of their own in GovCloud', () => {
    const gov = forwarder({ region: 'us-gov-east-1' });
    expect(gov === undefined ? [] : ruleNamed(gov, name).EventPattern['region']).toEqual(['us-gov-west-1']);
    expect(forwarder({ region: 'us-gov-west-1' })).toBeUndefined();
  });

  test('make no stack of the home region wait', () => {
    expect(found.dependencies).toEqual([]);
    for (const [, { dependencies }] of synthesizeAll(context)) {
      expect(dependencies).not.toContain('TrailGlobalEventsStack');
    }
  });
});
