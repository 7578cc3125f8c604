import { randomUUID } from 'node:crypto';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** One execution as DescribeExecution tells of it. */
export interface Execution {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly name: string;
  readonly status: ExecutionStatus;
  readonly startDate: Date;
  readonly stopDate?: Date;
  /** JSON texts. */
  readonly input: string;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

/** The event that EventBridge delivers when an execution starts or ends. */
export interface ExecutionStatusChangeEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': 'Step Functions Execution Status Change';
  readonly source: 'aws.states';
  readonly account: string;
  /** UTC, to the second. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: {
    readonly executionArn: string;
    readonly stateMachineArn: string;
    readonly stateMachineVersionArn: null;
    readonly stateMachineAliasArn: null;
    readonly name: string;
    readonly status: ExecutionStatus;
    /** Milliseconds since 1970. */
    readonly startDate: number;
    readonly stopDate: number | null;
    readonly input: string | null;
    readonly inputDetails: PayloadDetails;
    readonly output: string | null;
    readonly outputDetails: PayloadDetails | null;
    readonly error: string | null;
    readonly cause: string | null;
    readonly redriveCount: 0;
    readonly redriveDate: null;
  };
}

interface PayloadDetails {
  readonly included: boolean;
}

/** What of an execution's input and output fits into an event, in bytes of their escaped texts. */
const maxPayloadBytes = 248 * 1024;

/**
 * The "Step Functions Execution Status Change" event of an execution's present status, as documented in
 * https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 */
export function executionStatusChangeEvent(
  execution: Execution,
  where: { readonly region: string; readonly accountId: string },
): ExecutionStatusChangeEvent {
  const { executionArn, stateMachineArn, name, status, startDate, stopDate, input, output } = execution;
  const outputBytes = escapedBytes(output);
  const outputIncluded = outputBytes <= maxPayloadBytes;
  const inputIncluded = escapedBytes(input) + outputBytes <= maxPayloadBytes;
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Step Functions Execution Status Change',
    source: 'aws.states',
    account: where.accountId,
    time: `${(stopDate ?? startDate).toISOString().slice(0, 19)}Z`,
    region: where.region,
    resources: [executionArn],
    detail: {
      executionArn,
      stateMachineArn,
      stateMachineVersionArn: null,
      stateMachineAliasArn: null,
      name,
      status,
      startDate: startDate.getTime(),
      stopDate: stopDate?.getTime() ?? null,
      input: inputIncluded ? input : null,
      inputDetails: { included: inputIncluded },
      output: outputIncluded ? (output ?? null) : null,
      outputDetails: output === undefined ? null : { included: outputIncluded },
      error: execution.error ?? null,
      cause: execution.cause ?? null,
      redriveCount: 0,
      redriveDate: null,
    },
  };
}

function escapedBytes(text: string | undefined): number {
  return text === undefined ? 0 : Buffer.byteLength(JSON.stringify(text));
}
