import * as z from 'zod';
import type { Timestamp } from '../../ports/clock.ts';

/** "An object was created", in whichever envelope it came. */
export interface ObjectCreated {
  readonly bucket: string;
  /** The key as stored. */
  readonly key: string;
  readonly versionId?: string;
  readonly occurredAt: Timestamp;
}

/** A message, or one of its records, that is none of the known notifications. Says where and why, not what. */
export class MalformedNotificationError extends Error {
  readonly code = 'MalformedNotification';

  constructor(where: string, why: string) {
    super(`${where}: ${why}`);
    this.name = 'MalformedNotificationError';
  }
}

export type ObjectNotification =
  | { readonly kind: 'created'; readonly object: ObjectCreated }
  | { readonly kind: 'malformed'; readonly error: MalformedNotificationError }
  /** S3 tests a new notification configuration. */
  | { readonly kind: 'test-event' }
  /** An event of another kind, such as a removal. */
  | { readonly kind: 'ignored' };

/**
 * Reads the body of an SQS message: an S3 notification (many records), an EventBridge "Object Created" event,
 * or either of them wrapped by SNS. S3 form-encodes keys, which is undone exactly once; EventBridge does not.
 * A record that cannot be read is `malformed` and leaves its neighbours as they are.
 *
 * The schemas ask for what is used and tolerate the rest: a published, complete schema of the S3 event refuses
 * requests from IPv6 addresses.
 *
 * @param sentAt When the message was sent, for a notification that bears no time of its own.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 */
export function readObjectNotifications(body: string, sentAt: Timestamp): Iterable<ObjectNotification> {
  return readMessage(body, { sentAt, where: 'body', wrappable: true });
}

const timestamp = z
  .string()
  .refine(text => !Number.isNaN(Date.parse(text)), 'is not a time')
  .transform((text): Timestamp => new Date(text).toISOString());

const s3Record = z.object({
  eventName: z.string().optional(),
  eventTime: timestamp.optional(),
  s3: z.object({
    bucket: z.object({ name: z.string().min(1) }),
    object: z.object({ key: z.string(), versionId: z.string().min(1).optional() }),
  }),
});

const s3Notification = z.object({ Records: z.array(z.unknown()) });

const s3TestEvent = z.object({ Service: z.literal('Amazon S3'), Event: z.literal('s3:TestEvent') });

const objectEvent = z.object({
  source: z.literal('aws.s3'),
  'detail-type': z.string(),
  time: timestamp.optional(),
  detail: z.unknown(),
});

const objectCreatedDetail = z.object({
  bucket: z.object({ name: z.string().min(1) }),
  object: z.object({ key: z.string(), 'version-id': z.string().min(1).optional() }),
});

const snsEnvelope = z.object({ Type: z.literal('Notification'), Message: z.string() });

interface Place {
  readonly sentAt: Timestamp;
  /** Path to what is being read, for people. */
  readonly where: string;
  /** Whether an SNS envelope may stand here: SNS wraps once. */
  readonly wrappable: boolean;
}

function* readMessage(text: string, { sentAt, where, wrappable }: Place): Iterable<ObjectNotification> {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    yield malformed(where, 'is not JSON');
    return;
  }
  const notification = s3Notification.safeParse(message);
  const event = objectEvent.safeParse(message);
  const envelope = snsEnvelope.safeParse(message);
  if (notification.success) {
    for (const [index, record] of notification.data.Records.entries()) {
      yield readRecord(record, sentAt, `${where}.Records[${index}]`);
    }
  } else if (s3TestEvent.safeParse(message).success) {
    yield { kind: 'test-event' };
  } else if (event.success) {
    yield readObjectEvent(event.data, sentAt, where);
  } else if (envelope.success && wrappable) {
    yield* readMessage(envelope.data.Message, { sentAt, where: `${where}.Message`, wrappable: false });
  } else {
    yield malformed(
      where,
      'is neither an S3 notification, nor an EventBridge object event, nor one wrapped by SNS',
    );
  }
}

function readRecord(record: unknown, sentAt: Timestamp, where: string): ObjectNotification {
  const parsed = s3Record.safeParse(record);
  if (!parsed.success) return malformed(where, faultsOf(parsed.error));
  const { eventName, eventTime, s3 } = parsed.data;
  if (eventName !== undefined && !/^(s3:)?ObjectCreated:/.test(eventName)) return { kind: 'ignored' };
  const key = decodeFormKey(s3.object.key);
  if (key === undefined) return malformed(`${where}.s3.object.key`, 'is not form-encoded UTF-8');
  return created(s3.bucket.name, key, s3.object.versionId, eventTime ?? sentAt);
}

function readObjectEvent(
  event: z.infer<typeof objectEvent>,
  sentAt: Timestamp,
  where: string,
): ObjectNotification {
  if (event['detail-type'] !== 'Object Created') return { kind: 'ignored' };
  const detail = objectCreatedDetail.safeParse(event.detail);
  if (!detail.success) return malformed(`${where}.detail`, faultsOf(detail.error));
  const { bucket, object } = detail.data;
  return created(bucket.name, object.key, object['version-id'], event.time ?? sentAt);
}

function created(
  bucket: string,
  key: string,
  versionId: string | undefined,
  occurredAt: Timestamp,
): ObjectNotification {
  const object = { bucket, key, ...(versionId === undefined ? {} : { versionId }), occurredAt };
  return { kind: 'created', object };
}

function malformed(where: string, why: string): ObjectNotification {
  return { kind: 'malformed', error: new MalformedNotificationError(where, why) };
}

/** Undoes `application/x-www-form-urlencoded` once; `undefined` where the bytes are not UTF-8. */
function decodeFormKey(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

function faultsOf(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join('.') || 'record'}: ${message}`).join('; ');
}
