import { paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { type MessageAttributeValue, PublishCommand } from '@aws-sdk/client-sns';
import * as z from 'zod';
import type { ClientPool } from './aws-clients.ts';
import type { LambdaRuntime } from './lambda-runtime.ts';
import { AccessDeniedError, type Permissions } from './permissions/permissions.ts';
import { itemReaderResource } from './step-functions/read-distributed-map.ts';
import type { StateTask } from './step-functions.ts';

const invokeParameters = z.object({ FunctionName: z.string(), Payload: z.unknown() });

const publishParameters = z.object({
  TopicArn: z.string(),
  Message: z.unknown(),
  MessageStructure: z.string().optional(),
  Subject: z.string().optional(),
  MessageAttributes: z.record(z.string(), z.custom<MessageAttributeValue>()).optional(),
});

const listParameters = z.strictObject({ Bucket: z.string(), Prefix: z.string().optional() });

const lambdaInvoke = 'arn:aws:states:::lambda:invoke';
const snsPublish = 'arn:aws:states:::sns:publish';
const functionArn = /^arn:aws:lambda:[^:]+:\d+:function:/;

/** Fails a task: the name is the error type that `Retry` and `Catch` see, the message is the cause. */
class TaskFailure extends Error {
  constructor(errorType: string, cause: string) {
    super(cause);
    this.name = errorType;
  }
}

/** Whether a task's `Resource` can be run here. */
export function isKnownTask(resource: string): boolean {
  return resource === lambdaInvoke || resource === snsPublish || functionArn.test(resource);
}

/** Does the work of Task states, `lambda:invoke` (or a function's ARN) and `sns:publish`, and lists the items of distributed Maps. */
export class StateMachineTasks {
  readonly #functions: LambdaRuntime;
  readonly #clients: ClientPool;
  readonly #permissions: Pick<Permissions, 'require'> | undefined;

  constructor(options: {
    readonly functions: LambdaRuntime;
    readonly clients: ClientPool;
    /** @default nobody is asked */
    readonly permissions?: Pick<Permissions, 'require'> | undefined;
  }) {
    this.#functions = options.functions;
    this.#clients = options.clients;
    this.#permissions = options.permissions;
  }

  /** The task's result. Rejects with an `Error` named as Step Functions names the failure. */
  async run(task: StateTask): Promise<unknown> {
    if (task.resource === lambdaInvoke) {
      const { FunctionName, Payload = {} } = invokeParameters.parse(task.input);
      const payload = await this.#invoke(FunctionName, Payload, task);
      return { ExecutedVersion: '$LATEST', Payload: payload, StatusCode: 200 };
    }
    if (task.resource === snsPublish) return this.#publish(task);
    if (task.resource === itemReaderResource) return this.#listItems(task);
    return this.#invoke(task.resource, task.input, task);
  }

  async #invoke(functionName: string, payload: unknown, task: StateTask): Promise<unknown> {
    await this.#requireInvocation(functionName, task);
    const invocation = await this.#functions.invoke(functionName, payload);
    if (invocation.outcome === 'answered') return JSON.parse(invocation.payload);
    throw new TaskFailure(invocation.error.errorType, JSON.stringify(invocation.error));
  }

  /** A refusal is an error of Lambda's API, not one of the function's. */
  async #requireInvocation(functionName: string, { stateMachineArn }: StateTask): Promise<void> {
    const needed = [{ action: 'lambda:InvokeFunction', resource: functionName }];
    try {
      await this.#permissions?.require(stateMachineAccessKeyId(stateMachineArn), needed);
    } catch (error) {
      if (!(error instanceof AccessDeniedError)) throw error;
      throw new TaskFailure('Lambda.AWSLambdaException', error.denial.message);
    }
  }

  /**
   * The objects of a bucket as the items of a distributed Map, whose children are executions of the machine itself
   * (https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html).
   */
  async #listItems({ input, stateMachineArn }: StateTask): Promise<unknown> {
    const principal = stateMachineAccessKeyId(stateMachineArn);
    const items: unknown[] = [];
    try {
      const start = { action: 'states:StartExecution', resource: stateMachineArn };
      await this.#permissions?.require(principal, [start]);
      const request = listParameters.parse(input);
      for await (const page of paginateListObjectsV2({ client: this.#clients.of(principal).s3 }, request)) {
        for (const { Key, Size, ETag, LastModified, StorageClass } of page.Contents ?? []) {
          const seconds = (LastModified?.getTime() ?? 0) / 1000;
          items.push({ Etag: ETag, Key, LastModified: seconds, Size, StorageClass });
        }
      }
    } catch (error) {
      if (error instanceof AccessDeniedError)
        throw new TaskFailure('States.Permissions', error.denial.message);
      throw new TaskFailure(
        'States.ItemReaderFailed',
        error instanceof Error ? error.message : String(error),
      );
    }
    return items;
  }

  async #publish(task: StateTask): Promise<unknown> {
    const { Message, ...rest } = publishParameters.parse(task.input);
    const { sns } = this.#clients.of(stateMachineAccessKeyId(task.stateMachineArn));
    try {
      const text = typeof Message === 'string' ? Message : JSON.stringify(Message);
      const { MessageId } = await sns.send(new PublishCommand({ ...rest, Message: text }));
      return { MessageId };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      throw new TaskFailure(`SNS.${error.name}`, error.message);
    }
  }
}

/** Under which a state machine acts as its role. */
export function stateMachineAccessKeyId(stateMachineArn: string): string {
  return `states.amazonaws.com@${stateMachineArn.split(':').at(-1)}`;
}
