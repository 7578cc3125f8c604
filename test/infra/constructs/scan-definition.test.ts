import { describe, expect, test } from '@jest/globals';
import { mostSegments, scanDefinition } from '../../../infra/constructs/scan-definition.ts';
import { prepareDefinition } from '../../../infra/local/step-functions/prepare-definition.ts';
import { runDefinition } from '../../../infra/local/step-functions/run-definition.ts';
import { render, resourcesOf, synthesizeCompliance } from '../synthesized-stack.ts';

const scannerArn = 'arn:aws:lambda:eu-central-1:111122223333:function:sallyport-compliance-scanner-dev';
const alertTopicArn = 'arn:aws:sns:eu-central-1:111122223333:sallyport-compliance-alerts-dev';
const executionId = 'arn:aws:states:eu-central-1:111122223333:execution:sallyport-compliance-scan-dev:abc';
const startTime = '2026-11-21T08:00:00.000Z';
const failureTime = '2026-11-21T08:00:14.000Z';

const definition = scanDefinition({
  partition: 'aws',
  scannerArn,
  scannerTimeoutSeconds: 900,
  scanSeconds: 86_400,
  alertTopicArn,
});

const prepared = prepareDefinition(definition, () => 0);

class TaskError extends Error {
  constructor(name: string, cause: string) {
    super(cause);
    this.name = name;
  }
}

interface Notice {
  readonly TopicArn: string;
  readonly Subject: string;
  readonly Message: { readonly default: string; readonly email: string };
}

/** Runs the scan as the local run does, with the given scanner behind its task. */
async function run(
  scan: (payload: unknown, call: number) => unknown,
  announce: () => unknown = () => ({ MessageId: 'm1' }),
) {
  const payloads: unknown[] = [];
  const notices: Notice[] = [];
  const { outcome } = runDefinition(prepared, {
    input: { anything: 'at all' },
    execution: { Id: executionId, Name: 'abc', StartTime: startTime },
    stateMachine: {},
    now: () => new Date(failureTime),
    runTask: async ({ stateName, input }) => {
      if (stateName === 'AnnounceFailure') {
        notices.push(input as Notice);
        return announce();
      }
      const { FunctionName, Payload } = input as { FunctionName: string; Payload: unknown };
      expect(FunctionName).toBe(scannerArn);
      payloads.push(Payload);
      return { Payload: scan(Payload, payloads.length), StatusCode: 200 };
    },
  });
  return { outcome: await outcome, payloads, notices };
}

const beginning = { execution: 'abc', startedAt: startTime };

describe('compliance workflow', () => {
  test('A7: hands each segment what the last one answered, until one answers that it is done', async () => {
    const answers = [
      { phase: 'scanning', unit: 1, cursor: 'next' },
      { phase: 'concluding', unit: 8 },
      { phase: 'importing', imported: 1 },
      { phase: 'done', refused: 0 },
    ];
    const { outcome, payloads, notices } = await run((_payload, call) => answers[call - 1]);
    expect(payloads).toEqual([beginning, ...answers.slice(0, 3)]);
    expect(outcome).toEqual({ status: 'SUCCEEDED', output: answers[3] });
    expect(notices).toEqual([]);
  });

  test('A7: a segment that fails is made again, with the same input, four times', async () => {
    const { outcome, payloads } = await run((_payload, call) => {
      if (call <= 4) throw new TaskError('Sallyport.Throttled', 'later');
      return { phase: 'done' };
    });
    expect(payloads).toEqual(Array.from({ length: 5 }, () => beginning));
    expect(outcome).toEqual({ status: 'SUCCEEDED', output: { phase: 'done' } });
  });

  test('A7: what stops a scan is told once, and the execution fails as announced', async () => {
    const { outcome, payloads, notices } = await run((_payload, call) => {
      if (call === 1) return { phase: 'scanning' };
      throw new TaskError('Sallyport.Denied', 'no bucket');
    });
    expect(payloads).toHaveLength(6);
    expect(outcome).toEqual({ status: 'FAILED', error: 'Sallyport.Announced', cause: 'no bucket' });
    expect(notices).toHaveLength(1);
    const [notice] = notices;
    expect(notice?.TopicArn).toBe(alertTopicArn);
    // SNS: ASCII, at most 100 characters, no line break.
    expect(notice?.Subject).toMatch(/^[\x20-\x7e]{1,100}$/);
    expect(JSON.parse(notice?.Message.default ?? '')).toEqual({
      schemaVersion: 1,
      id: executionId,
      kind: 'compliance.scan-failed',
      severity: 'high',
      title: 'A compliance scan stopped',
      text: expect.stringContaining('scan abc stopped after 1 segments with Sallyport.Denied') as unknown,
      occurredAt: failureTime,
      correlationId: 'abc',
      details: {
        execution: 'abc',
        startedAt: startTime,
        segments: 1,
        error: 'Sallyport.Denied',
        cause: 'no bucket',
      },
    });
    expect(notice?.Message.email).toContain('no bucket');
  });

  test('A7: where no notice goes out the execution fails as unannounced, for the rule to tell people', async () => {
    const fail = (name: string) => () => {
      throw new TaskError(name, 'why');
    };
    const { outcome } = await run(fail('X'), fail('SNS.AuthorizationErrorException'));
    expect(outcome).toEqual({ status: 'FAILED', error: 'Sallyport.Unannounced', cause: 'why' });
  });

  test.each([
    ['nothing', null],
    ['no phase', { unit: 1 }],
  ])('a scanner that answers %s stops the scan', async (_name, answer) => {
    const { outcome, payloads, notices } = await run(() => answer);
    expect(payloads).toHaveLength(1);
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'Sallyport.Announced' });
    expect(notices[0]?.Message.default).toContain('Sallyport.UnknownAnswer');
  });

  test('A7: a scan that does not end is stopped before its history is full', async () => {
    const { outcome, payloads, notices } = await run(() => ({ phase: 'scanning' }));
    expect(payloads).toHaveLength(mostSegments);
    expect(outcome).toMatchObject({ status: 'FAILED', error: 'Sallyport.Announced' });
    expect(notices[0]?.Message.default).toContain('Sallyport.TooManySegments');
    // 25 000 events; eighteen a segment with all its retries, and some tens for the end.
    expect(18 * mostSegments + 100).toBeLessThan(25_000);
  });
});

describe('scan definition', () => {
  test("the scanner's own time-out comes before that of its task; the scan ends before the next begins", () => {
    expect(definition).toMatchObject({ TimeoutSeconds: 86_400, States: { Scan: { TimeoutSeconds: 905 } } });
  });

  test('is what the template deploys', () => {
    const stack = synthesizeCompliance({ scannerTimeoutSeconds: '300', complianceScanHours: '12' });
    const [machine] = resourcesOf(stack, 'AWS::StepFunctions::StateMachine').map(([, found]) => found);
    const [scanner] = resourcesOf(stack, 'AWS::Lambda::Function').map(([id]) => id);
    expect(JSON.parse(String(render(machine?.Properties['DefinitionString'])))).toEqual(
      scanDefinition({
        partition: '<AWS::Partition>',
        scannerArn: `<${scanner}.Arn>`,
        scannerTimeoutSeconds: 300,
        scanSeconds: 43_200,
        alertTopicArn: '<ComplianceAlertTopic>',
      }),
    );
  });
});
