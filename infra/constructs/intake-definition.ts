import {
  announceFailure,
  catchFailure,
  longest,
  longestAnnouncement,
  retryEverything,
} from './announce-failure.ts';

export interface IntakeDefinitionProps {
  /** Partition of the service integrations, for example `aws`. */
  readonly partition: string;
  readonly writerArn: string;
  /** Time-out of the writer function, seconds. */
  readonly writerTimeoutSeconds: number;
  readonly alertTopicArn: string;
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
  return {
    Comment: 'Records one admitted upload, or tells people why it could not.',
    QueryLanguage: 'JSONPath',
    StartAt: 'RecordUpload',
    // Above the longest way through all retries: only a fault of Step Functions itself times an execution out.
    TimeoutSeconds: longest(recordSeconds) + longestAnnouncement + 60,
    States: {
      RecordUpload: {
        Type: 'Task',
        Resource: `arn:${props.partition}:states:::lambda:invoke`,
        Parameters: { FunctionName: props.writerArn, 'Payload.$': '$' },
        // Not OutputPath: that one could be read as a word on the Catch as well.
        ResultSelector: { 'record.$': '$.Payload' },
        TimeoutSeconds: recordSeconds,
        Retry: retryEverything(),
        Catch: catchFailure,
        End: true,
      },
      ...announceFailure({
        partition: props.partition,
        alertTopicArn: props.alertTopicArn,
        title: 'An upload could not be recorded',
        kind: 'upload.failed',
        fields: {
          'text.$':
            "States.Format('The upload {} (version {}) in bucket {} could not be recorded: state RecordUpload failed with {}.', $.key, $.versionId, $.bucket, $.failure.Error)",
          'correlationId.$': '$.correlationId',
        },
        details: {
          'bucket.$': '$.bucket',
          'key.$': '$.key',
          'versionId.$': '$.versionId',
          state: 'RecordUpload',
        },
        failed: 'UploadFailed',
      }),
    },
  };
}
