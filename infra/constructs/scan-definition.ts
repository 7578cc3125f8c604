import { announceFailure, catchFailure, type Patience, retryEverything } from './announce-failure.ts';

export interface ScanDefinitionProps {
  /** Partition of the service integrations, for example `aws`. */
  readonly partition: string;
  readonly scannerArn: string;
  /** Time-out of the scanner function, seconds. */
  readonly scannerTimeoutSeconds: number;
  /** Seconds after which a scan is given up. */
  readonly scanSeconds: number;
  readonly alertTopicArn: string;
}

/**
 * Segments of one scan. Each makes nine events of the execution's history, eighteen with all its retries, and a history
 * holds 25 000 (Step Functions Developer Guide, "Quotas").
 */
export const mostSegments = 1000;

/** Four more attempts of a segment, after 5 s, 15 s, 45 s and 135 s: throttling takes its time. */
const scanPatience: Patience = { retries: 4, firstWaitSeconds: 5, backoff: 3 };

const stopped = (name: string, cause: string) => ({
  Type: 'Pass',
  Result: { Error: name, Cause: cause },
  ResultPath: '$.failure',
  Next: 'HasCause',
});

/**
 * A compliance scan in Amazon States Language (JSONPath), whatever the input: the scanner is invoked with
 * `{ execution, startedAt }`, then again and again with what it answered, until it answers `phase: 'done'`. The output
 * is that answer.
 *
 * Whatever stops a scan ends in a notice and then in FAILED with `Sallyport.Announced` (docs/decisions/0004).
 */
export function scanDefinition(props: ScanDefinitionProps): Record<string, unknown> {
  return {
    Comment: 'Scans the account segment by segment, or tells people why it could not.',
    QueryLanguage: 'JSONPath',
    StartAt: 'Begin',
    TimeoutSeconds: props.scanSeconds,
    States: {
      Begin: {
        Type: 'Pass',
        Parameters: {
          scan: { 'execution.$': '$$.Execution.Name', 'startedAt.$': '$$.Execution.StartTime' },
          segments: 0,
        },
        Next: 'Scan',
      },
      Scan: {
        Type: 'Task',
        Resource: `arn:${props.partition}:states:::lambda:invoke`,
        Parameters: { FunctionName: props.scannerArn, 'Payload.$': '$.scan' },
        ResultSelector: { 'scan.$': '$.Payload' },
        ResultPath: '$.answer',
        // Lambda's own time-out comes first, so that the error names it.
        TimeoutSeconds: props.scannerTimeoutSeconds + 5,
        // A segment that failed is made again from its begin: what it is invoked with has not changed.
        Retry: retryEverything(scanPatience),
        Catch: catchFailure,
        Next: 'Count',
      },
      Count: {
        Type: 'Pass',
        Parameters: { 'scan.$': '$.answer.scan', 'segments.$': 'States.MathAdd($.segments, 1)' },
        Next: 'IsDone',
      },
      IsDone: {
        Type: 'Choice',
        Choices: [
          // By itself: a path to a missing field would end the execution here.
          { Not: { Variable: '$.scan.phase', IsPresent: true }, Next: 'UnknownAnswer' },
          { Variable: '$.scan.phase', StringEquals: 'done', Next: 'Done' },
          { Variable: '$.segments', NumericGreaterThanEquals: mostSegments, Next: 'TooManySegments' },
        ],
        Default: 'Scan',
      },
      Done: { Type: 'Succeed', OutputPath: '$.scan' },
      UnknownAnswer: stopped('Sallyport.UnknownAnswer', 'The scanner answered without a phase.'),
      TooManySegments: stopped(
        'Sallyport.TooManySegments',
        `The scan was not done after ${mostSegments} segments.`,
      ),
      ...announceFailure({
        partition: props.partition,
        alertTopicArn: props.alertTopicArn,
        title: 'A compliance scan stopped',
        kind: 'compliance.scan-failed',
        fields: {
          'text.$':
            "States.Format('The compliance scan {} stopped after {} segments with {}. It did not come to its end: what is missing was not looked at, or not told.', $$.Execution.Name, $.segments, $.failure.Error)",
          'correlationId.$': '$$.Execution.Name',
        },
        details: {
          'execution.$': '$$.Execution.Name',
          'startedAt.$': '$$.Execution.StartTime',
          'segments.$': '$.segments',
        },
        failed: 'ScanFailed',
      }),
    },
  };
}
