import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { SQSBatchResponse, SQSEvent, SQSMessageAttributes, SQSRecord } from 'aws-lambda';
import type { DeadLetterKeeper } from '../../domain/dead-letters/dead-letter-keeper.ts';
import { canonicalTime } from '../../domain/kernel/canonical-time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { MessageAttribute } from '../../ports/message-queue.ts';
import { measure } from './measure.ts';
import { sqsTime } from './sqs-time.ts';
import type { Telemetry } from './telemetry.ts';

export interface DeadLetterPorts {
  readonly keeper: Pick<DeadLetterKeeper, 'keep'>;
  readonly clock: Clock;
  /** ARN of the queue that gave the messages up, where they do not name it themselves. */
  readonly sourceQueueArn: string;
}

/** Keeps every message of a batch from a dead-letter queue. One that is not kept stays in the queue. */
export function keepDeadLetters(
  event: SQSEvent,
  { keeper, clock, sourceQueueArn }: DeadLetterPorts,
  { logger, metrics }: Telemetry,
): Promise<SQSBatchResponse> {
  const keepMessage = async (message: SQSRecord): Promise<void> => {
    const { messageId, body, attributes, messageAttributes } = message;
    const lastSeenAt = canonicalTime(clock.now());
    const sentAt = sqsTime(attributes.SentTimestamp) ?? lastSeenAt;
    const facts = { messageId, queueArn: attributes.DeadLetterQueueSourceArn ?? sourceQueueArn };
    const { outcome, letter } = await keeper
      .keep({
        schemaVersion: 1,
        id: messageId,
        queueArn: facts.queueArn,
        message: { body, ...attributesOf(messageAttributes) },
        receiveCount: Number(attributes.ApproximateReceiveCount) || 1,
        sentAt,
        firstSeenAt: sqsTime(attributes.ApproximateFirstReceiveTimestamp) ?? sentAt,
        lastSeenAt,
      })
      .catch((error: unknown) => {
        measure(metrics, 'DeadLettersNotKept');
        logger.error('Dead letter not kept', { ...facts, error: error as Error });
        throw error;
      });
    if (outcome === 'kept') measure(metrics, 'DeadLettersKept');
    const cause = letter.cause?.code ?? 'unknown';
    logger.warn(outcome === 'kept' ? 'Dead letter kept' : 'Dead letter already kept', { ...facts, cause });
  };
  return processPartialResponse(event, keepMessage, new BatchProcessor(EventType.SQS));
}

function attributesOf(given: SQSMessageAttributes | undefined): {
  readonly attributes?: Readonly<Record<string, MessageAttribute>>;
} {
  const attributes = Object.entries(given ?? {}).map(
    ([name, { dataType, stringValue, binaryValue }]): [string, MessageAttribute] => [
      name,
      { dataType, value: stringValue ?? binaryValue ?? '' },
    ],
  );
  return attributes.length === 0 ? {} : { attributes: Object.fromEntries(attributes) };
}
