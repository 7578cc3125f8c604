import { ExecutionAbortedError, ExecutionError, type RunOptions } from 'aws-local-stepfunctions';
import { completePayload } from './payload-template.ts';
import type { PreparedDefinition } from './prepared-definition.ts';
import type { Run, RunOutcome, RunRequest } from './run.ts';
import { type MapRunInput, runDistributedMap } from './run-distributed-map.ts';

/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html#service-limits-task-executions */
export const maxPayloadBytes = 262_144;

/** The longest cause of the API: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StopExecution.html */
const maxCauseLength = 32_768;

/** Errors that `States.ALL` does not match: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html */
const neverCaught = new Set(['States.DataLimitExceeded', 'States.Runtime']);

type Overrides = NonNullable<NonNullable<RunOptions['overrides']>['taskResourceLocalHandlers']>;

/** An error as the interpreter reads it: name and message are `Error` and `Cause` of the state's failure. */
class TaskFailure extends Error {
  readonly isRetryable: boolean;
  readonly isCatchable: boolean;

  constructor(name: string, cause: string, handled = !neverCaught.has(name)) {
    super(cause.slice(0, maxCauseLength));
    this.name = name;
    this.isRetryable = handled;
    this.isCatchable = handled;
  }
}

/** Starts one run of a definition. */
export function runDefinition(prepared: PreparedDefinition, request: RunRequest): Run {
  const now = request.now ?? (() => new Date());
  let stopped: 'TIMED_OUT' | 'ABORTED' | undefined;
  // Loses every race until the run is stopped; then it ends the task under way, and with it the task's timer.
  const over = Promise.withResolvers<never>();
  over.promise.catch(() => undefined);
  const perform = async (stateName: string, resolved: unknown): Promise<unknown> => {
    // An abort ends the interpreter's wait before a retry early, and so begins the retry.
    if (stopped !== undefined) return over.promise;
    const task = prepared.tasks.get(stateName);
    try {
      const state = { Name: stateName, EnteredTime: now().toISOString() };
      const input = completePayload(task?.template, resolved, state);
      if (task?.mapRun !== undefined) {
        const asked = { ...request, stateName };
        const children = runDistributedMap(
          task.mapRun,
          input as MapRunInput,
          asked,
          runDefinition,
          over.promise,
        );
        return asJson(await children, stateName);
      }
      if (task?.resource === undefined) return asJson(input, stateName);
      const result = request.runTask({ stateName, resource: task.resource, input });
      return asJson(await Promise.race([result, over.promise]), stateName);
    } catch (error) {
      if (error instanceof TaskFailure) throw error;
      throw error instanceof Error
        ? new TaskFailure(error.name, error.message)
        : new TaskFailure('Error', String(error));
    }
  };
  const handlers = [...prepared.tasks.keys()].map(name => [name, (input: unknown) => perform(name, input)]);
  const execution = prepared.machine.run(request.input as Parameters<typeof prepared.machine.run>[0], {
    overrides: { taskResourceLocalHandlers: Object.fromEntries(handlers) as Overrides },
    context: {
      // `Run` is what prepared templates read; see payload-template.ts.
      Run: request.execution,
      Execution: request.execution,
      StateMachine: request.stateMachine,
    },
  });
  const stop = (reason: 'TIMED_OUT' | 'ABORTED') => {
    stopped ??= reason;
    execution.abort();
    over.reject(new TaskFailure(stopped, 'The run is over', false));
  };
  const timer =
    prepared.timeoutSeconds === undefined
      ? undefined
      : setTimeout(() => stop('TIMED_OUT'), prepared.timeoutSeconds * 1000);
  const outcome = execution.result
    .then(
      (output): RunOutcome => ({ status: 'SUCCEEDED', output }),
      (error): RunOutcome =>
        error instanceof ExecutionAbortedError ? { status: stopped ?? 'ABORTED' } : failed(error),
    )
    .finally(() => clearTimeout(timer));
  return { outcome, abort: () => stop('ABORTED') };
}

/** A result as it crosses the wire; what is undefined there is null. */
function asJson(value: unknown, stateName: string): unknown {
  const text = JSON.stringify(value) ?? 'null';
  if (Buffer.byteLength(text) > maxPayloadBytes) {
    throw new TaskFailure(
      'States.DataLimitExceeded',
      `The result of ${stateName} is above ${maxPayloadBytes} bytes`,
    );
  }
  return JSON.parse(text);
}

function failed(error: unknown): RunOutcome {
  const reason = error instanceof ExecutionError ? error.cause : error;
  if (!(reason instanceof Error)) return { status: 'FAILED', error: 'States.Runtime', cause: String(reason) };
  return {
    status: 'FAILED',
    ...(reason.name === '' ? {} : { error: reason.name }),
    ...(reason.message === '' ? {} : { cause: reason.message }),
  };
}
