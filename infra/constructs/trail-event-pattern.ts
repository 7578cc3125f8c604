import type { CfnRule } from 'aws-cdk-lib/aws-events';
import type { readTrailRules } from '../../src/handlers/read-trail-rules.env.ts';

type RecordConditions = ReturnType<typeof readTrailRules>['conditions'];

/** CloudTrail's events on a bus; sign-ins are spelt in both ways (EventBridge User Guide, "events delivered via CloudTrail"). */
const detailTypes = [
  'AWS API Call via CloudTrail',
  'AWS Console Sign In via CloudTrail',
  'AWS Console Signin via CloudTrail',
  'AWS Console Action via CloudTrail',
  'AWS Service Event via CloudTrail',
  'AWS Insight via CloudTrail',
];

/** Only AWS services may put events under such a source (EventBridge API Reference, PutEventsRequestEntry). */
const source = [{ prefix: 'aws.' }];

/**
 * EventBridge quotas: a pattern has 2,048 characters at most. Some of them are left to the rule in the region of global
 * services, which adds the name of that.
 */
const mostCharacters = 2048 - 40;

/** Not data events: those of the pipeline itself would come as often as it works, and the log files have them. */
const eventCategory = [{ exists: false }, { 'anything-but': ['Data', 'NetworkActivity'] }];

/** The log streams that functions make: the analyzer, woken by one, makes the next. */
const ownDoing = 'CreateLogStream';

/** All that may be anything to a rule, but for what the analyzer itself would cause. */
const whatever: CfnRule['eventPattern'] = {
  source,
  'detail-type': detailTypes,
  detail: {
    eventCategory,
    eventName: [{ exists: false }, { 'anything-but': [ownDoing] }],
  },
};

/**
 * The pattern of the events that rules may match. Where the rules say which names those have, and a pattern has room for
 * these, no others wake the analyzer; else it judges all that is not on its way by the thousand.
 *
 * @param conditions What the rules ask of a record; `any` too where other rules may take their place.
 */
export function trailEventPattern(conditions: RecordConditions): CfnRule['eventPattern'] {
  if (conditions === 'any' || conditions.literals.length > 0) return whatever;
  const eventName = [...conditions.eventNames].filter(name => name !== ownDoing).sort();
  if (eventName.length === 0) return whatever;
  const named = {
    source,
    'detail-type': detailTypes,
    detail: { eventCategory, eventName },
  };
  return JSON.stringify(named).length <= mostCharacters ? named : whatever;
}
