import { announceFailure, catchFailure } from './announce-failure.ts';

export interface TrailBackfillDefinitionProps {
  /** Partition of the service integrations, for example `aws`. */
  readonly partition: string;
  readonly backfillerArn: string;
  /** Time-out of the backfiller function, seconds. */
  readonly backfillerTimeoutSeconds: number;
  readonly bucketName: string;
  /** What the keys begin with where the input names no `prefix`, for example `AWSLogs/`. */
  readonly defaultPrefix: string;
  /** Batches at one time. */
  readonly concurrency: number;
  readonly alertTopicArn: string;
}

/** The label of the Map: part of the names of its child executions. */
export const trailBackfillLabel = 'Logs';

/** Logs in one invocation. */
const batchSize = 100;

/** A batch that was stopped for its time goes on where it was, at once and as often as it takes. */
const goOn = { ErrorEquals: ['Sallyport.TimedOut'], IntervalSeconds: 1, BackoffRate: 1, MaxAttempts: 100 };

const waitLonger = {
  ErrorEquals: [
    'Sallyport.Throttled',
    'Sallyport.Retryable',
    'Lambda.TooManyRequestsException',
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'Lambda.ClientExecutionTimeoutException',
  ],
  IntervalSeconds: 5,
  BackoffRate: 2,
  MaxDelaySeconds: 300,
  JitterStrategy: 'FULL',
  MaxAttempts: 8,
};

const tryAgain = { ErrorEquals: ['States.ALL'], IntervalSeconds: 5, BackoffRate: 2, MaxAttempts: 2 };

/**
 * A backfill in Amazon States Language (JSONPath): lists the bucket below the prefix that the function makes of the input,
 * and has it analyze the logs there batch by batch. A log that fails its batch is tried alone, and then given up in the
 * ledger: SUCCEEDED means that every log was read. No child may fail: one fails only where nothing could be noted of its
 * log. What stopped goes on in another execution of the same `backfill`; the stopped one, redriven, enters its Fail state
 * again and does nothing (Step Functions Developer Guide, "Restarting state machine executions with redrive").
 *
 * Input: `{ "prefix"?, "from"?, "to"?, "announce"?, "backfill"? }`, as the function reads it. Whatever stops a backfill ends
 * in a notice and then in FAILED with `Sallyport.Announced` (docs/decisions/0004).
 */
export function trailBackfillDefinition(props: TrailBackfillDefinitionProps): Record<string, unknown> {
  const invoke = (payload: Record<string, unknown>) => ({
    Type: 'Task',
    Resource: `arn:${props.partition}:states:::lambda:invoke`,
    Parameters: { FunctionName: props.backfillerArn, Payload: payload },
    // Lambda's own time-out comes first, so that the error names it.
    TimeoutSeconds: props.backfillerTimeoutSeconds + 5,
  });
  const patiently = { Retry: [goOn, waitLonger, tryAgain] };
  const nothing = { ResultSelector: {} };
  const orElse = (next: string) => ({
    Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: next }],
  });
  const one = { 'batch.$': '$.batch', 'objects.$': 'States.Array($.object)' };
  const oneByOne = {
    Type: 'Map',
    ItemsPath: '$.Items',
    MaxConcurrency: 1,
    ItemSelector: { 'batch.$': '$.BatchInput.batch', 'object.$': '$$.Map.Item.Value' },
    ItemProcessor: {
      ProcessorConfig: { Mode: 'INLINE' },
      StartAt: 'AnalyzeOne',
      States: {
        AnalyzeOne: {
          ...invoke({ step: 'analyze', ...one }),
          ...nothing,
          ...patiently,
          ...orElse('GiveUp'),
          End: true,
        },
        GiveUp: {
          ...invoke({ step: 'give-up', ...one, 'failure.$': '$.failure' }),
          ...nothing,
          ...patiently,
          End: true,
        },
      },
    },
    ...nothing,
    End: true,
  };
  return {
    Comment: 'Analyzes the logs below a prefix, or tells people why it could not.',
    QueryLanguage: 'JSONPath',
    StartAt: 'Begin',
    States: {
      Begin: {
        ...invoke({
          step: 'begin',
          bucket: props.bucketName,
          defaultPrefix: props.defaultPrefix,
          'execution.$': '$$.Execution.Name',
          'request.$': '$$.Execution.Input',
        }),
        ResultSelector: { 'batch.$': '$.Payload' },
        ...patiently,
        Catch: catchFailure,
        Next: 'AnalyzeLogs',
      },
      AnalyzeLogs: {
        Type: 'Map',
        Label: trailBackfillLabel,
        ItemReader: {
          Resource: `arn:${props.partition}:states:::s3:listObjectsV2`,
          Parameters: { Bucket: props.bucketName, 'Prefix.$': '$.batch.prefix' },
        },
        ItemBatcher: { MaxItemsPerBatch: batchSize, BatchInput: { 'batch.$': '$.batch' } },
        MaxConcurrency: props.concurrency,
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
          StartAt: 'AnalyzeBatch',
          States: {
            AnalyzeBatch: {
              ...invoke({ step: 'analyze', 'batch.$': '$.BatchInput.batch', 'objects.$': '$.Items' }),
              ...nothing,
              ...patiently,
              ...orElse('OneByOne'),
              End: true,
            },
            OneByOne: oneByOne,
          },
        },
        // What became of each log stands in the ledger.
        ResultPath: null,
        Catch: catchFailure,
        Next: 'Conclude',
      },
      Conclude: {
        ...invoke({ step: 'conclude', 'batch.$': '$.batch' }),
        ResultSelector: { 'backfill.$': '$.Payload' },
        // A backfill that is not complete is not so the next time either.
        Retry: [goOn, waitLonger],
        Catch: catchFailure,
        End: true,
      },
      ...announceFailure({
        partition: props.partition,
        alertTopicArn: props.alertTopicArn,
        title: 'A backfill of CloudTrail logs stopped',
        kind: 'trail.backfill-failed',
        fields: {
          'text.$':
            "States.Format('The backfill {} stopped with {}. Logs that it had not come to, or could not read, were not analyzed; the ledger says what became of each. When the cause is mended, start an execution with the same input; where that names no backfill, add the name of this execution as its backfill. It goes on with what is left; a redrive of this execution does nothing.', $$.Execution.Name, $.failure.Error)",
          'correlationId.$': '$$.Execution.Name',
        },
        details: {
          'execution.$': '$$.Execution.Name',
          'startedAt.$': '$$.Execution.StartTime',
          'request.$': '$$.Execution.Input',
        },
        failed: 'BackfillFailed',
      }),
    },
  };
}
