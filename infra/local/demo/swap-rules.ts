import { setTimeout } from 'node:timers/promises';
import type { LocalPipeline } from '../local-pipeline.ts';
import { alertsOf } from './alerts-of.ts';
import { DemoClients } from './demo-clients.ts';
import { type Expectation, expectation, sumOf } from './expectation.ts';
import { logOf } from './sample-logs.ts';

/** With this context the rules come from a bucket, and the analyzer looks at it for each log that comes a second later. */
export const rulesFromBucket = ['trailRulesBucket=true', 'trailRulesRefreshSeconds=1'];

/** Milliseconds after which every environment of the analyzer looks again. */
const untilNextLook = 1100;

/** The access of an emergency, which no rule of a deployment knows, and nothing else. */
const emergencyRules = {
  schemaVersion: 1,
  rules: [
    {
      id: 'emergency-access',
      title: 'Someone used the access of an emergency',
      severity: 'critical',
      pattern: { userIdentity: { arn: [{ suffix: '-emergency' }] } },
    },
  ],
};

/**
 * Puts rules into the bucket of a running pipeline, and then a file that is broken, and finds out by which rules logs are
 * judged after each. Needs {@link rulesFromBucket}; whatever comes later is judged by the new rules.
 */
export async function swapRules(
  pipeline: LocalPipeline,
  progress: (step: string) => void,
): Promise<readonly Expectation[]> {
  const { accountId, region, outputs } = pipeline;
  const { TrailLogBucketName: logs = '', TrailRulesBucketName: rules = '', TrailKeyArn: keyArn } = outputs;
  const clients = new DemoClients(pipeline);
  const put = async (text: string) => {
    await clients.upload(rules, 'rules.json', text, {}, 'application/json');
    await setTimeout(untilNextLook);
  };
  /** Subjects of the alerts on two calls: one in an emergency, and one that the rules of the deployment name. */
  const alertsAfter = async (name: string, minute: string): Promise<readonly string[]> => {
    const before = alertsOf(pipeline, 'trail.match').length;
    const { key, body } = logOf(accountId, region, minute, [
      { user: `${name}-emergency`, eventName: 'ListUsers', service: 'iam' },
      { user: name, eventName: 'DeleteTrail', service: 'cloudtrail' },
    ]);
    await clients.upload(logs, key, body, { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyArn });
    await pipeline.idle(180_000);
    return alertsOf(pipeline, 'trail.match')
      .slice(before)
      .map(({ subject = '' }) => subject);
  };
  try {
    progress('judging a log by the rules of the deployment, and one like it by rules that are put meanwhile');
    const ofDeployment = await alertsAfter('grace', '0900');
    await put(JSON.stringify(emergencyRules));
    const ofBucket = await alertsAfter('heidi', '0905');
    progress('breaking the rules, and judging another');
    await put(JSON.stringify(emergencyRules).slice(0, -2));
    const ofLastGood = await alertsAfter('ivan', '0910');
    const refused = alertsOf(pipeline, 'trail.rules-refused');
    const inEmergency = (subjects: readonly string[]) =>
      subjects.filter(subject => subject.includes('emergency')).length;
    const others = (subjects: readonly string[]) => subjects.length - inEmergency(subjects);
    return [
      expectation('alerts by the rules of the deployment', 1, others(ofDeployment), ofDeployment),
      expectation('alerts by rules that it does not have', 0, inEmergency(ofDeployment)),
      expectation('alerts by the rules that were put', 1, inEmergency(ofBucket), ofBucket),
      expectation('alerts by the rules that stood before', 0, others(ofBucket)),
      expectation(
        'alerts by the last good rules, where a broken file stands',
        1,
        inEmergency(ofLastGood),
        ofLastGood,
      ),
      expectation('alerts by other rules there', 0, others(ofLastGood)),
      expectation(
        'alerts that the rules are refused',
        1,
        refused.length,
        refused.map(({ subject = '' }) => subject),
      ),
      expectation('whether a metric counts that', 1, sumOf(pipeline, 'TrailRulesRefused') > 0 ? 1 : 0),
    ];
  } finally {
    clients.close();
  }
}
