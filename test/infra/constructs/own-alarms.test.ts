import { runSimulation } from '@cloud-copilot/iam-simulate';
import { describe, expect, test } from '@jest/globals';
import { App, Aws, type Stack } from 'aws-cdk-lib';
import { Alarm, type AlarmProps, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic, type TopicPolicy } from 'aws-cdk-lib/aws-sns';
import { RecordIngestion, TrailAnalysis } from '../../../infra/index.ts';
import { account, deployedPolicy, region } from '../simulate-role.ts';
import { resourcesOf, statementsOf, stubBundles } from '../synthesized-stack.ts';
import { flowNames, makeFlow, plainStack, synthesized, warningsOf } from './flows.ts';

const bundles = stubBundles;

function alarmIn(stack: Stack, props: Partial<AlarmProps> = {}, id = 'Cpu'): Alarm {
  const metric = new Metric({ namespace: 'Theirs', metricName: 'Cpu' });
  return new Alarm(stack, id, { metric, threshold: 1, evaluationPeriods: 1, ...props });
}

/** What the policies of the topic and of its key say, of whichever stack they are. */
function policiesOf(stack: Stack, topicId: string, keyId?: string) {
  const template = synthesized(stack);
  const topicPolicies = resourcesOf(template, 'AWS::SNS::TopicPolicy').filter(([, { Properties }]) =>
    JSON.stringify(Properties['Topics']).includes(topicId),
  );
  const keys = resourcesOf(template, 'AWS::KMS::Key').filter(
    ([id]) => keyId !== undefined && id.startsWith(keyId),
  );
  for (const [id, resource] of [...topicPolicies, ...keys]) {
    const sids = statementsOf(id, resource).flatMap(({ sid }) => sid ?? []);
    expect(new Set(sids).size).toBe(sids.length);
  }
  return {
    topic: topicPolicies.map(([, { Properties }]) => deployedPolicy(Properties['PolicyDocument']))[0],
    key: keys.map(([, { Properties }]) => deployedPolicy(Properties['KeyPolicy']))[0],
  };
}

/** Asks IAM's rules whether CloudWatch may do it in the name of an alarm. */
async function cloudWatchMay(
  action: string,
  resource: string,
  alarmName: string,
  resourcePolicy: object | undefined,
  alarmsAccount = account,
): Promise<string> {
  const outcome = await runSimulation(
    {
      request: {
        principal: 'cloudwatch.amazonaws.com',
        action,
        resource: { resource, accountId: account },
        contextVariables: {
          'aws:SecureTransport': 'true',
          'aws:SourceAccount': alarmsAccount,
          'aws:SourceArn': `arn:aws:cloudwatch:${region}:${alarmsAccount}:alarm:${alarmName}`,
        },
      },
      identityPolicies: [],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(resourcePolicy === undefined ? {} : { resourcePolicy }),
    },
    {},
  );
  if (outcome.resultType === 'error') throw new Error(JSON.stringify(outcome.errors));
  return outcome.overallResult;
}

const topicArn = (id: string) => `arn:aws:sns:${region}:${account}:${id}`;
const keyArn = `arn:aws:kms:${region}:${account}:key/any`;

describe("a team's own alarms on a topic that a flow makes", () => {
  const made = () => {
    const stack = plainStack('Own');
    const records = new RecordIngestion(stack, 'Records', { bundles });
    const reaches = async (alarmName: string, alarmsAccount?: string) => {
      const { topic, key } = policiesOf(stack, 'RecordAlertTopic', 'RecordAlertsKey');
      return [
        await cloudWatchMay('sns:Publish', topicArn('RecordAlertTopic'), alarmName, topic, alarmsAccount),
        await cloudWatchMay('kms:GenerateDataKey', keyArn, alarmName, key, alarmsAccount),
        await cloudWatchMay('kms:Decrypt', keyArn, alarmName, key, alarmsAccount),
      ];
    };
    return { stack, records, alerts: records.alerts, reaches };
  };
  const all = ['Allowed', 'Allowed', 'Allowed'];
  const none = ['ImplicitlyDenied', 'ImplicitlyDenied', 'ImplicitlyDenied'];

  test('are heard of when they are announced under a name of their own, and no others', async () => {
    const { stack, records, alerts, reaches } = made();
    const alarm = records
      .metricRecordsRejected()
      .createAlarm(stack, 'Rejects', { alarmName: 'rejects', threshold: 100, evaluationPeriods: 1 });
    alerts.announce(alarm);
    alerts.announce(alarmIn(stack, { alarmName: 'cpu-1' }));
    expect(await reaches('rejects')).toEqual(all);
    expect(await reaches('cpu-1')).toEqual(all);
    expect(await reaches('sallyport-anything-dev')).toEqual(all);
    expect(await reaches('cpu-12')).toEqual(none);
    expect(await reaches('rejects', '444455556666')).toEqual(none);
  });

  test('are heard of by a pattern of the names that CloudFormation makes', async () => {
    const { stack, alerts, reaches } = made();
    alerts.allowAlarms('Own-*');
    alerts.announce(alarmIn(stack));
    alarmIn(stack, {}, 'Disk').addAlarmAction(new SnsAction(alerts.topic));
    expect(await reaches('Own-Cpu12345678-ABCDEFGHIJKL')).toEqual(all);
    expect(await reaches('Other-Cpu12345678-ABCDEFGHIJKL')).toEqual(none);
  });

  test.each<
    [
      string,
      (alerts: { topic: ITopic; announce: (alarm: Alarm) => void }, alarm: Alarm) => void,
      Partial<AlarmProps>,
    ]
  >([
    ['announced without a name', (alerts, alarm) => alerts.announce(alarm), {}],
    [
      'added past announce',
      ({ topic }, alarm) => alarm.addAlarmAction(new SnsAction(topic)),
      { alarmName: 'cpu' },
    ],
    ['that tell only that they are over', ({ topic }, alarm) => alarm.addOkAction(new SnsAction(topic)), {}],
    [
      'that tell only of missing data',
      ({ topic }, alarm) => alarm.addInsufficientDataAction(new SnsAction(topic)),
      {},
    ],
  ])('that nobody would hear of are refused at synthesis: %s', (_how, tell, props) => {
    const { stack, alerts } = made();
    tell(alerts, alarmIn(stack, props));
    expect(() => synthesized(stack)).toThrow(
      /Own\/Cpu\/Resource publishes to Own\/Records\/Alerts\/Topic, whose policies do not let it in, and nobody would hear of it: give it an alarmName and announce it/,
    );
  });

  test('of another stack are refused as well, and those on other topics are not looked at', () => {
    const { stack, alerts } = made();
    const theirs = plainStack('Theirs', {}, stack.node.root as App);
    alarmIn(theirs, { alarmName: 'elsewhere' }).addAlarmAction(new SnsAction(new Topic(theirs, 'Ops')));
    expect(() => synthesized(stack)).not.toThrow();
    const late = plainStack('Late', {}, stack.node.root as App);
    alarmIn(late).addAlarmAction(new SnsAction(alerts.topic));
    expect(() => (stack.node.root as App).synth({ force: true })).toThrow(/Late\/Cpu\/Resource publishes to/);
  });

  test('of two environments have a topic each, and each looks at its own', () => {
    const app = new App();
    for (const environment of ['dev', 'prod'] as const) {
      const own = plainStack(environment, {}, app);
      const { alerts } = new RecordIngestion(own, 'Records', { bundles, configuration: { environment } });
      alerts.announce(alarmIn(own, { alarmName: `theirs-of-${environment}` }));
    }
    expect(() => app.synth()).not.toThrow();
  });

  test.each([
    ['nothing', ''],
    ['what the deployment alone knows', Aws.STACK_NAME],
  ])('cannot be let in by a name that no template spells out: %s', (_what, name) => {
    const { alerts } = made();
    expect(() => alerts.allowAlarms(name)).toThrow(
      'is none: give the alarm an alarmName, or a pattern such as Own-*.',
    );
  });

  test('that are let in already add no statement', () => {
    const { alerts, stack } = made();
    const { document } = alerts.topic.node.findChild('Policy') as TopicPolicy;
    const count = () => JSON.stringify(stack.resolve(document)).length;
    const before = count();
    alerts.allowAlarms('sallyport-own-dev');
    expect(count()).toBe(before);
    alerts.allowAlarms('own-?');
    const once = count();
    expect(once).toBeGreaterThan(before);
    alerts.allowAlarms('own-1');
    alerts.allowAlarms('own-?');
    expect(count()).toBe(once);
    alerts.allowAlarms('own-10');
    expect(count()).toBeGreaterThan(once);
  });
});

describe("a team's own alarms on their own topic", () => {
  test('go on arriving when flows are given it', async () => {
    const stack = plainStack();
    const existingAlertTopic = new Topic(stack, 'Ops');
    alarmIn(stack).addAlarmAction(new SnsAction(existingAlertTopic));
    for (const name of flowNames) makeFlow(stack, name, { existingAlertTopic });
    const { topic } = policiesOf(stack, 'Ops');
    const arn = topicArn('OpsE1B7E7B5');
    expect(warningsOf(stack)).toEqual([]);
    const policy = JSON.parse(JSON.stringify(topic).replaceAll(/arn:aws:sns:[^"]*Ops[^"]*/g, arn)) as object;
    const ask = (name: string, of?: string) => cloudWatchMay('sns:Publish', arn, name, policy, of);
    expect(await ask('Own-Cpu12345678-ABCDEFGHIJKL')).toBe('Allowed');
    expect(await ask('sallyport-anything-dev')).toBe('Allowed');
    expect(await ask('Own-Cpu12345678-ABCDEFGHIJKL', '444455556666')).toBe('ImplicitlyDenied');
  });

  test("keep what SNS's default policy gave the account, once", () => {
    const stack = plainStack();
    const existingAlertTopic = new Topic(stack, 'Ops');
    for (const name of flowNames) makeFlow(stack, name, { existingAlertTopic });
    const { topic } = policiesOf(stack, 'Ops') as { topic: { Statement: Record<string, unknown>[] } };
    expect(topic.Statement.filter(({ Sid }) => String(Sid).startsWith('Default'))).toEqual([
      expect.objectContaining({
        Sid: 'DefaultOfTheOwner',
        Principal: { AWS: '*' },
        Action: expect.arrayContaining(['sns:Publish', 'sns:Subscribe']),
        Condition: { StringEquals: { 'aws:SourceOwner': account } },
      }),
      expect.objectContaining({ Sid: 'DefaultOfTheAlarms' }),
    ]);
  });

  test('are not let in where the topic has had a policy of its own', async () => {
    const stack = plainStack();
    const existingAlertTopic = new Topic(stack, 'Ops', { enforceSSL: true });
    const { alerts } = new TrailAnalysis(stack, 'Trail', { bundles, existingAlertTopic });
    alerts.allowAlarms('theirs-*');
    const { topic } = policiesOf(stack, 'Ops');
    expect(JSON.stringify(topic)).not.toContain('Default');
    const policy = JSON.parse(
      JSON.stringify(topic).replaceAll(/arn:aws:sns:[^"]*Ops[^"]*/g, topicArn('Ops')),
    ) as object;
    expect(await cloudWatchMay('sns:Publish', topicArn('Ops'), 'Own-Cpu', policy)).toBe('ImplicitlyDenied');
    expect(await cloudWatchMay('sns:Publish', topicArn('Ops'), 'theirs-cpu', policy)).toBe('Allowed');
  });

  test('are let in by their key when they are announced, with the key of another stack as well', async () => {
    const app = new App();
    const theirs = plainStack('Theirs', {}, app);
    const masterKey = new Key(theirs, 'Shared');
    const existingAlertTopic = new Topic(theirs, 'Ops', { masterKey });
    for (const environment of ['dev', 'prod'] as const) {
      const own = plainStack(environment, {}, app);
      const { alerts } = new RecordIngestion(own, 'Records', {
        bundles,
        existingAlertTopic,
        configuration: { environment },
      });
      alerts.announce(alarmIn(own, { alarmName: 'theirs' }));
    }
    const { key } = policiesOf(theirs, 'Ops', 'Shared');
    expect(await cloudWatchMay('kms:Decrypt', keyArn, 'theirs', key)).toBe('Allowed');
    expect(await cloudWatchMay('kms:Decrypt', keyArn, 'others', key)).toBe('ImplicitlyDenied');
  });

  test('are told of where the topic is imported', () => {
    const stack = plainStack();
    const existingAlertTopic = Topic.fromTopicArn(stack, 'Ops', topicArn('ops'));
    const { alerts } = new TrailAnalysis(stack, 'Trail', { bundles, existingAlertTopic });
    alerts.announce(alarmIn(stack, { alarmName: 'theirs' }));
    const left = alerts.statementsToAdd.map(statement =>
      JSON.stringify(stack.resolve(statement.toStatementJson())),
    );
    expect(left.filter(text => text.includes(':alarm:theirs'))).toHaveLength(1);
    expect(left.filter(text => text.includes('Default'))).toEqual([]);
    expect(warningsOf(stack).filter(text => text.includes(':alarm:theirs'))).toHaveLength(1);
  });
});
