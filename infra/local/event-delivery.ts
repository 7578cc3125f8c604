import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { PublishCommand } from '@aws-sdk/client-sns';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Activity } from './activity.ts';
import type { ClientPool } from './aws-clients.ts';
import type { LambdaRuntime } from './lambda-runtime.ts';
import type { Permissions } from './permissions/permissions.ts';

/** Lambda tries an asynchronous event three times (Lambda Developer Guide, "How Lambda handles errors"). */
const asynchronousAttempts = 3;

export interface EventDeliveryOptions {
  readonly endpoint: string;
  readonly clients: ClientPool;
  readonly functions: LambdaRuntime;
  readonly activity: Activity;
  readonly retryDelayMs: number;
  /** Takes a line for a log group, under the last part of the group's name. */
  readonly onLine: (name: string, line: string) => void;
  readonly onFault: (text: string) => void;
  /** @default nobody is asked */
  readonly permissions?: Pick<Permissions, 'callers' | 'require'>;
}

/** In whose name something is delivered. */
export interface Sender {
  /** A service, for example `events.amazonaws.com`. */
  readonly principal: string;
  /** For what the service acts: a rule, a bucket. */
  readonly sourceArn: string;
  /** The role that it has taken on, if it has. */
  readonly roleArn?: string;
}

/** Carries events of S3 and EventBridge to queues, topics, functions, state machines and log groups. */
export class EventDelivery {
  readonly #options: EventDeliveryOptions;

  constructor(options: EventDeliveryOptions) {
    this.#options = options;
  }

  /** Whether {@link deliver} can reach a target. */
  reaches(targetArn: string): boolean {
    return /^arn:aws:(?:sqs|sns|lambda|states|logs):/.test(targetArn);
  }

  /**
   * Hands a text to a queue, topic, function, state machine or log group. Rejects where the sender may not, or the target
   * does not take it; a function takes every event.
   */
  async deliver(targetArn: string, text: string, sender: Sender): Promise<void> {
    const { clients, activity } = this.#options;
    const [, , service = ''] = targetArn.split(':');
    const accessKeyId = this.#accessKeyIdOf(sender, service);
    const { sfn, sns, sqs } = clients.of(accessKeyId);
    if (service === 'sqs') {
      const command = new SendMessageCommand({ QueueUrl: this.#queueUrl(targetArn), MessageBody: text });
      await activity.track(sqs.send(command));
    } else if (service === 'sns') {
      await activity.track(sns.send(new PublishCommand({ TopicArn: targetArn, Message: text })));
    } else if (service === 'states') {
      await activity.track(sfn.send(new StartExecutionCommand({ stateMachineArn: targetArn, input: text })));
    } else if (service === 'lambda') {
      await this.#require(accessKeyId, targetArn, ['lambda:InvokeFunction']);
      this.invokeLater(targetArn, text);
    } else if (service === 'logs') {
      // The stream's name is EventBridge's choice.
      const stream = `${targetArn.replace(/:\*$/, '')}:log-stream:new`;
      await this.#require(accessKeyId, stream, ['logs:CreateLogStream', 'logs:PutLogEvents']);
      this.#options.onLine(targetArn.split(/[:/]/).at(-1) ?? targetArn, text);
    } else {
      throw new Error(
        `The local run delivers to queues, topics, functions, state machines and log groups, not to ${targetArn}.`,
      );
    }
  }

  /** Hands a JSON text to a function, by name or ARN, for which nobody waits; a failure is tried again. */
  invokeLater(functionName: string, text: string): void {
    const { activity, onFault } = this.#options;
    const invoked = this.#invoke(functionName, text);
    void activity.track(invoked.catch((error: unknown) => onFault(`${functionName}: ${String(error)}`)));
  }

  async #invoke(functionArn: string, text: string): Promise<void> {
    const { functions, retryDelayMs, onFault } = this.#options;
    for (let attempt = 1; attempt <= asynchronousAttempts; attempt++) {
      const invocation = await functions.invoke(functionArn, JSON.parse(text));
      if (invocation.outcome === 'answered') return;
      if (attempt < asynchronousAttempts) await new Promise(resolve => setTimeout(resolve, retryDelayMs));
      else onFault(`${functionArn} dropped an event: ${invocation.error.errorMessage}`);
    }
  }

  /** The gateway asks for what is called over HTTP; the rest is asked for here. */
  async #require(accessKeyId: string, resource: string, actions: readonly string[]): Promise<void> {
    const needed = actions.map(action => ({ action, resource }));
    await this.#options.permissions?.require(accessKeyId, needed);
  }

  #accessKeyIdOf({ principal, sourceArn, roleArn }: Sender, service: string): string {
    const { permissions } = this.#options;
    if (permissions === undefined) return principal;
    // EventBridge publishes to topics without saying for which rule ("Amazon SNS permissions", EventBridge User Guide).
    const source = service === 'sns' && principal === 'events.amazonaws.com' ? undefined : sourceArn;
    return permissions.callers.accessKeyIdOf(principal, source, roleArn);
  }

  #queueUrl(queueArn: string): string {
    const [, , , , account, name] = queueArn.split(':');
    return `${this.#options.endpoint}/${account}/${name}`;
  }
}
