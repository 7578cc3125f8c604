import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';

/** What a worker is told when it starts: the code it runs. */
export interface WorkerCode {
  readonly folder: string;
  /** `<file>.<export>`, as in the template. */
  readonly handler: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly memoryMegabytes: number;
  readonly logGroup: string;
}

/** One event for the handler. */
export interface WorkerInvocation {
  readonly requestId: string;
  /** JSON text, so that the handler gets what would have come over the wire. */
  readonly event: string;
  /** Milliseconds since 1970. */
  readonly deadline: number;
}

/** An error as Lambda reports it. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** What a worker says. Output and results share one channel, so a line never comes after the result it belongs to. */
export type WorkerMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'broken'; readonly error: FunctionError }
  | { readonly kind: 'output'; readonly text: string }
  | { readonly kind: 'result'; readonly payload: string }
  | { readonly kind: 'failure'; readonly error: FunctionError };

type Handler = (event: unknown, context: object) => unknown;

const code = workerData as WorkerCode;

function say(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

function asFunctionError(error: unknown): FunctionError {
  if (error instanceof Error) {
    const trace = error.stack?.split('\n') ?? [];
    return { errorType: String(error.name), errorMessage: String(error.message), trace };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

function captureOutput(stream: NodeJS.WriteStream): void {
  stream.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    say({ kind: 'output', text: typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8') });
    const done = rest.at(-1);
    if (typeof done === 'function') done();
    return true;
  };
}

async function loadHandler(): Promise<Handler> {
  const [file = '', name = ''] = code.handler.split(/\.(?=[^.]*$)/);
  const path = ['.mjs', '.js', '.cjs'].map(ending => join(code.folder, file + ending)).find(existsSync);
  if (path === undefined) throw new Error(`No module "${file}" in ${code.folder}`);
  const module: Readonly<Record<string, unknown>> = await import(pathToFileURL(path).href);
  const handler = module[name];
  if (typeof handler !== 'function') throw new Error(`${code.handler} is undefined or not exported`);
  return handler as Handler;
}

async function answer(handler: Handler, invocation: WorkerInvocation): Promise<void> {
  const context = {
    functionName: code.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: code.functionArn,
    memoryLimitInMB: String(code.memoryMegabytes),
    awsRequestId: invocation.requestId,
    logGroupName: code.logGroup,
    logStreamName: process.env['AWS_LAMBDA_LOG_STREAM_NAME'],
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, invocation.deadline - Date.now()),
  };
  try {
    const result: unknown = await handler(JSON.parse(invocation.event), context);
    say({ kind: 'result', payload: JSON.stringify(result) ?? 'null' });
  } catch (error) {
    say({ kind: 'failure', error: asFunctionError(error) });
  }
}

captureOutput(process.stdout);
captureOutput(process.stderr);
try {
  const handler = await loadHandler();
  parentPort?.on('message', (invocation: WorkerInvocation) => void answer(handler, invocation));
  say({ kind: 'ready' });
} catch (error) {
  say({ kind: 'broken', error: asFunctionError(error) });
}
