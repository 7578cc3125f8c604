import { describe, expect, test } from '@jest/globals';
import { intakeDefinition } from '../../../infra/constructs/intake-definition.ts';
import {
  type PreparedDefinition,
  prepareDefinition,
} from '../../../infra/local/step-functions/prepare-definition.ts';
import { runDefinition } from '../../../infra/local/step-functions/run-definition.ts';
import fc from '../../seeded-properties.ts';
import { render, resourcesOf, synthesizeIntake } from '../synthesized-stack.ts';

const writerArn = 'arn:aws:lambda:eu-central-1:111122223333:function:sallyport-upload-writer-dev';
const alertTopicArn = 'arn:aws:sns:eu-central-1:111122223333:sallyport-alerts-dev';
const executionId = 'arn:aws:states:eu-central-1:111122223333:execution:sallyport-intake-dev:abc';
const startTime = '2026-11-21T08:00:00.000Z';
const failureTime = '2026-11-21T08:00:14.000Z';

const definition = intakeDefinition({
  partition: 'aws',
  writerArn,
  writerTimeoutSeconds: 15,
  alertTopicArn,
});

const withoutWaits = (machine: object) => prepareDefinition(machine, () => 0);

const prepared = withoutWaits(definition);

const upload = {
  schemaVersion: 1,
  bucket: 'sallyport-uploads-dev-111122223333',
  key: 'invoices/offer (final).pdf',
  versionId: 'v1',
  correlationId: 'c1',
};

interface Notice {
  readonly TopicArn: string;
  readonly Subject: string;
  readonly MessageStructure: string;
  readonly Message: { readonly default: string; readonly email: string };
  readonly MessageAttributes: Record<string, { readonly DataType: string; readonly StringValue: string }>;
}

/** A task's error as Step Functions sees it: error name and cause. */
class TaskError extends Error {
  constructor(name: string, cause: string) {
    super(cause);
    this.name = name;
  }
}

interface Run {
  readonly outcome: unknown;
  readonly records: unknown[];
  readonly notices: Notice[];
}

/** Runs a definition as the local run does, with the given work behind its two tasks. */
async function run(
  record: (attempt: number) => unknown,
  announce: (attempt: number) => unknown = () => ({ MessageId: 'm1' }),
  { input = upload, machine = prepared }: { input?: object; machine?: PreparedDefinition } = {},
): Promise<Run> {
  const records: unknown[] = [];
  const notices: Notice[] = [];
  const { outcome } = runDefinition(machine, {
    input,
    execution: { Id: executionId, Name: 'abc', StartTime: startTime },
    stateMachine: {},
    now: () => new Date(failureTime),
    runTask: async ({ stateName, input: parameters }) => {
      if (stateName === 'AnnounceFailure') {
        notices.push(parameters as Notice);
        return announce(notices.length);
      }
      records.push(parameters);
      return { Payload: record(records.length), StatusCode: 200 };
    },
  });
  return { outcome: await outcome, records, notices };
}

const fail = (name: string, cause: string) => () => {
  throw new TaskError(name, cause);
};

const announced = (cause: string) => ({ status: 'FAILED', error: 'Sallyport.Announced', cause });

describe('intake workflow', () => {
  test('A1: hands the upload to the writer and answers with its record', async () => {
    const { outcome, records, notices } = await run(() => ({ outcome: 'recorded' }));
    expect(outcome).toEqual({ status: 'SUCCEEDED', output: { record: { outcome: 'recorded' } } });
    expect(records).toEqual([{ FunctionName: writerArn, Payload: upload }]);
    expect(notices).toEqual([]);
  });

  test('A4: the third retry may still succeed, and nobody is told', async () => {
    const { outcome, records, notices } = await run(attempt => {
      if (attempt <= 3) throw new TaskError('Lambda.TooManyRequestsException', 'later');
      return { outcome: 'duplicate' };
    });
    expect(outcome).toEqual({ status: 'SUCCEEDED', output: { record: { outcome: 'duplicate' } } });
    expect(records).toHaveLength(4);
    expect(notices).toEqual([]);
  });

  test('A4: after three retries people are told once, and the execution fails as announced, with the cause', async () => {
    const cause = '{"errorType":"Sallyport.UploadMissing","errorMessage":"gone"}';
    const { outcome, records, notices } = await run(fail('Sallyport.UploadMissing', cause));
    expect(outcome).toEqual(announced(cause));
    expect(records).toHaveLength(4);
    expect(notices).toHaveLength(1);
    const [notice] = notices;
    expect(notice).toMatchObject({
      TopicArn: alertTopicArn,
      MessageStructure: 'json',
      MessageAttributes: {
        kind: { DataType: 'String', StringValue: 'upload.failed' },
        severity: { DataType: 'String', StringValue: 'high' },
      },
    });
    // SNS: ASCII, at most 100 characters, no line break.
    expect(notice?.Subject).toMatch(/^[\x20-\x7e]{1,100}$/);
    expect(JSON.parse(notice?.Message.default ?? '')).toEqual({
      schemaVersion: 1,
      id: executionId,
      kind: 'upload.failed',
      severity: 'high',
      title: 'An upload could not be recorded',
      text: expect.any(String) as unknown,
      occurredAt: failureTime,
      correlationId: upload.correlationId,
      details: {
        bucket: upload.bucket,
        key: upload.key,
        versionId: upload.versionId,
        state: 'RecordUpload',
        error: 'Sallyport.UploadMissing',
        cause,
      },
    });
    for (const fact of [upload.bucket, upload.key, upload.versionId, 'RecordUpload', cause, executionId]) {
      expect(notice?.Message.email).toContain(fact);
    }
  });

  test('A4: a notice that fails is retried three times', async () => {
    const { outcome, notices } = await run(fail('X', 'x'), attempt => {
      if (attempt <= 3) throw new TaskError('SNS.InternalErrorException', 'later');
      return { MessageId: 'm1' };
    });
    expect(outcome).toEqual(announced('x'));
    expect(notices).toHaveLength(4);
  });

  test('A4: where no notice goes out the execution fails as unannounced, for the rule to tell people', async () => {
    const { outcome, notices } = await run(
      fail('X', 'the upload'),
      fail('SNS.AuthorizationErrorException', 'the notice'),
    );
    expect(outcome).toEqual({ status: 'FAILED', error: 'Sallyport.Unannounced', cause: 'the upload' });
    expect(notices).toHaveLength(4);
  });

  test('an error without a cause is announced all the same', async () => {
    const caught = { Type: 'Pass', Next: 'HasCause' };
    const machine = withoutWaits({
      ...definition,
      States: { ...(definition['States'] as object), RecordUpload: caught },
    });
    const input = { ...upload, failure: { Error: 'States.Timeout' } };
    const { outcome, notices } = await run(() => undefined, undefined, { input, machine });
    expect(outcome).toEqual(announced('No cause was given.'));
    expect(notices).toHaveLength(1);
  });

  test('whatever the key and the cause say, the notice is JSON that says the same', async () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(text, text, async (key, cause) => {
        const { notices } = await run(fail('X', cause), undefined, { input: { ...upload, key } });
        const [message] = notices.map(({ Message }) => Message);
        const alert = JSON.parse(message?.default ?? '') as Record<string, unknown>;
        expect(alert['details']).toMatchObject({ key, cause });
        expect(alert['text']).toContain(key);
        expect(message?.email).toContain(cause);
      }),
      { numRuns: 50 },
    );
  });

  test.each([
    ['quotes', '"'],
    ['backslashes', '\\'],
    ['line breaks', '\n'],
    ['Chinese characters', '文'],
  ])('the longest cause, all %s, keeps the notice within 256 KB', async (_name, character) => {
    const cause = character.repeat(32_768);
    const { notices } = await run(fail('X', cause), undefined, {
      input: { ...upload, key: 'k'.repeat(1024) },
    });
    const [notice] = notices;
    const attributes = Object.entries(notice?.MessageAttributes ?? {}).flatMap(
      ([name, { DataType, StringValue }]) => [name, DataType, StringValue],
    );
    const sent = [JSON.stringify(notice?.Message), notice?.Subject, ...attributes].join('');
    expect(Buffer.byteLength(sent)).toBeLessThan(262_144);
    expect(notice?.Message.email.includes(cause)).toBe(true);
  });
});

interface State {
  readonly Type: string;
  readonly TimeoutSeconds?: number;
  readonly Retry?: unknown;
  readonly Catch?: unknown;
}

describe('intake definition', () => {
  const states = Object.entries(definition['States'] as Record<string, State>);
  const tasks = states.filter(([, { Type }]) => Type === 'Task');

  test.each(tasks)(
    'A4: %s retries everything 3 times after 2 s, 4 s and 8 s, has a time-out and a catch',
    (_, task) => {
      expect(task).toMatchObject({
        TimeoutSeconds: expect.any(Number) as unknown,
        Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 2, MaxAttempts: 3, BackoffRate: 2 }],
        Catch: [{ ErrorEquals: ['States.ALL'] }],
      });
    },
  );

  test('there are two tasks, and the machine outlasts all their attempts and waits', () => {
    expect(tasks.map(([name]) => name)).toEqual(['RecordUpload', 'AnnounceFailure']);
    const longest = tasks.reduce(
      (sum, [, { TimeoutSeconds = 0 }]) => sum + 4 * TimeoutSeconds + 2 + 4 + 8,
      0,
    );
    expect(definition['TimeoutSeconds']).toBeGreaterThan(longest);
    expect(states.length).toBe(7);
  });

  test("the writer's own time-out comes before that of its task", () => {
    const [, record] = tasks[0] ?? [];
    expect(record?.TimeoutSeconds).toBeGreaterThan(15);
  });

  test('is what the template deploys', () => {
    const stack = synthesizeIntake({ writerTimeoutSeconds: '20' });
    const [machine] = resourcesOf(stack, 'AWS::StepFunctions::StateMachine').map(([, found]) => found);
    const writer = resourcesOf(stack, 'AWS::Lambda::Function').find(
      ([, { Properties }]) => Properties['FunctionName'] === 'sallyport-upload-writer-dev',
    );
    expect(JSON.parse(String(render(machine?.Properties['DefinitionString'])))).toEqual(
      intakeDefinition({
        partition: '<AWS::Partition>',
        writerArn: `<${writer?.[0]}.Arn>`,
        writerTimeoutSeconds: 20,
        alertTopicArn: '<AlertTopic>',
      }),
    );
  });
});
