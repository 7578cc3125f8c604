import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type Happening,
  type LocalPipeline,
  startLocalPipeline,
} from '../../../../infra/local/local-pipeline.ts';
import type { Denial } from '../../../../infra/local/permissions/permissions.ts';
import { alterAssembly } from '../fixtures/alter-assembly.ts';

interface Statement {
  readonly Action: string | readonly string[];
}

/** What is taken away: an action, out of the policies whose logical ids begin so, where a statement has the text. */
interface Removal {
  readonly what: string;
  readonly policy: string;
  readonly action: string;
  readonly about?: string;
  /** Whose log tells of it; services that act in a role have none. */
  readonly functionName?: string;
}

/** The pipeline without some actions; a statement that says nothing else goes. */
function without(removals: readonly Removal[]): string {
  const found = new Set<Removal>();
  const folder = alterAssembly(({ Properties }, logicalId) => {
    const { PolicyDocument: document } = Properties as { PolicyDocument?: { Statement: Statement[] } };
    if (document === undefined) return;
    for (const removal of removals.filter(({ policy }) => logicalId.startsWith(policy))) {
      const { action, about = '' } = removal;
      document.Statement = document.Statement.flatMap(statement => {
        const actions = [statement.Action].flat();
        if (!actions.includes(action) || !JSON.stringify(statement).includes(about)) return [statement];
        found.add(removal);
        const left = actions.filter(other => other !== action);
        return left.length === 0 ? [] : [{ ...statement, Action: left }];
      });
    }
  });
  // What is not there any more cannot be missed: such a test would wait for ever.
  expect(removals.filter(removal => !found.has(removal))).toEqual([]);
  return folder;
}

const [intakeTrigger, intakeWriter] = ['sallyport-intake-trigger-dev', 'sallyport-upload-writer-dev'];

/** Those of a group are missed by different parts of the pipeline. */
const groups: readonly (readonly Removal[])[] = [
  [
    {
      what: 'a table',
      policy: 'UploadIntakeWriterRoleDefaultPolicy',
      action: 'dynamodb:PutItem',
      functionName: intakeWriter,
    },
    {
      what: 'a topic',
      policy: 'UploadIntakeTriggerRoleDefaultPolicy',
      action: 'sns:Publish',
      functionName: intakeTrigger,
    },
    {
      what: 'a bucket',
      policy: 'RecordIngestionIngestorRoleDefaultPolicy',
      action: 's3:GetObjectVersion',
      functionName: 'sallyport-record-ingestor-dev',
    },
    {
      what: 'a queue',
      policy: 'TrailAnalysisAnalyzerRoleDefaultPolicy',
      action: 'sqs:ReceiveMessage',
      functionName: 'sallyport-trail-analyzer-dev',
    },
    {
      what: 'a replica',
      policy: 'UploadIntakeReplicationRoleDefaultPolicy',
      action: 's3:ReplicateObject',
    },
  ],
  [
    {
      what: 'the start of an execution',
      policy: 'UploadIntakeTriggerRoleDefaultPolicy',
      action: 'states:StartExecution',
      functionName: intakeTrigger,
    },
    {
      what: 'the key of a bucket',
      policy: 'RecordIngestionIngestorRoleDefaultPolicy',
      action: 'kms:Decrypt',
      about: 's3.',
      functionName: 'sallyport-record-ingestor-dev',
    },
  ],
  [
    {
      what: 'a task of a state machine',
      policy: 'UploadIntakeWorkflowRoleDefaultPolicy',
      action: 'lambda:InvokeFunction',
    },
  ],
];

/** A pipeline without some actions, told to do what needs them. */
async function startWithout(removals: readonly Removal[]) {
  const denials: Denial[] = [];
  const waiting = new Set<() => void>();
  const onHappening = (happening: Happening): void => {
    if (happening.kind !== 'denied') return;
    denials.push(happening.denial);
    for (const look of waiting) look();
  };
  const quick = { retryDelay: 20, stateRetryFactor: 0.001, logFolder: false } as const;
  const pipeline = await startLocalPipeline({ assembly: without(removals), ...quick, onHappening });
  await upload(pipeline, 'Uploads', 'offer.txt');
  await upload(pipeline, 'Uploads', '../hostile');
  await upload(pipeline, 'Records', 'one.json');
  /** The first denial of an action, past or to come. */
  const denialOf = (action: string): Promise<Denial> =>
    new Promise(resolve => {
      const look = (): void => {
        const found = denials.find(denial => denial.action === action);
        if (found !== undefined) resolve(found);
      };
      waiting.add(look);
      look();
    });
  return { pipeline, denialOf };
}

async function upload({ outputs, client }: LocalPipeline, flow: string, Key: string): Promise<void> {
  const Body = '[{"device_id":"sensor-1","timestamp":"2026-01-01T00:00:00Z","value":1}]';
  const encryption = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: outputs[`${flow}KeyArn`] } as const;
  const command = new PutObjectCommand({ Bucket: outputs[`${flow}BucketName`], Key, Body, ...encryption });
  await new S3Client(client).send(command);
}

describe.each(groups.map(removals => ({ removals })))('without its permission', ({ removals }) => {
  let run: Awaited<ReturnType<typeof startWithout>>;

  beforeAll(async () => {
    run = await startWithout(removals);
  }, 60_000);

  afterAll(() => run?.pipeline.stop());

  test.each(removals)(
    '$what is out of reach, and it is told why',
    async ({ action, functionName }) => {
      const denial = await run.denialOf(action);
      expect(denial.explanation).toMatch(/^no statement allows it/);
      expect(denial.message).toContain(`because no identity-based policy allows the ${action} action`);
      if (functionName === undefined) return;
      const told = run.pipeline
        .logs(functionName)
        .filter(line => line.startsWith('{') && line.includes('"AccessDenied"'))
        .map(line => JSON.parse(line));
      expect(told).toContainEqual({ level: 'ERROR', message: 'AccessDenied', denial });
    },
    60_000,
  );
});

test('a task that may not be called fails as Step Functions says it', async () => {
  const { pipeline } = await startWithout(groups[2] ?? []);
  await pipeline.idle();
  const failure = pipeline.announcements.all.find(({ message }) => message.includes('Lambda.AWSLambda'));
  expect(failure?.attributes['kind']).toBe('upload.failed');
  await pipeline.stop();
}, 60_000);

test('a bucket cannot announce to a queue that does not let it', async () => {
  const [policy, action] = ['UploadIntakeQueuePolicy', 'sqs:SendMessage'];
  const assembly = without([{ what: 'a queue', policy, action }]);
  await expect(startLocalPipeline({ assembly, logFolder: false })).rejects.toMatchObject({
    name: 'AccessDenied',
    message: expect.stringContaining('because no resource-based policy allows the sqs:SendMessage action'),
  });
}, 60_000);
