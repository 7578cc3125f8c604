import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  type QueueAttributeName,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { Invocation } from './lambda-function.ts';

/** The events of one queue, on their way to one function. */
export interface EventSourceMappingOptions {
  /** In the name of the function's role. */
  readonly client: SQSClient;
  /** Makes failed messages visible again, for which Lambda needs no permission. @default the client */
  readonly administrator?: SQSClient;
  readonly queueUrl: string;
  readonly queueArn: string;
  readonly region: string;
  /** Messages per event, at most. */
  readonly batchSize: number;
  /** Invocations at once. */
  readonly maximumConcurrency: number;
  readonly reportBatchItemFailures: boolean;
  /** After how many milliseconds a failed message is visible again, in place of the queue's visibility timeout. */
  readonly retryDelayMs: number;
  readonly invoke: (event: object) => Promise<Invocation>;
  /** Told of what goes wrong between queue and function. */
  readonly onFault: (text: string) => void;
}

type ReceivedMessage = Message & { readonly MessageId: string; readonly ReceiptHandle: string };

/** What is denied once is denied again: it is tried for as often only. */
const patienceWithDenials = 20;

/** The longest wait that SQS allows. */
const longPollSeconds = 20;
const largestReceive = 10;

/** Polls a queue and hands its messages to a function (Lambda Developer Guide, "Using Lambda with Amazon SQS"). */
export class EventSourceMapping {
  readonly #options: EventSourceMappingOptions;
  readonly #underWay = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  #polling: Promise<void> | undefined;
  #hasLooked = false;

  constructor(options: EventSourceMappingOptions) {
    this.#options = options;
  }

  /** Begins to poll. */
  start(): void {
    this.#polling ??= this.#poll();
  }

  /** Stops polling and waits for what is under way; failed messages then stay with the queue. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#polling;
    await Promise.all(this.#underWay);
  }

  async #poll(): Promise<void> {
    const { maximumConcurrency, onFault } = this.#options;
    let running = 0;
    let slotFreed = Promise.withResolvers<void>();
    while (!this.#stopping.signal.aborted) {
      if (running >= maximumConcurrency) {
        slotFreed = Promise.withResolvers<void>();
        await slotFreed.promise;
        continue;
      }
      try {
        await this.#look();
        const batch = await this.#receive();
        if (batch.length === 0) continue;
        running += 1;
        const work: Promise<void> = this.#process(batch, () => {
          running -= 1;
          slotFreed.resolve();
        })
          .catch((error: unknown) => onFault(`a batch was not settled: ${String(error)}`))
          .finally(() => this.#underWay.delete(work));
        this.#underWay.add(work);
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        onFault(`polling failed: ${String(error)}`);
        const isDenied = error instanceof Error && /^AccessDenied/.test(error.name);
        await this.#pause(this.#options.retryDelayMs * (isDenied ? patienceWithDenials : 1));
      }
    }
  }

  /** Lambda looks at the queue before it polls it, which needs a permission of its own. */
  async #look(): Promise<void> {
    if (this.#hasLooked) return;
    const { client, queueUrl } = this.#options;
    const AttributeNames: QueueAttributeName[] = ['VisibilityTimeout'];
    await client.send(new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames }), {
      abortSignal: this.#stopping.signal,
    });
    this.#hasLooked = true;
  }

  async #receive(): Promise<readonly ReceivedMessage[]> {
    const { client, queueUrl, batchSize } = this.#options;
    const batch: ReceivedMessage[] = [];
    do {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: Math.min(largestReceive, batchSize - batch.length),
          WaitTimeSeconds: batch.length === 0 ? longPollSeconds : 0,
          MessageSystemAttributeNames: ['All'],
          MessageAttributeNames: ['All'],
        }),
        { abortSignal: this.#stopping.signal },
      );
      if (Messages.length === 0) break;
      batch.push(...Messages.filter(isReceived));
    } while (batch.length < batchSize);
    return batch;
  }

  async #process(batch: readonly ReceivedMessage[], free: () => void): Promise<void> {
    const failed = await this.#failuresOf(batch).finally(free);
    const succeeded = batch.filter(({ MessageId }) => !failed.has(MessageId));
    await this.#delete(succeeded);
    if (failed.size === 0) return;
    await this.#pause(this.#options.retryDelayMs);
    await this.#makeVisible(batch.filter(({ MessageId }) => failed.has(MessageId)));
  }

  async #failuresOf(batch: readonly ReceivedMessage[]): Promise<ReadonlySet<string>> {
    const ids = batch.map(({ MessageId }) => MessageId);
    const { invoke, region, queueArn, reportBatchItemFailures } = this.#options;
    const invocation = await invoke({ Records: batch.map(message => asRecord(message, queueArn, region)) });
    if (invocation.outcome === 'failed') return new Set(ids);
    return new Set(reportBatchItemFailures ? failuresIn(invocation.payload, ids) : []);
  }

  async #delete(messages: readonly ReceivedMessage[]): Promise<void> {
    const { client, queueUrl, onFault } = this.#options;
    for (const entries of inEntries(messages)) {
      const { Failed = [] } = await client.send(
        new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries }),
      );
      if (Failed.length > 0) onFault(`${Failed.length} messages were not deleted: ${Failed[0]?.Message}`);
    }
  }

  async #makeVisible(messages: readonly ReceivedMessage[]): Promise<void> {
    const { client, administrator = client, queueUrl } = this.#options;
    for (const entries of inEntries(messages)) {
      // Entries that fail here are visible already: their visibility timeout has ended by itself.
      await administrator.send(
        new ChangeMessageVisibilityBatchCommand({
          QueueUrl: queueUrl,
          Entries: entries.map(entry => ({ ...entry, VisibilityTimeout: 0 })),
        }),
      );
    }
  }

  async #pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    this.#stopping.signal.addEventListener('abort', () => resolve(), { once: true });
    if (this.#stopping.signal.aborted) resolve();
    await promise;
    clearTimeout(timer);
  }
}

/**
 * The messages that a function reports as failed. All of them where its answer is malformed or names a message that
 * was not in the batch (Lambda Developer Guide, "Success and failure conditions" of partial batch responses).
 */
export function failuresIn(payload: string, batch: readonly string[]): readonly string[] {
  const answer: unknown = JSON.parse(payload);
  if (answer === null) return [];
  if (typeof answer !== 'object' || Array.isArray(answer)) return batch;
  const failures: unknown = Reflect.get(answer, 'batchItemFailures') ?? [];
  if (!Array.isArray(failures)) return batch;
  const ids = failures.map((failure: unknown) =>
    typeof failure === 'object' && failure !== null ? Reflect.get(failure, 'itemIdentifier') : undefined,
  );
  return ids.every(id => batch.includes(id)) ? ids : batch;
}

function isReceived(message: Message): message is ReceivedMessage {
  return message.MessageId !== undefined && message.ReceiptHandle !== undefined;
}

/** Entries of batch calls, ten at a time as SQS allows. */
function inEntries(messages: readonly ReceivedMessage[]): { Id: string; ReceiptHandle: string }[][] {
  const entries = messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
  return Array.from({ length: Math.ceil(entries.length / largestReceive) }, (_, page) =>
    entries.slice(page * largestReceive, (page + 1) * largestReceive),
  );
}

function asRecord(message: ReceivedMessage, queueArn: string, region: string): object {
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body ?? '',
    attributes: message.Attributes ?? {},
    messageAttributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([name, attribute]) => [
        name,
        {
          stringValue: attribute.StringValue,
          binaryValue: attribute.BinaryValue && Buffer.from(attribute.BinaryValue).toString('base64'),
          stringListValues: [],
          binaryListValues: [],
          dataType: attribute.DataType,
        },
      ]),
    ),
    md5OfBody: message.MD5OfBody ?? '',
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: region,
  };
}
