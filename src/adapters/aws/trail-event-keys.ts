import { createHash } from 'node:crypto';
import type { Day } from '../../ports/trail-event-store.ts';

/** The indexes of the table of events, and their keys. */
export const trailEventIndexes = {
  eventName: { indexName: 'ByEventName', partitionKey: 'eventNameShard' },
  principal: { indexName: 'ByPrincipal', partitionKey: 'principalShard' },
} as const;

/** Sort key of both indexes: `<event time>#<event id>`. */
export const trailEventSortKey = 'timeAndId';

/**
 * Above so many bytes a text stands in a key by its digest. An index takes 2,048 bytes of partition key and 1,024 of
 * sort key, and a write beyond them fails as a whole ("Constraints", Amazon DynamoDB developer guide).
 */
const maxTextBytes = 512;

const digestPrefix = 'sha256:';

/** The partition of an index that holds a name's events of one day and shard: `<name>#<day>#<shard>`. */
export function shardKey(name: string, day: Day, shard: number): string {
  // The end has a fixed length, so that no name can be read as another one with a day.
  return `${keyText(name)}#${day}#${String(shard).padStart(2, '0')}`;
}

/** The shard of an event, by a hash of its id: evenly spread, and the same for each repetition. */
export function shardOf(eventId: string, shards: number): number {
  return createHash('sha256').update(eventId).digest().readUInt32BE() % shards;
}

export function timeAndId(eventTime: string, eventId: string): string {
  return `${eventTime}#${keyText(eventId)}`;
}

/** A text that is itself like a digest stands by its own, so that no two texts share a key. */
function keyText(text: string): string {
  if (Buffer.byteLength(text) <= maxTextBytes && !text.startsWith(digestPrefix)) return text;
  return `${digestPrefix}${createHash('sha256').update(text).digest('hex')}`;
}
