import {
  GetQueueUrlCommand,
  type MessageAttributeValue,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { PortError } from '../../ports/failure.ts';
import type { MessageAttribute, MessageQueue, QueueMessage } from '../../ports/message-queue.ts';
import { translateFailure } from './translate-failure.ts';

export interface SqsMessageQueueOptions {
  readonly client: SQSClient;
}

const operation = 'MessageQueue.send';

const queueArnForm =
  /^arn:[^:\s]+:sqs:(?<region>[^:\s]+):(?<account>\d{12}):(?<name>[\w-]{1,80}(?:\.fifo)?)$/;

/**
 * Sends to SQS queues of the client's region; a queue of another one is a `PortError` (`permanent`, `OtherRegion`). Text
 * or attributes that SQS does not take are one, too (`permanent`, with the code of SQS).
 *
 * Needs `sqs:GetQueueUrl` (once for each queue) and `sqs:SendMessage`, and for an encrypted queue `kms:GenerateDataKey`
 * and `kms:Decrypt`.
 *
 * @example
 * const queue = new SqsMessageQueue({ client: new SQSClient() });
 * await queue.send(letter.queueArn, letter.message);
 */
export class SqsMessageQueue implements MessageQueue {
  readonly #client: SQSClient;
  readonly #urls = new Map<string, Promise<string>>();

  constructor({ client }: SqsMessageQueueOptions) {
    this.#client = client;
  }

  async send(queueArn: string, message: QueueMessage): Promise<void> {
    const url = await this.#urlOf(queueArn);
    const request = new SendMessageCommand({
      QueueUrl: url,
      MessageBody: message.body,
      MessageAttributes: Object.fromEntries(
        Object.entries(message.attributes ?? {}).map(([name, attribute]) => [
          name,
          attributeValue(attribute),
        ]),
      ),
    });
    const answer = await this.#client.send(request).catch((error: unknown) => {
      throw sqsFailure(error, queueArn);
    });
    if (answer.MessageId === undefined) throw incomplete(queueArn, 'NoMessageId', 'names no message');
  }

  /** Asked for once; a question that failed is asked again. */
  async #urlOf(queueArn: string): Promise<string> {
    const known = this.#urls.get(queueArn);
    if (known !== undefined) return known;
    const url = this.#askForUrl(queueArn);
    this.#urls.set(queueArn, url);
    try {
      return await url;
    } catch (error) {
      this.#urls.delete(queueArn);
      throw error;
    }
  }

  async #askForUrl(queueArn: string): Promise<string> {
    const { region, account, name } = queueArnForm.exec(queueArn)?.groups ?? {};
    if (name === undefined) {
      throw permanent('InvalidQueueArn', `${JSON.stringify(queueArn)} is no ARN of a queue`);
    }
    // There may be a queue of the same name in the client's region.
    const ownRegion = await this.#client.config.region();
    if (region !== ownRegion) {
      throw permanent('OtherRegion', `${queueArn} is in another region than the client, ${ownRegion}`);
    }
    const request = new GetQueueUrlCommand({ QueueName: name, QueueOwnerAWSAccountId: account });
    const { QueueUrl } = await this.#client.send(request).catch((error: unknown) => {
      throw sqsFailure(error, queueArn);
    });
    if (QueueUrl === undefined) throw incomplete(queueArn, 'NoQueueUrl', 'names no queue');
    return QueueUrl;
  }
}

function attributeValue({ dataType, value }: MessageAttribute): MessageAttributeValue {
  return /^Binary(\.|$)/.test(dataType)
    ? { DataType: dataType, BinaryValue: Buffer.from(value, 'base64') }
    : { DataType: dataType, StringValue: value };
}

function sqsFailure(error: unknown, queueArn: string): PortError {
  // What the SDK throws, told by its message alone, where the MD5 of the answer is not that of the body it sent.
  const isDamaged = error instanceof Error && error.message === 'InvalidChecksumError';
  if (!isDamaged) return translateFailure(error, operation, queueArn);
  return new PortError({
    kind: 'retryable',
    operation,
    code: 'InvalidChecksum',
    message: `${operation} on ${queueArn} failed: the body was damaged on its way`,
    cause: error,
  });
}

function permanent(code: string, reason: string): PortError {
  return new PortError({ kind: 'permanent', operation, code, message: `${operation} failed: ${reason}` });
}

function incomplete(queueArn: string, code: string, reason: string): PortError {
  return new PortError({
    kind: 'retryable',
    operation,
    code,
    message: `${operation} on ${queueArn} failed: the answer ${reason}`,
  });
}
