import { randomUUID } from 'node:crypto';
import type * as z from 'zod';
import type { LocalService, ServiceAnswer } from './local-service.ts';

/** A refusal, with the code that the service documents. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** One action of a service that speaks JSON. Throws {@link JsonError} for what the service refuses. */
export type JsonAction = (input: unknown, region: string) => object;

export interface JsonServiceOptions {
  /** What stands before the action's name in `X-Amz-Target`: `TrentService`. */
  readonly target: string;
  readonly actions: Readonly<Record<string, JsonAction>>;
}

/** A service that takes JSON actions (https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html). */
export function createJsonService({ target, actions }: JsonServiceOptions): LocalService {
  return ({ headers, body, region }) => {
    const named = headers['x-amz-target'] ?? '';
    const name = named.startsWith(`${target}.`) ? named.slice(target.length + 1) : '';
    try {
      const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
      if (action === undefined) {
        throw new JsonError('NotImplemented', `The local run does not emulate "${named}".`, 501);
      }
      return answer(200, action(parsed(body), region));
    } catch (error) {
      if (!(error instanceof JsonError)) throw error;
      return answer(error.status, { __type: error.code, message: error.message });
    }
  };
}

/**
 * The input of an action as its schema has it.
 *
 * @param code How the service calls an input that is not as it should be.
 */
export function readInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  code = 'ValidationException',
): z.infer<Schema> {
  const { success, data, error } = schema.safeParse(input);
  if (success) return data;
  const [issue] = error.issues;
  throw new JsonError(code, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body === '' ? '{}' : body);
  } catch {
    throw new JsonError('SerializationException', 'The body is no JSON');
  }
}

function answer(status: number, body: object): ServiceAnswer {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() };
  return { status, headers, body: JSON.stringify(body) };
}
