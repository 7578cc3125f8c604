import { DescribeExecutionCommand, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { Clock } from '../../ports/clock.ts';
import { PortError } from '../../ports/failure.ts';
import type {
  StartOutcome,
  WorkflowEngine,
  WorkflowRequest,
  WorkflowStatus,
} from '../../ports/workflow-engine.ts';
import { translateFailure } from './translate-failure.ts';

export interface StepFunctionsWorkflowEngineOptions {
  readonly client: SFNClient;
  /** A Standard workflow; an Express one knows no names. A version or alias may follow the name. */
  readonly stateMachineArn: string;
  readonly clock: Clock;
}

/** By how much this machine's clock may run ahead of the service's without a first start being misread. */
const clockToleranceMilliseconds = 1000;

/**
 * Starts executions of one Step Functions state machine. Needs `states:StartExecution` on it and
 * `states:DescribeExecution` on its executions.
 *
 * Step Functions answers a repeated start (same name, same input, still running) as it did the first, so it is told
 * by a start date more than a second before the call. A repetition within that second is taken for `started`; on a
 * machine whose clock runs further ahead, a first start is taken for `already-running`. Either way one run is under way.
 */
export class StepFunctionsWorkflowEngine implements WorkflowEngine {
  readonly #client: SFNClient;
  readonly #stateMachineArn: string;
  readonly #clock: Clock;

  constructor(options: StepFunctionsWorkflowEngineOptions) {
    this.#client = options.client;
    this.#stateMachineArn = options.stateMachineArn;
    this.#clock = options.clock;
  }

  async start({ name, input }: WorkflowRequest): Promise<StartOutcome> {
    const operation = 'WorkflowEngine.start';
    if (!/^[A-Za-z0-9_-]{1,80}$/.test(name)) {
      throw new PortError({
        kind: 'permanent',
        operation,
        code: 'InvalidName',
        message: 'A run is named by 1 to 80 of A-Z a-z 0-9 - _',
      });
    }
    const begun = this.#clock.now().getTime();
    try {
      const { startDate } = await this.#client.send(
        new StartExecutionCommand({
          stateMachineArn: this.#stateMachineArn,
          name,
          input: JSON.stringify(input),
        }),
      );
      if (startDate === undefined) throw this.#incomplete(operation, 'start date');
      const isOlder = startDate.getTime() < begun - clockToleranceMilliseconds;
      return { outcome: isOlder ? 'already-running' : 'started' };
    } catch (error) {
      if (isNamed(error, 'ExecutionAlreadyExists')) return { outcome: 'name-taken' };
      throw translateFailure(error, operation, this.#stateMachineArn);
    }
  }

  async status(name: string): Promise<WorkflowStatus | undefined> {
    const operation = 'WorkflowEngine.status';
    try {
      const { status } = await this.#client.send(
        new DescribeExecutionCommand({ executionArn: this.#executionArn(name) }),
      );
      if (status === undefined) throw this.#incomplete(operation, 'status');
      return status === 'PENDING_REDRIVE' ? 'RUNNING' : status;
    } catch (error) {
      if (isNamed(error, 'ExecutionDoesNotExist')) return undefined;
      throw translateFailure(error, operation, this.#stateMachineArn);
    }
  }

  /** `…:stateMachine:<machine>[:<version or alias>]` has executions `…:execution:<machine>:<name>`. */
  #executionArn(name: string): string {
    const [arn, partition, service, region, account, , machine] = this.#stateMachineArn.split(':');
    return [arn, partition, service, region, account, 'execution', machine, name].join(':');
  }

  #incomplete(operation: string, missing: string): PortError {
    return new PortError({
      kind: 'retryable',
      operation,
      code: 'IncompleteAnswer',
      message: `${operation} on ${this.#stateMachineArn} failed: the answer has no ${missing}`,
    });
  }
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
