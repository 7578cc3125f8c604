import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { PublishCommand } from '@aws-sdk/client-sns';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Activity } from './activity.ts';
import type { ClientPool } from './aws-clients.ts';
import type { LambdaRuntime } from './lambda-runtime.ts';

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
   * Hands a text to a queue, topic, function, state machine or log group in the name of a service, for example
   * `events.amazonaws.com`. Rejects where the target does not take it; a function takes every event.
   */
  async deliver(targetArn: string, text: string, principal: string): Promise<void> {
    const { clients, activity } = this.#options;
    const { sfn, sns, sqs } = clients.of(principal);
    const [, , service] = targetArn.split(':');
    if (service === 'sqs') {
      const command = new SendMessageCommand({ QueueUrl: this.#queueUrl(targetArn), MessageBody: text });
      await activity.track(sqs.send(command));
    } else if (service === 'sns') {
      await activity.track(sns.send(new PublishCommand({ TopicArn: targetArn, Message: text })));
    } else if (service === 'states') {
      await activity.track(sfn.send(new StartExecutionCommand({ stateMachineArn: targetArn, input: text })));
    } else if (service === 'lambda') {
      this.invokeLater(targetArn, text);
    } else if (service === 'logs') {
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

  #queueUrl(queueArn: string): string {
    const [, , , , account, name] = queueArn.split(':');
    return `${this.#options.endpoint}/${account}/${name}`;
  }
}
