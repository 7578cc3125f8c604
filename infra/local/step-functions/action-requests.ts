import { z } from 'zod';
import { maxPayloadBytes } from './run-definition.ts';

/** A refusal by its AWS error code. */
export class ActionFailure extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const arn = z.string().min(1).max(256);
const status = z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']);

export const createRequest = z.object({ name: z.string(), definition: z.string() });
export const startRequest = z.object({
  stateMachineArn: arn,
  name: z.string().optional(),
  input: z.string().default('{}'),
});
export const executionRequest = z.object({ executionArn: arn });
export const stopRequest = executionRequest.extend({
  error: z.string().max(256).optional(),
  cause: z.string().max(32_768).optional(),
});
export const listRequest = z.object({
  stateMachineArn: arn,
  statusFilter: status.optional(),
  /** 0 is the default page. */
  maxResults: z
    .int()
    .min(0)
    .max(1000)
    .default(0)
    .transform(size => size || 100),
  nextToken: z.string().optional(),
});

export type CreateRequest = z.infer<typeof createRequest>;
export type StartRequest = z.infer<typeof startRequest>;
export type ExecutionRequest = z.infer<typeof executionRequest>;
export type StopRequest = z.infer<typeof stopRequest>;
export type ListRequest = z.infer<typeof listRequest>;

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
const nameRefused = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f\ud800-\udfff\ufffe\uffff]/u;
const maxNameLength = 80;

/** Throws `InvalidName` where AWS would. */
export function checkExecutionName(name: string): void {
  if (name === '' || name.length > maxNameLength || nameRefused.test(name)) {
    throw new ActionFailure('InvalidName', `Invalid Name: '${name}'`);
  }
}

/** The value of an action's body; throws `SerializationException` where the text is no JSON. */
export function parseActionBody(text: string): unknown {
  try {
    return JSON.parse(text || '{}');
  } catch {
    throw new ActionFailure('SerializationException', 'The body is no JSON');
  }
}

/** The value of an execution's input; throws `InvalidExecutionInput` where the text is no JSON. */
export function parseExecutionInput(text: string): unknown {
  if (Buffer.byteLength(text) > maxPayloadBytes) {
    throw new ActionFailure('ValidationException', `The input is above ${maxPayloadBytes} bytes`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new ActionFailure('InvalidExecutionInput', 'Invalid State Machine Execution Input: it is no JSON');
  }
}
