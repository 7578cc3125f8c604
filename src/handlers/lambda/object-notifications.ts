import * as z from 'zod';
import type { Timestamp } from '../../ports/clock.ts';
import type { Announcement } from './consume-objects.ts';

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

export type ObjectNotification = Announcement<ObjectCreated>;

/**
 * Reads the body of an SQS message: an S3 notification (many records), an EventBridge "Object Created" event,
 * or either of them wrapped by SNS. S3 form-encodes keys, which is undone exactly once; EventBridge does not.
 * A record that cannot be read is `malformed` and leaves its neighbours as they are.
 *
 * The schemas ask for what is used and tolerate the rest: a published, complete schema of the S3 event refuses
 * requests from IPv6 addresses.
 *
 * @param sentAt When the message was sent, for a notification that bears no time of its own.
 * A message of more than {@link maximumRecords} records is malformed as a whole: S3 sends one record a message.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 */
export function readObjectNotifications(
  body: string,
  sentAt: Timestamp | undefined,
): Iterable<ObjectNotification> {
  return readMessage(body, { sentAt, where: 'body', wrappable: true });
}

/** Records that one message may hold, so that no message can take its neighbours' share of time and memory. */
export const maximumRecords = 1000;

const timestamp = z.iso
  .datetime({ offset: true })
  .transform((text): Timestamp => new Date(text).toISOString());

/** Up to 255 characters: buckets made before 2018 may have such names. */
const bucketName = z.string().regex(/^[\w.-]{1,255}$/);

/** Opaque, URL-ready, at most 1,024 bytes ("Using versioning in S3 buckets"); empty means none. */
const versionId = z
  .string()
  .regex(/^[\x21-\x7e]{0,1024}$/)
  .nullish();

const s3Record = z.object({
  eventName: z.string().optional(),
  eventTime: timestamp.optional(),
  s3: z.object({
    bucket: z.object({ name: bucketName }),
    object: z.object({ key: z.string(), versionId }),
  }),
});

/** The families of S3 event names ("Supported event types for SQS, SNS, and Lambda"), with or without `s3:`. */
const creation = /^(?:s3:)?ObjectCreated:\w+$/;
const otherEvent =
  /^(?:s3:)?(?:ObjectRemoved|ObjectRestore|ObjectTagging|ObjectAcl|LifecycleExpiration|LifecycleTransition|IntelligentTiering|Replication|ReducedRedundancyLostObject)(?::\w+)?$/;

const s3Notification = z.object({ Records: z.array(z.unknown()) });

const s3TestEvent = z.object({ Service: z.literal('Amazon S3'), Event: z.literal('s3:TestEvent') });

const objectEvent = z.object({
  source: z.literal('aws.s3'),
  'detail-type': z.string(),
  time: timestamp.optional(),
  detail: z.unknown(),
});

const objectCreatedDetail = z.object({
  bucket: z.object({ name: bucketName }),
  object: z.object({ key: z.string(), 'version-id': versionId }),
});

/** What SNS wraps a message in, unless it delivers it raw. */
export const snsEnvelope = z.object({ Type: z.literal('Notification'), Message: z.string() });

interface Place {
  readonly sentAt: Timestamp | undefined;
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
    const count = notification.data.Records.length;
    if (count === 0) yield malformed(`${where}.Records`, 'is empty');
    if (count > maximumRecords) {
      yield malformed(`${where}.Records`, `holds ${count} records, more than ${maximumRecords}`);
      return;
    }
    for (const [index, record] of notification.data.Records.entries()) {
      yield readRecord(record, sentAt, `${where}.Records[${index}]`);
    }
  } else if (s3TestEvent.safeParse(message).success) {
    yield { kind: 'skipped', event: 's3:TestEvent' };
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

function readRecord(record: unknown, sentAt: Timestamp | undefined, where: string): ObjectNotification {
  const parsed = s3Record.safeParse(record);
  if (!parsed.success) return malformed(where, faultsOf(parsed.error));
  const { eventName, eventTime, s3 } = parsed.data;
  if (eventName !== undefined && otherEvent.test(eventName)) return { kind: 'skipped', event: eventName };
  if (eventName !== undefined && !creation.test(eventName)) {
    return malformed(`${where}.eventName`, 'is no event of S3');
  }
  const key = decodeFormKey(s3.object.key);
  if (key === undefined) return malformed(`${where}.s3.object.key`, 'is not form-encoded UTF-8');
  return created(s3.bucket.name, key, s3.object.versionId, eventTime ?? sentAt, where);
}

function readObjectEvent(
  event: z.infer<typeof objectEvent>,
  sentAt: Timestamp | undefined,
  where: string,
): ObjectNotification {
  const eventName = event['detail-type'];
  if (/^Object (?!Created$)/.test(eventName)) return { kind: 'skipped', event: eventName };
  if (eventName !== 'Object Created') return malformed(`${where}.detail-type`, 'is no event of S3');
  const detail = objectCreatedDetail.safeParse(event.detail);
  if (!detail.success) return malformed(`${where}.detail`, faultsOf(detail.error));
  const { bucket, object } = detail.data;
  return created(bucket.name, object.key, object['version-id'], event.time ?? sentAt, where);
}

function created(
  bucket: string,
  key: string,
  version: string | null | undefined,
  occurredAt: Timestamp | undefined,
  where: string,
): ObjectNotification {
  if (occurredAt === undefined) return malformed(where, 'bears no time, and neither does its message');
  const object = { bucket, key, ...(version ? { versionId: version } : {}), occurredAt };
  return { kind: 'object', object };
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
