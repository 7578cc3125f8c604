import * as z from 'zod';
import type { BusEvent } from '../../domain/trail/bus-event.ts';
import type { AnnouncedLog } from '../../domain/trail/trail-analyzer.ts';
import type { Timestamp } from '../../ports/clock.ts';
import { isFromCloudTrail, readBusEvent } from './bus-event-reading.ts';
import type { MessagePart } from './consume-messages.ts';
import {
  MalformedNotificationError,
  maximumRecords,
  readObjectNotifications,
  snsEnvelope,
} from './object-notifications.ts';

/** What the analyzer is told of: a log, or a record that came by the event bus. */
export type TrailItem =
  | { readonly kind: 'log'; readonly log: AnnouncedLog }
  | { readonly kind: 'bus-event'; readonly event: BusEvent };

export type TrailNotification = MessagePart<TrailItem>;

/** What CloudTrail itself sends to a trail's topic ("Configuring Amazon SNS notifications for CloudTrail"). */
const cloudTrailNotification = z.object({
  s3Bucket: z.string().regex(/^[\w.-]{1,255}$/),
  s3ObjectKey: z.array(z.string().min(1).max(1024)).min(1).max(maximumRecords),
});

/** Sent as a text when a trail is given a topic. */
const validation = /^\s*CloudTrail validation message\.\s*$/;

/**
 * Reads the body of an SQS message that announces logs, from S3, EventBridge or CloudTrail itself, or that is an event
 * which CloudTrail sent to an event bus; any of them wrapped by SNS or raw. A part that cannot be read is `malformed` and
 * leaves its neighbours as they are.
 *
 * @param sentAt When the message was sent.
 */
export function* readTrailNotifications(
  body: string,
  sentAt: Timestamp | undefined,
): Iterable<TrailNotification> {
  const text = unwrapped(body);
  if (validation.test(text)) {
    yield { kind: 'skipped', event: 'CloudTrail validation message' };
    return;
  }
  const announced = parsed(text);
  if (isFromCloudTrail(announced)) {
    const event = readBusEvent(text, announced);
    if (event instanceof MalformedNotificationError) yield { kind: 'malformed', error: event };
    else yield { kind: 'item', item: { kind: 'bus-event', event } };
    return;
  }
  if (typeof announced === 'object' && announced !== null && 's3ObjectKey' in announced) {
    if ('Records' in announced) yield malformed('holds both Records and s3ObjectKey');
    else yield* readCloudTrailNotification(announced);
    return;
  }
  for (const it of readObjectNotifications(body, sentAt)) {
    yield it.kind === 'object' ? logItem(it.object) : it;
  }
}

function* readCloudTrailNotification(message: object): Iterable<TrailNotification> {
  const notification = cloudTrailNotification.safeParse(message);
  if (notification.success) {
    const { s3Bucket: bucket, s3ObjectKey: keys } = notification.data;
    for (const key of keys) yield logItem({ bucket, key });
    return;
  }
  const faults = notification.error.issues.map(({ path, message: why }) => `${path.join('.')}: ${why}`);
  yield malformed(faults.join('; '));
}

function logItem(log: AnnouncedLog): TrailNotification {
  return { kind: 'item', item: { kind: 'log', log } };
}

function malformed(why: string): TrailNotification {
  return { kind: 'malformed', error: new MalformedNotificationError('body', why) };
}

function unwrapped(body: string): string {
  const envelope = snsEnvelope.safeParse(parsed(body));
  return envelope.success ? envelope.data.Message : body;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
