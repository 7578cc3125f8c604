import { randomUUID } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import * as z from 'zod';
import type { FunctionError, WorkerInvocation, WorkerMessage } from './lambda-worker.ts';

/** A function of the template, ready to run. */
export interface FunctionSpecification {
  readonly name: string;
  readonly arn: string;
  /** The folder of its bundle. */
  readonly codeFolder: string;
  /** `<file>.<export>`. */
  readonly handler: string;
  /** All that the function sees as `process.env`. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly logGroup: string;
}

/** How an invocation ended. `payload` is the handler's answer as JSON text. */
export type Invocation =
  | { readonly requestId: string; readonly outcome: 'answered'; readonly payload: string }
  | { readonly requestId: string; readonly outcome: 'failed'; readonly error: FunctionError };

/** Hears every line that a function writes, and one for each invocation that fails. */
export type LineListener = (functionName: string, line: string) => void;

const functionError: z.ZodType<FunctionError> = z.object({
  errorType: z.string(),
  errorMessage: z.string(),
  trace: z.array(z.string()).optional(),
});

/** The code in a worker can post on the same port, and anything: what is none of these is passed over. */
const workerMessage: z.ZodType<WorkerMessage> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('broken'), error: functionError }),
  z.object({ kind: z.literal('output'), text: z.string() }),
  z.object({ kind: z.literal('result'), payload: z.string() }),
  z.object({ kind: z.literal('failure'), error: functionError }),
]);

type Settlement = { readonly payload: string } | { readonly error: FunctionError };

interface Environment {
  readonly worker: Worker;
  /** Resolves once the module is loaded, or has proved unloadable (`fault`). Never rejects. */
  readonly ready: Promise<void>;
  /** Why it can take no more events. */
  fault: FunctionError | undefined;
  /** Ends the invocation under way. */
  settle: (settlement: Settlement) => void;
  /** What was written after the last end of line. */
  openLine: string;
}

const stopping: FunctionError = { errorType: 'Sandbox.Stopped', errorMessage: 'The local run is stopping' };

/** The time Lambda gives a module to load (Lambda Developer Guide, "Understanding the Lambda execution environment lifecycle"). */
const initTimeoutMs = 10_000;

/**
 * One function and its execution environments: worker threads that see nothing but the function's own environment
 * variables, take one event at a time and are used again while they are sound. There are never more than
 * `maximumWorkers`; further events wait.
 */
export class LambdaFunction {
  readonly specification: FunctionSpecification;
  readonly #maximumWorkers: number;
  readonly #onLine: LineListener;
  readonly #all = new Set<Environment>();
  readonly #idle: Environment[] = [];
  readonly #waiting: (() => void)[] = [];
  #starting = 0;
  #stopped = false;

  constructor(specification: FunctionSpecification, maximumWorkers: number, onLine: LineListener) {
    this.specification = specification;
    this.#maximumWorkers = maximumWorkers;
    this.#onLine = onLine;
  }

  /** How many execution environments there are. */
  get workers(): number {
    return this.#all.size;
  }

  /** Runs the handler on one event. Never rejects. */
  async invoke(event: unknown): Promise<Invocation> {
    const requestId = randomUUID();
    const environment = await this.#acquire();
    if (environment === undefined) {
      return { requestId, outcome: 'failed', error: stopping };
    }
    const invocation = await this.#run(environment, requestId, JSON.stringify(event) ?? 'null');
    this.#write(environment, '\n');
    if (invocation.outcome === 'failed') {
      this.#onLine(this.specification.name, `${requestId} ERROR ${JSON.stringify(invocation.error)}`);
    }
    this.#release(environment);
    return invocation;
  }

  /** Ends every execution environment; invocations under way fail. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const wake of this.#waiting.splice(0)) wake();
    await Promise.all([...this.#all].map(({ worker }) => worker.terminate()));
  }

  async #acquire(): Promise<Environment | undefined> {
    while (!this.#stopped) {
      const idle = this.#idle.pop();
      if (idle !== undefined) return idle;
      if (this.#all.size < this.#maximumWorkers) return this.#start();
      await new Promise<void>(resolve => this.#waiting.push(resolve));
    }
    return undefined;
  }

  #release(environment: Environment): void {
    if (environment.fault === undefined) this.#idle.push(environment);
    else this.#discard(environment);
    this.#waiting.shift()?.();
  }

  #write(environment: Environment, text: string): void {
    const lines = (environment.openLine + text).split('\n');
    environment.openLine = lines.pop() ?? '';
    for (const line of lines) {
      if (line.trim() !== '') this.#onLine(this.specification.name, line);
    }
  }

  #discard(environment: Environment): void {
    this.#all.delete(environment);
    const at = this.#idle.indexOf(environment);
    if (at !== -1) this.#idle.splice(at, 1);
    void environment.worker.terminate();
  }

  #start(): Environment {
    const { name, arn, codeFolder, handler, environment, memoryMegabytes, logGroup } = this.specification;
    this.#starting += 1;
    const worker = new Worker(new URL('./lambda-worker.ts', import.meta.url), {
      name,
      env: {
        ...environment,
        AWS_LAMBDA_LOG_STREAM_NAME: `local/[$LATEST]${String(this.#starting).padStart(8, '0')}`,
      },
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: memoryMegabytes },
      workerData: {
        folder: codeFolder,
        handler,
        functionName: name,
        functionArn: arn,
        memoryMegabytes,
        logGroup,
      },
    });
    const { promise: ready, resolve: started } = Promise.withResolvers<void>();
    const created: Environment = { worker, ready, fault: undefined, settle: () => {}, openLine: '' };
    const fail = (error: FunctionError): void => {
      created.fault ??= error;
      if (this.#idle.includes(created)) this.#discard(created);
      started();
      created.settle({ error: created.fault });
    };
    worker.on('message', (posted: unknown) => {
      const { data: message } = workerMessage.safeParse(posted);
      if (message === undefined) return;
      if (message.kind === 'output') this.#write(created, message.text);
      else if (message.kind === 'ready') started();
      else if (message.kind === 'broken') fail(message.error);
      else created.settle(message);
    });
    worker.on('error', (error: Error & { code?: string }) => fail(crash(error)));
    worker.on('exit', status =>
      fail({
        errorType: 'Runtime.ExitError',
        errorMessage: `Runtime exited with error: exit status ${status}`,
      }),
    );
    this.#all.add(created);
    return created;
  }

  async #run(environment: Environment, requestId: string, event: string): Promise<Invocation> {
    await withTimeout(environment.ready, initTimeoutMs, () => {
      environment.fault = timedOut(requestId, initTimeoutMs);
    });
    if (environment.fault !== undefined) return { requestId, outcome: 'failed', error: environment.fault };
    const timeoutMs = this.specification.timeoutSeconds * 1000;
    const { promise: settled, resolve: settle } = Promise.withResolvers<Settlement>();
    environment.settle = settle;
    const invocation: WorkerInvocation = { requestId, event, deadline: Date.now() + timeoutMs };
    environment.worker.postMessage(invocation);
    await withTimeout(settled, timeoutMs, () => {
      environment.fault = timedOut(requestId, timeoutMs);
      settle({ error: environment.fault });
    });
    const settlement = await settled;
    environment.settle = () => {};
    return 'error' in settlement
      ? { requestId, outcome: 'failed', error: settlement.error }
      : { requestId, outcome: 'answered', payload: settlement.payload };
  }
}

async function withTimeout(work: Promise<unknown>, ms: number, onTimeout: () => void): Promise<void> {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    onTimeout();
    resolve();
  }, ms);
  await Promise.race([work, over]);
  clearTimeout(timer);
}

function timedOut(requestId: string, ms: number): FunctionError {
  const seconds = (ms / 1000).toFixed(2);
  return {
    errorType: 'Sandbox.Timedout',
    errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`,
  };
}

function crash(error: Error & { code?: string }): FunctionError {
  if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return { errorType: 'Runtime.OutOfMemory', errorMessage: 'Error: Runtime exited: out of memory' };
  }
  return { errorType: error.name, errorMessage: error.message, trace: error.stack?.split('\n') ?? [] };
}
