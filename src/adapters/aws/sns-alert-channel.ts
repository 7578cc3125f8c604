import { PublishCommand, type PublishCommandInput, type SNSClient } from '@aws-sdk/client-sns';
import type { Alert, AlertChannel } from '../../ports/alert-channel.ts';
import { PortError } from '../../ports/failure.ts';
import { chatNotification } from './chat-notification.ts';
import { translateFailure } from './translate-failure.ts';

export interface SnsAlertChannelOptions {
  readonly client: SNSClient;
  readonly topicArn: string;
}

const operation = 'AlertChannel.publish';

/** All variants of a message together, with its attributes. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const maxBytes = 262_144;

const maxSubjectLength = 100;

/**
 * Publishes alerts to an SNS topic: as JSON to machines (queues, functions, streams), as readable text by e-mail, and to
 * endpoints of HTTPS in the form that Amazon Q Developer in chat applications shows, which subscribes as one; with
 * `kind`, `severity` and, where it has one, `account` as attributes for filter policies. Lone surrogates, which UTF-8
 * cannot carry, become U+FFFD.
 *
 * Needs `sns:Publish`, and for an encrypted topic `kms:GenerateDataKey` and `kms:Decrypt`.
 */
export class SnsAlertChannel implements AlertChannel {
  readonly #client: SNSClient;
  readonly #topicArn: string;

  constructor(options: SnsAlertChannelOptions) {
    this.#client = options.client;
    this.#topicArn = options.topicArn;
  }

  async publish(alert: Alert): Promise<void> {
    const message = messageOf(alert);
    const bytes = bytesOf(message);
    if (bytes > maxBytes) {
      throw new PortError({
        kind: 'permanent',
        operation,
        code: 'AlertTooLarge',
        message: `${operation} on ${this.#topicArn} failed: ${bytes} bytes are above ${maxBytes}`,
      });
    }
    const answer = await this.#client
      .send(new PublishCommand({ TopicArn: this.#topicArn, ...message }))
      .catch((error: unknown) => {
        throw translateFailure(error, operation, this.#topicArn);
      });
    if (answer.MessageId === undefined) {
      throw new PortError({
        kind: 'retryable',
        operation,
        code: 'NoMessageId',
        message: `${operation} on ${this.#topicArn} failed: the answer names no message`,
      });
    }
  }
}

interface TextAttribute {
  readonly DataType: 'String';
  readonly StringValue: string;
}

type Message = Pick<PublishCommandInput, 'Message' | 'MessageStructure' | 'Subject'> & {
  readonly MessageAttributes: Record<string, TextAttribute>;
};

function messageOf(alert: Alert): Message {
  return {
    Subject: subjectOf(alert),
    MessageStructure: 'json',
    Message: JSON.stringify({
      default: wellFormedJson(alert),
      email: emailOf(alert).toWellFormed(),
      https: chatNotification(alert),
    }),
    MessageAttributes: {
      kind: textAttribute(alert.kind),
      severity: textAttribute(alert.severity),
      ...(alert.account === undefined ? {} : { account: textAttribute(alert.account) }),
    },
  };
}

function textAttribute(text: string): TextAttribute {
  return { DataType: 'String', StringValue: text.toWellFormed() };
}

/** JSON whose texts other languages can read: RFC 7493 section 2.1 excludes lone surrogates, escaped or not. */
function wellFormedJson(alert: Alert): string {
  // JSON.stringify writes a lone surrogate, and nothing else above U+001F, as an escape.
  return JSON.stringify(alert).replace(/\\(?:u(d[89a-f][\da-f]{2})|.)/g, (escaped, lone) =>
    lone === undefined ? escaped : '\ufffd',
  );
}

function emailOf(alert: Alert): string {
  return [
    alert.title,
    '',
    alert.text,
    '',
    `Severity: ${alert.severity}`,
    ...(alert.account === undefined ? [] : [`Account: ${alert.account}`]),
    `Time: ${alert.occurredAt}`,
    ...(alert.correlationId === undefined ? [] : [`Correlation id: ${alert.correlationId}`]),
  ].join('\n');
}

/** SNS takes printable ASCII that begins with a letter, digit or punctuation mark, up to 100 characters. */
function subjectOf({ title, kind, severity }: Alert): string {
  const subject = asciiOf(title);
  const telling = /[A-Za-z0-9]/.test(subject) ? subject : asciiOf(`${severity}: ${kind}`);
  return telling.slice(0, maxSubjectLength).trim();
}

function asciiOf(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .replace(/[\s\p{Control}]+/gu, ' ')
    .replace(/[^\x20-\x7e]/gu, '?')
    .trim();
}

function bytesOf({ Subject, Message, MessageAttributes }: Message): number {
  const attributes = Object.entries(MessageAttributes).flatMap(([name, { DataType, StringValue }]) => [
    name,
    DataType,
    StringValue,
  ]);
  return Buffer.byteLength([Subject, Message, ...attributes].join(''));
}
