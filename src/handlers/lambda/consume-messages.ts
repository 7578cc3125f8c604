import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { messageFailureEntry } from '../../domain/dead-letters/message-failure.ts';
import { canonicalTime } from '../../domain/kernel/canonical-time.ts';
import { limitConcurrency } from '../../domain/kernel/limit-concurrency.ts';
import { printableText } from '../../domain/kernel/printable-text.ts';
import { settleAll } from '../../domain/kernel/settle-all.ts';
import type { AuditLog } from '../../ports/audit-log.ts';
import type { Clock, Timestamp } from '../../ports/clock.ts';
import type { MetricName } from './emitted-metrics.env.ts';
import { measure } from './measure.ts';
import { sqsTime } from './sqs-time.ts';
import type { Telemetry } from './telemetry.ts';

/** What a message says, part by part. */
export type MessagePart<Item> =
  | { readonly kind: 'item'; readonly item: Item }
  | { readonly kind: 'malformed'; readonly error: Error }
  /** A test, or an event of another kind. */
  | { readonly kind: 'skipped'; readonly event: string };

export interface ConsumptionPorts {
  /** Where the cause of a failure is noted, for the time when the queue gives the message up. */
  readonly audit: Pick<AuditLog, 'append'>;
  readonly clock: Clock;
  /** Milliseconds until the invocation is stopped. */
  readonly remainingTime: () => number;
}

export interface MessageConsumption<Item> {
  readonly read: (body: string, sentAt: Timestamp | undefined) => Iterable<MessagePart<Item>>;
  /** The work on one item; what it rejects with fails its message. */
  readonly work: (item: Item) => Promise<void>;
  /** What an item is called, for people. */
  readonly nameOf: (item: Item) => string;
  /** Items worked on at one time, over all messages, so that what one costs in memory does not multiply. */
  readonly atOnce: number;
  /** Counts the items, and the malformed parts, that failed. */
  readonly failureMetric: MetricName;
}

const faultsNamed = 5;

/** Milliseconds kept, of those there are, to note causes and to answer which messages failed. */
const reserve = (remaining: number) => Math.min(5000, remaining / 5);

/**
 * Works on every item that a batch of messages holds. An item that fails, or a part that cannot be read, fails its own
 * message after all its neighbours have been dealt with; the message then comes again. So does an item that is not done
 * shortly before the invocation ends: were the function stopped, all messages would come again, and none would say why.
 */
export function consumeMessages<Item>(
  event: SQSEvent,
  { read, work, nameOf, atOnce, failureMetric }: MessageConsumption<Item>,
  ports: ConsumptionPorts,
  telemetry: Pick<Telemetry, 'logger' | 'metrics'>,
): Promise<SQSBatchResponse> {
  const deadline = deadlineIn(ports.remainingTime());
  const limited = limitConcurrency(atOnce);
  const consumeMessage = async (message: SQSRecord): Promise<void> => {
    const { body, attributes, messageId } = message;
    const parts = [...read(body, sqsTime(attributes.SentTimestamp))];
    const skipped = parts.flatMap(it => (it.kind === 'skipped' ? [it.event] : []));
    const malformed = parts.flatMap(it => (it.kind === 'malformed' ? [it.error] : []));
    const items = parts.flatMap(it => (it.kind === 'item' ? [it.item] : []));
    reportSkipped(skipped, messageId, telemetry);
    for (const error of malformed.slice(0, faultsNamed)) {
      telemetry.logger.error('Notification malformed', { messageId, error });
    }

    const failed = await settleAll(items, items.length, item =>
      deadline.race(
        () => nameOf(item),
        // What waits for its turn is not begun any more when the batch is about to be answered.
        limited(async () => {
          if (!deadline.isOver()) await work(item);
        }),
      ),
    );
    const failures = [...malformed, ...failed];
    if (failures.length === 0) return;
    measure(telemetry.metrics, failureMetric, failures.length);
    await noteFailure(message, failures, ports, telemetry);
    throw new Error(`${failures.length} parts of message ${messageId} failed`);
  };
  return processPartialResponse(event, consumeMessage, new BatchProcessor(EventType.SQS)).finally(
    deadline.clear,
  );
}

/** Fails the items that are not done when the time is nearly over. */
function deadlineIn(remaining: number) {
  const over = Promise.withResolvers<'over'>();
  let isOver = false;
  const end = () => {
    isOver = true;
    over.resolve('over');
  };
  const timer = setTimeout(end, remaining - reserve(remaining));
  return {
    isOver: () => isOver,
    clear: () => clearTimeout(timer),
    race: async (name: () => string, work: Promise<void>): Promise<void> => {
      if ((await Promise.race([work, over.promise])) !== 'over') return;
      throw new ItemFailedError('TimedOut', `${name()}: was not done within the time of the function`);
    },
  };
}

/** The work on one item failed; `code` says why. */
export class ItemFailedError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ItemFailedError';
    this.code = code;
  }
}

/** What an error was, in one word: its code, where it bears one. */
export function codeOf(error: unknown): string {
  const code = (error as { readonly code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : 'Unexpected';
}

function reportSkipped(
  events: readonly string[],
  messageId: string,
  { logger, metrics }: Pick<Telemetry, 'logger' | 'metrics'>,
): void {
  if (events.length === 0) return;
  measure(metrics, 'NotificationsSkipped', events.length);
  const names = [...new Set(events)].slice(0, faultsNamed).map(name => printableText(name));
  logger.info('Notifications skipped', { messageId, events: names });
}

/** Notes why a message fails. Where that fails too, the message comes again all the same, with its cause unknown. */
async function noteFailure(
  { messageId, attributes }: SQSRecord,
  failures: readonly Error[],
  { audit, clock }: Pick<ConsumptionPorts, 'audit' | 'clock'>,
  { logger }: Pick<Telemetry, 'logger'>,
): Promise<void> {
  const named = failures.slice(0, faultsNamed).map(({ message }) => message);
  const rest = failures.length - named.length;
  const entry = messageFailureEntry({
    messageId,
    receiveCount: Number(attributes.ApproximateReceiveCount) || 1,
    failedAt: canonicalTime(clock.now()),
    cause: {
      code: codeOf(failures[0]),
      message: [...named, ...(rest === 0 ? [] : [`and ${rest} more`])].join('; '),
    },
  });
  await audit.append(entry).catch((error: unknown) => {
    logger.error('Cause not noted', { messageId, details: entry.details, error: error as Error });
  });
}
