/** The errors that an execution of a workflow fails with, in its history and in EventBridge. */
export const executionFailure = {
  /** People were told by the workflow itself. */
  announced: 'Sallyport.Announced',
  /** The notice could not be published: the rule for abandoned executions tells people. */
  unannounced: 'Sallyport.Unannounced',
} as const;

export interface Patience {
  readonly retries: number;
  readonly firstWaitSeconds: number;
  readonly backoff: number;
}

/** Three more attempts, after 2 s, 4 s and 8 s. */
export const usualPatience: Patience = { retries: 3, firstWaitSeconds: 2, backoff: 2 };

/** `Retry` of a task: every error is retried. */
export function retryEverything({ retries, firstWaitSeconds, backoff }: Patience = usualPatience): object[] {
  return [
    {
      ErrorEquals: ['States.ALL'],
      IntervalSeconds: firstWaitSeconds,
      MaxAttempts: retries,
      BackoffRate: backoff,
    },
  ];
}

/** Seconds a task may take with all its retries. */
export function longest(attemptSeconds: number, patience: Patience = usualPatience): number {
  const { retries, firstWaitSeconds, backoff } = patience;
  const waits = Array.from({ length: retries }, (_, index) => firstWaitSeconds * backoff ** index);
  return attemptSeconds * (retries + 1) + waits.reduce((sum, wait) => sum + wait, 0);
}

const announceTimeoutSeconds = 10;

/** Seconds that the announcement of a failure may take with all its retries. */
export const longestAnnouncement = longest(announceTimeoutSeconds);

export interface FailureNotice {
  /** Partition of the service integrations, for example `aws`. */
  readonly partition: string;
  readonly alertTopicArn: string;
  /** ASCII, at most 100 characters: the subject of the e-mail too (SNS API Reference, Publish). */
  readonly title: string;
  /** The alert's `kind`. */
  readonly kind: string;
  /** The alert's fields of the workflow's own: paths and intrinsic functions, or values. */
  readonly fields: { readonly 'text.$': string; readonly 'correlationId.$': string };
  /** The alert's details beside error and cause. */
  readonly details: Readonly<Record<string, unknown>>;
  /** Name of the state that ends an execution whose failure was announced; the other adds `Unannounced`. */
  readonly failed: string;
}

/** A task's `Catch`, which leads into the states of `announceFailure`. */
export const catchFailure = [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: 'HasCause' }];

/**
 * The states that tell people of the error under `$.failure` and then end the execution as FAILED, with
 * `Sallyport.Announced` where the notice went out (docs/decisions/0004).
 */
export function announceFailure(notice: FailureNotice): Record<string, object> {
  const unannounced = `${notice.failed}Unannounced`;
  return {
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
        kind: notice.kind,
        severity: 'high',
        title: notice.title,
        'text.$': notice.fields['text.$'],
        'occurredAt.$': '$$.State.EnteredTime',
        'correlationId.$': notice.fields['correlationId.$'],
        details: {
          ...notice.details,
          'error.$': '$.failure.Error',
          'cause.$': '$.failure.Cause',
        },
      },
      Next: 'AnnounceFailure',
    },
    AnnounceFailure: {
      Type: 'Task',
      Resource: `arn:${notice.partition}:states:::sns:publish`,
      Parameters: {
        TopicArn: notice.alertTopicArn,
        Subject: notice.title,
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
      Retry: retryEverything(),
      Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.announcement', Next: unannounced }],
      Next: notice.failed,
    },
    [notice.failed]: { Type: 'Fail', Error: executionFailure.announced, CausePath: '$.details.cause' },
    [unannounced]: { Type: 'Fail', Error: executionFailure.unannounced, CausePath: '$.details.cause' },
  };
}
