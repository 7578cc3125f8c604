import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import {
  ActionFailure,
  type CreateRequest,
  checkExecutionName,
  createRequest,
  type ExecutionRequest,
  executionRequest,
  type ListRequest,
  listRequest,
  parseActionBody,
  parseExecutionInput,
  type StartRequest,
  type StopRequest,
  startRequest,
  stopRequest,
} from './step-functions/action-requests.ts';
import {
  type Execution,
  type ExecutionStatusChangeEvent,
  executionStatusChangeEvent,
} from './step-functions/execution-status-change.ts';
import { prepareDefinition, type RetryInterval } from './step-functions/prepare-definition.ts';
import type { PreparedDefinition } from './step-functions/prepared-definition.ts';
import type { Run, RunOutcome } from './step-functions/run.ts';
import { runDefinition } from './step-functions/run-definition.ts';
import { type ActionAnswer, type ActionServer, serveActions } from './step-functions/serve-actions.ts';

export { type Execution, type ExecutionStatusChangeEvent, executionStatusChangeEvent };

/** The work of one Task state. */
export interface StateTask {
  readonly stateMachineArn: string;
  readonly executionArn: string;
  readonly executionName: string;
  readonly stateName: string;
  /** As the definition has it, for example `arn:aws:states:::lambda:invoke`. */
  readonly resource: string;
  /** The evaluated `Parameters`; without these, the state's input. */
  readonly input: unknown;
}

export interface LocalStepFunctionsOptions {
  readonly region: string;
  readonly accountId: string;
  readonly clock?: { now(): Date };
  /** How long a wait before a retry takes, in milliseconds; as long as on AWS by default. */
  readonly retryInterval?: RetryInterval;
  /** Does a task's work; rejects with an `Error` whose name is the error type and whose message is the cause. */
  readonly runTask: (task: StateTask) => Promise<unknown>;
  /** Hears of every start and every end, as EventBridge would. */
  readonly onStatusChange?: (event: ExecutionStatusChangeEvent) => void;
}

interface StateMachineEntry {
  readonly arn: string;
  readonly name: string;
  readonly prepared: PreparedDefinition;
}

interface ExecutionEntry {
  current: Execution;
  run: Run | undefined;
  /** What StopExecution gave as reason. */
  reason: { readonly error?: string; readonly cause?: string };
  readonly ended: PromiseWithResolvers<Execution>;
}

/**
 * Step Functions (Standard workflows) on this machine: runs the definitions of the template and answers
 * StartExecution, DescribeExecution, ListExecutions and StopExecution as AWS does. Every execution is kept, in memory.
 */
export class LocalStepFunctions {
  readonly #options: LocalStepFunctionsOptions;
  readonly #machines = new Map<string, StateMachineEntry>();
  /** By execution ARN, in the order of their start. */
  readonly #executions = new Map<string, ExecutionEntry>();
  readonly #servers: ActionServer[] = [];
  readonly #actions: Readonly<Record<string, (body: unknown) => object | Promise<object>>> = {
    CreateStateMachine: body => this.#create(createRequest.parse(body)),
    StartExecution: body => this.#start(startRequest.parse(body)),
    DescribeExecution: body => this.#describe(executionRequest.parse(body)),
    ListExecutions: body => this.#list(listRequest.parse(body)),
    StopExecution: body => this.#stop(stopRequest.parse(body)),
  };

  constructor(options: LocalStepFunctionsOptions) {
    this.#options = options;
  }

  /**
   * Makes a state machine known; throws where the definition is invalid or asks for what is not run here.
   *
   * @param machine.definition The Amazon States Language text, or the object that it says.
   */
  createStateMachine(machine: {
    readonly arn: string;
    readonly name: string;
    readonly definition: string | object;
  }): void {
    const prepared = prepareDefinition(machine.definition, this.#options.retryInterval);
    this.#machines.set(machine.arn, { arn: machine.arn, name: machine.name, prepared });
  }

  /** Every execution in the order of its start. */
  executions(stateMachineArn?: string): readonly Execution[] {
    return [...this.#executions.values()]
      .map(entry => entry.current)
      .filter(execution => stateMachineArn === undefined || execution.stateMachineArn === stateMachineArn);
  }

  /** Resolves with an execution once it has ended; throws where it is unknown. */
  async ended(executionArn: string): Promise<Execution> {
    return this.#known(executionArn).ended.promise;
  }

  /** Answers one action, for example `StartExecution`, in AWS JSON 1.0; `text` is its body. */
  async handle(action: string, text: string): Promise<ActionAnswer> {
    try {
      const answer = Object.hasOwn(this.#actions, action) ? this.#actions[action] : undefined;
      if (answer === undefined) {
        throw new ActionFailure('UnknownOperationException', `${action} is not answered by the local run`);
      }
      return { status: 200, body: await answer(parseActionBody(text)) };
    } catch (error) {
      if (error instanceof z.ZodError) return failure('ValidationException', z.prettifyError(error));
      if (error instanceof ActionFailure) return failure(error.code, error.message);
      throw error;
    }
  }

  /** Serves the actions on 127.0.0.1 and gives the endpoint. Port 0 takes any free one. */
  async listen(port = 0): Promise<string> {
    const server = await serveActions((action, text) => this.handle(action, text), port);
    this.#servers.push(server);
    return server.endpoint;
  }

  /** Aborts what runs, and closes what {@link listen} opened. */
  async stop(): Promise<void> {
    const running = [...this.#executions.values()].filter(entry => entry.current.status === 'RUNNING');
    for (const entry of running) entry.run?.abort();
    await Promise.all(running.map(entry => entry.ended.promise));
    await Promise.all(this.#servers.splice(0).map(server => server.close()));
  }

  #create({ name, definition }: CreateRequest): object {
    checkExecutionName(name);
    const { region, accountId } = this.#options;
    const arn = `arn:aws:states:${region}:${accountId}:stateMachine:${name}`;
    if (this.#machines.has(arn)) {
      throw new ActionFailure('StateMachineAlreadyExists', `State Machine Already Exists: '${arn}'`);
    }
    try {
      this.createStateMachine({ arn, name, definition });
    } catch (error) {
      throw new ActionFailure('InvalidDefinition', error instanceof Error ? error.message : String(error));
    }
    return { stateMachineArn: arn, creationDate: seconds(this.#now()) };
  }

  #start(request: StartRequest): object {
    const machine = this.#machine(request.stateMachineArn);
    const name = request.name ?? randomUUID();
    checkExecutionName(name);
    const input = parseExecutionInput(request.input);
    const executionArn = `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`;
    const known = this.#executions.get(executionArn)?.current;
    if (known !== undefined) {
      // The same name and input while it runs is the same execution; afterwards the name is taken for 90 days.
      if (known.status === 'RUNNING' && known.input === request.input) return started(known);
      throw new ActionFailure('ExecutionAlreadyExists', `Execution Already Exists: '${executionArn}'`);
    }
    const execution: Execution = {
      executionArn,
      stateMachineArn: machine.arn,
      name,
      status: 'RUNNING',
      startDate: this.#now(),
      input: request.input,
    };
    const entry: ExecutionEntry = {
      current: execution,
      run: undefined,
      reason: {},
      ended: Promise.withResolvers<Execution>(),
    };
    this.#executions.set(executionArn, entry);
    this.#announce(execution);
    entry.run = this.#run(machine, execution, input);
    entry.run.outcome.then(outcome => this.#end(entry, outcome)).catch(entry.ended.reject);
    return started(execution);
  }

  #run(machine: StateMachineEntry, execution: Execution, input: unknown): Run {
    const { executionArn, name, startDate } = execution;
    return runDefinition(machine.prepared, {
      input,
      execution: { Id: executionArn, Name: name, Input: input, StartTime: startDate.toISOString() },
      stateMachine: { Id: machine.arn, Name: machine.name },
      now: () => this.#now(),
      runTask: task =>
        this.#options.runTask({
          stateMachineArn: machine.arn,
          executionArn,
          executionName: name,
          ...task,
        }),
    });
  }

  #end(entry: ExecutionEntry, outcome: RunOutcome): void {
    const ended: Execution = { ...entry.current, status: outcome.status, stopDate: this.#now() };
    if (outcome.status === 'SUCCEEDED') entry.current = { ...ended, output: JSON.stringify(outcome.output) };
    else if (outcome.status === 'FAILED') entry.current = { ...ended, ...outcome };
    else if (outcome.status === 'ABORTED') entry.current = { ...ended, ...entry.reason };
    else entry.current = ended;
    this.#announce(entry.current);
    entry.ended.resolve(entry.current);
  }

  #describe(request: ExecutionRequest): object {
    const { startDate, stopDate, output, ...execution } = this.#known(request.executionArn).current;
    return {
      ...execution,
      startDate: seconds(startDate),
      ...(stopDate === undefined ? {} : { stopDate: seconds(stopDate) }),
      inputDetails: { included: true },
      ...(output === undefined ? {} : { output, outputDetails: { included: true } }),
      redriveCount: 0,
      redriveStatus: 'NOT_REDRIVABLE',
      redriveStatusReason: 'The local run does not redrive',
    };
  }

  #list(request: ListRequest): object {
    // Most recent first. A page ends with the ARN from which the next one goes on, whatever starts in between.
    const all = [...this.executions(this.#machine(request.stateMachineArn).arn)].reverse();
    const after = all.findIndex(execution => execution.executionArn === request.nextToken);
    if (request.nextToken !== undefined && after < 0) {
      throw new ActionFailure('InvalidToken', 'The token is not one that was given out');
    }
    const matching = all
      .slice(after + 1)
      .filter(({ status }) => request.statusFilter === undefined || status === request.statusFilter);
    const page = matching.slice(0, request.maxResults);
    return {
      executions: page.map(({ executionArn, stateMachineArn, name, status, startDate, stopDate }) => ({
        executionArn,
        stateMachineArn,
        name,
        status,
        startDate: seconds(startDate),
        ...(stopDate === undefined ? {} : { stopDate: seconds(stopDate) }),
      })),
      ...(matching.length > page.length ? { nextToken: page.at(-1)?.executionArn } : {}),
    };
  }

  async #stop(request: StopRequest): Promise<object> {
    const entry = this.#known(request.executionArn);
    if (entry.current.status === 'RUNNING') {
      entry.reason = {
        ...(request.error === undefined ? {} : { error: request.error }),
        ...(request.cause === undefined ? {} : { cause: request.cause }),
      };
      entry.run?.abort();
    }
    const { stopDate } = await entry.ended.promise;
    return { stopDate: seconds(stopDate ?? this.#now()) };
  }

  #machine(arn: string): StateMachineEntry {
    const machine = this.#machines.get(arn);
    if (machine === undefined) {
      throw new ActionFailure('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
    }
    return machine;
  }

  #known(executionArn: string): ExecutionEntry {
    const entry = this.#executions.get(executionArn);
    if (entry === undefined) {
      throw new ActionFailure('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
    }
    return entry;
  }

  #announce(execution: Execution): void {
    this.#options.onStatusChange?.(executionStatusChangeEvent(execution, this.#options));
  }

  #now(): Date {
    return this.#options.clock?.now() ?? new Date();
  }
}

function started(execution: Execution): object {
  return { executionArn: execution.executionArn, startDate: seconds(execution.startDate) };
}

/** A time in AWS JSON 1.0. */
function seconds(date: Date): number {
  return date.getTime() / 1000;
}

function failure(code: string, message: string): ActionAnswer {
  return { status: 400, body: { __type: code, message } };
}
