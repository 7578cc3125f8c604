import * as z from 'zod';
import type { BusEvent } from '../../domain/trail/bus-event.ts';
import type { Timestamp } from '../../ports/clock.ts';
import type { JsonObject } from '../../ports/json.ts';
import { jsonMemberText } from './json-member-text.ts';
import { MalformedNotificationError } from './object-notifications.ts';

/**
 * Detail types of events that CloudTrail sends to a bus: "AWS API Call via CloudTrail", "AWS Console Sign In via
 * CloudTrail", "AWS Service Event via CloudTrail", "AWS Insight via CloudTrail" and what is to come ("AWS service events
 * delivered via AWS CloudTrail", Amazon EventBridge User Guide).
 */
const viaCloudTrail = /^AWS [\w ]{1,100} via CloudTrail$/;

const busEvent = z.object({
  id: z.string().min(1).max(128),
  // Nobody but AWS may put events of such a source on a bus.
  source: z.string().regex(/^aws\.[\w.-]{1,100}$/),
  account: z.string().regex(/^\d{12}$/),
  region: z.string().regex(/^[a-z0-9-]{1,40}$/),
  time: z.iso.datetime({ offset: true }).transform((text): Timestamp => new Date(text).toISOString()),
  detail: z.record(z.string(), z.json()),
});

export function isFromCloudTrail(message: unknown): boolean {
  if (typeof message !== 'object' || message === null || !('detail-type' in message)) return false;
  const type = message['detail-type'];
  return typeof type === 'string' && viaCloudTrail.test(type);
}

/**
 * Reads an event that CloudTrail has sent to an event bus.
 *
 * @param text The event as JSON.
 * @param message The same, parsed.
 */
export function readBusEvent(text: string, message: unknown): BusEvent | MalformedNotificationError {
  const event = busEvent.safeParse(message);
  if (!event.success) {
    const faults = event.error.issues.map(({ path, message: why }) => `${path.join('.')}: ${why}`);
    return new MalformedNotificationError('body', faults.slice(0, 5).join('; '));
  }
  const { id, account, region, time } = event.data;
  const { detail } = message as { readonly detail: JsonObject };
  return { id, account, region, time, record: detail, text: jsonMemberText(text, 'detail') ?? '' };
}
