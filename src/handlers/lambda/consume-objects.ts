import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { printableText } from '../../domain/kernel/printable-text.ts';
import type { Timestamp } from '../../ports/clock.ts';
import { type ConsumptionPorts, consumeMessages, type MessagePart } from './consume-messages.ts';
import type { MetricName } from './emitted-metrics.env.ts';
import type { Telemetry } from './telemetry.ts';

/** An object that a message announces; one without a version stands for the current one. */
export interface AnnouncedObject {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
}

/** What a message says, part by part. */
export type Announcement<Announced extends AnnouncedObject> =
  | { readonly kind: 'object'; readonly object: Announced }
  | Exclude<MessagePart<Announced>, { readonly kind: 'item' }>;

export interface Consumption<Announced extends AnnouncedObject> {
  readonly read: (body: string, sentAt: Timestamp | undefined) => Iterable<Announcement<Announced>>;
  /** The work on one object; what it rejects with fails its message. */
  readonly work: (object: Announced) => Promise<void>;
  /** Objects worked on at one time, over all messages, so that what one costs in memory does not multiply. */
  readonly atOnce: number;
  /** Counts the objects, and the malformed parts, that failed. */
  readonly failureMetric: MetricName;
}

/** Works on every object that a batch of messages announces, as {@link consumeMessages} does. */
export function consumeObjects<Announced extends AnnouncedObject>(
  event: SQSEvent,
  { read, ...consumption }: Consumption<Announced>,
  ports: ConsumptionPorts,
  telemetry: Pick<Telemetry, 'logger' | 'metrics'>,
): Promise<SQSBatchResponse> {
  const parts = function* (body: string, sentAt: Timestamp | undefined): Iterable<MessagePart<Announced>> {
    for (const it of read(body, sentAt)) yield it.kind === 'object' ? { kind: 'item', item: it.object } : it;
  };
  return consumeMessages(event, { ...consumption, read: parts, nameOf: placeOf }, ports, telemetry);
}

/** The place of an object, for people. */
export function placeOf({ bucket, key, versionId }: AnnouncedObject): string {
  const version = versionId === undefined ? '' : ` (version ${printableText(versionId)})`;
  return `s3://${printableText(bucket)}/${printableText(key, 1024)}${version}`;
}
