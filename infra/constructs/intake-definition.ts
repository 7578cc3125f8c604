/** The errors that an execution of the intake workflow fails with, in its history and in EventBridge. */
export const intakeFailure = {
  /** People were told by the workflow itself. */
  announced: 'Sallyport.Announced',
  /** The notice could not be published: the rule for abandoned executions tells people. */
  unannounced: 'Sallyport.Unannounced',
} as const;

export interface IntakeDefinitionProps {
  /** Partition of the service integrations, for example `aws`. */
  readonly partition: string;
  readonly writerArn: string;
  /** Time-out of the writer function, seconds. */
  readonly writerTimeoutSeconds: number;
  readonly alertTopicArn: string;
}

const retries = 3;
const firstWaitSeconds = 2;
const backoff = 2;

const retry = [
  {
    ErrorEquals: ['States.ALL'],
    IntervalSeconds: firstWaitSeconds,
    MaxAttempts: retries,
    BackoffRate: backoff,
  },
];

const announceTimeoutSeconds = 10;

/** Seconds a task may take with all its retries. */
function longest(attemptSeconds: number): number {
  const waits = Array.from({ length: retries }, (_, index) => firstWaitSeconds * backoff ** index);
  return attemptSeconds * (retries + 1) + waits.reduce((sum, wait) => sum + wait, 0);
}

/**
 * The intake workflow in Amazon States Language (JSONPath), one upload an execution: input
 * `{ schemaVersion: 1, bucket, key, versionId, correlationId }`, output `{ record }`, what the writer answers.
 *
 * Whatever stops an upload ends in a notice and then in FAILED with `Sallyport.Announced` (docs/decisions/0004).
 */
export function intakeDefinition(props: IntakeDefinitionProps): Record<string, unknown> {
  // Lambda's own time-out comes first, so that the error names it.
  const recordSeconds = props.writerTimeoutSeconds + 5;
  const title = 'An upload could not be recorded';
  return {
    Comment: 'Records one admitted upload, or tells people why it could not.',
    QueryLanguage: 'JSONPath',
    StartAt: 'RecordUpload',
    // Above the longest way through all retries: only a fault of Step Functions itself times an execution out.
    TimeoutSeconds: longest(recordSeconds) + longest(announceTimeoutSeconds) + 60,
    States: {
      RecordUpload: {
        Type: 'Task',
        Resource: `arn:${props.partition}:states:::lambda:invoke`,
        Parameters: { FunctionName: props.writerArn, 'Payload.$': '$' },
        // Not OutputPath: that one could be read as a word on the Catch as well.
        ResultSelector: { 'record.$': '$.Payload' },
        TimeoutSeconds: recordSeconds,
        Retry: retry,
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'HasCause' }],
        End: true,
      },
      // An error output has a cause by custom, not by rule; a path to a missing field would end the execution here.
      HasCause: {
        Type: 'Choice',
        Choices: [{ Variable: '$.failure.Cause', IsPresent: true, Next: 'DescribeFailure' }],
        Default: 'AssumeNoCause',
      },
      AssumeNoCause: {
        Type: 'Pass',
        Result: 'No cause was given.',
        ResultPath: '$.failure.Cause',
        Next: 'DescribeFailure',
      },
      DescribeFailure: {
        Type: 'Pass',
        Parameters: {
          schemaVersion: 1,
          'id.$': '$$.Execution.Id',
          kind: 'upload.failed',
          severity: 'high',
          title,
          'text.$':
            "States.Format('The upload {} (version {}) in bucket {} could not be recorded: state RecordUpload failed with {}.', $.key, $.versionId, $.bucket, $.failure.Error)",
          'occurredAt.$': '$$.State.EnteredTime',
          'correlationId.$': '$.correlationId',
          details: {
            'bucket.$': '$.bucket',
            'key.$': '$.key',
            'versionId.$': '$.versionId',
            state: 'RecordUpload',
            'error.$': '$.failure.Error',
            'cause.$': '$.failure.Cause',
          },
        },
        Next: 'AnnounceFailure',
      },
      AnnounceFailure: {
        Type: 'Task',
        Resource: `arn:${props.partition}:states:::sns:publish`,
        Parameters: {
          TopicArn: props.alertTopicArn,
          Subject: title,
          MessageStructure: 'json',
          // The cause stands twice in all, so that even the longest (32 768 characters) keeps within SNS's 256 KB.
          Message: {
            'default.$': 'States.JsonToString($)',
            'email.$':
              "States.Format('{}\n\nCause: {}\n\nTime: {}\nCorrelation id: {}\nExecution: {}', $.text, $.details.cause, $.occurredAt, $.correlationId, $.id)",
          },
          MessageAttributes: {
            kind: { DataType: 'String', 'StringValue.$': '$.kind' },
            severity: { DataType: 'String', 'StringValue.$': '$.severity' },
          },
        },
        ResultPath: null,
        TimeoutSeconds: announceTimeoutSeconds,
        Retry: retry,
        Catch: [
          { ErrorEquals: ['States.ALL'], ResultPath: '$.announcement', Next: 'UploadFailedUnannounced' },
        ],
        Next: 'UploadFailed',
      },
      UploadFailed: { Type: 'Fail', Error: intakeFailure.announced, CausePath: '$.details.cause' },
      UploadFailedUnannounced: {
        Type: 'Fail',
        Error: intakeFailure.unannounced,
        CausePath: '$.details.cause',
      },
    },
  };
}
