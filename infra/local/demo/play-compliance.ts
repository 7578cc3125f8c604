import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { CreateTopicCommand, DeleteTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import type { LocalPipeline } from '../local-pipeline.ts';
import { DemoClients } from './demo-clients.ts';
import { type Expectation, expectation } from './expectation.ts';

/** What of a scan's report is looked at. */
interface Report {
  readonly resources: Readonly<Record<string, number>>;
  readonly encryptionGrades: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly numbers: Readonly<Record<string, number>>;
  readonly checks: readonly { readonly id: string; readonly fail: number }[];
  readonly new: readonly Named[];
  readonly resolved: readonly Named[];
}

interface Named {
  readonly name: string;
  readonly checkId: string;
}

const typesLookedAt = [
  'account',
  's3-bucket',
  'dynamodb-table',
  'sns-topic',
  'sqs-queue',
  'kms-key',
  'log-group',
];

/**
 * Scans a running pipeline three times: as it stands, with a topic that somebody has made without a key, and without that
 * topic again; and finds out what people were told.
 */
export async function playCompliance(
  pipeline: LocalPipeline,
  progress: (step: string) => void,
): Promise<readonly Expectation[]> {
  const { ComplianceStateMachineArn: stateMachineArn, ComplianceAlertTopicArn: alertTopicArn } =
    pipeline.outputs;
  const logs = pipeline.outputs['ComplianceLogBucketName'] ?? '';
  const clients = new DemoClients(pipeline);
  const workflows = new SFNClient(pipeline.client);
  const topics = new SNSClient(pipeline.client);
  const scan = async (name: string): Promise<Report> => {
    await workflows.send(new StartExecutionCommand({ stateMachineArn, name }));
    await pipeline.idle(180_000);
    const [key = ''] = (await clients.keys(logs, 'compliance/')).filter(it =>
      it.endsWith(`/${name}/report.json`),
    );
    return JSON.parse(await clients.text(logs, key)) as Report;
  };
  const told = () =>
    pipeline.announcements.all.filter(
      ({ topicArn, attributes }) => topicArn === alertTopicArn && attributes['kind'] === 'compliance.changed',
    );
  try {
    progress('compliance: scanning the pipeline itself');
    const first = await scan('demo-1');
    progress('compliance: somebody makes a topic without a key');
    const { TopicArn } = await topics.send(new CreateTopicCommand({ Name: 'made-in-a-hurry' }));
    const second = await scan('demo-2');
    await topics.send(new DeleteTopicCommand({ TopicArn }));
    progress('compliance: the topic is deleted, and one scan more');
    const third = await scan('demo-3');
    await scan('demo-4');
    const looked = typesLookedAt.filter(type => (first.resources[type] ?? 0) > 0);
    return [
      expectation(
        'types of resources looked at',
        typesLookedAt.length,
        looked.length,
        looked.map(type => `${first.resources[type]} × ${type}`),
      ),
      expectation('questions that have no answer', 0, first.numbers['notJudged'] ?? -1),
      expectation('buckets, topics and queues of the pipeline that are public', 0, publicIn(first)),
      expectation(
        'tables, topics and queues of the pipeline under a weaker key than its own',
        0,
        weakIn(first, ['dynamodb-table', 'sns-topic', 'sqs-queue']),
      ),
      expectation(
        'topics under no key, new since the scan before',
        1,
        second.new.filter(
          ({ name, checkId }) => name === 'made-in-a-hurry' && checkId === 'sns-topic-encryption',
        ).length,
        second.new.map(({ name, checkId }) => `${name}: ${checkId}`),
      ),
      expectation('failures that have ended with the topic', second.new.length, third.resolved.length),
      expectation(
        'messages about four scans: none about the last, for nothing had changed',
        first.numbers['new'] === 0 ? 2 : 3,
        told().length,
        told().map(({ subject = '' }) => subject),
      ),
    ];
  } finally {
    clients.close();
    workflows.destroy();
    topics.destroy();
  }
}

function publicIn({ checks }: Report): number {
  return checks.filter(({ id }) => id.endsWith('-public-access')).reduce((sum, { fail }) => sum + fail, 0);
}

function weakIn({ encryptionGrades }: Report, types: readonly string[]): number {
  return types.reduce((sum, type) => {
    const { 'customer-managed': good = 0, ...others } = encryptionGrades[type] ?? {};
    return sum + Object.values(others).reduce((all, count) => all + count, 0);
  }, 0);
}
