import * as z from 'zod';
import type {
  StoredTrailEvent,
  SuppressedMatch,
  TrailEvent,
  TrailEventSource,
  TrailEventSummary,
} from '../../ports/trail-event-store.ts';
import { expiryOf } from './expiry-of.ts';
import { shardKey, shardOf, timeAndId, trailEventIndexes, trailEventSortKey } from './trail-event-keys.ts';

/** What an event does not have stands as null, so that a repetition that has it adds nothing. */
const optionalText = z.string().nullish();

const ruleIds = z.set(z.string());

const summaryAttributes = {
  eventId: z.string(),
  eventTime: z.string(),
  eventName: z.string(),
  eventSource: z.string(),
  account: z.string(),
  region: z.string(),
  principal: z.string(),
  sourceIPAddress: optionalText,
  errorCode: optionalText,
  rules: ruleIds,
};

/** An item of an index: what the index includes. */
export const trailEventSummaryItem = z.object(summaryAttributes).transform(summaryOf);

/** An item of the table. */
export const trailEventItem = z
  .object({
    ...summaryAttributes,
    schemaVersion: z.literal(1).default(1),
    fingerprint: z.string(),
    // Items of before there was an event bus have neither.
    identity: z.string().default(''),
    via: z.enum(['log', 'event-bus']).default('log'),
    ruleSet: z.string(),
    source: z
      .object({ bucket: z.string(), key: z.string(), versionId: z.string(), index: z.number() })
      .nullish(),
    storedAt: z.string(),
    suppressed: z.array(z.object({ rule: z.string(), owner: z.string(), reason: z.string() })).nullish(),
    record: optionalText,
    announced: ruleIds.optional(),
  })
  .transform((attributes): StoredTrailEvent => {
    const { schemaVersion, fingerprint, identity, via, ruleSet, storedAt, announced } = attributes;
    const { source, suppressed, record } = attributes;
    return {
      ...summaryOf(attributes),
      schemaVersion,
      fingerprint,
      identity,
      via,
      ruleSet,
      ...present({ source }),
      storedAt,
      ...present({ suppressed }),
      ...present({ record }),
      announced: [...(announced ?? [])],
    };
  });

/** What is told of an event that is stored again. */
export const presentItem = z
  .object({ announced: ruleIds.optional(), storedAt: z.string() })
  .transform(({ announced, storedAt }) => ({ announced: [...(announced ?? [])], storedAt }));

export interface TrailEventItemOptions {
  readonly shards: number;
  readonly retentionDays: number | undefined;
}

/** The attributes that an event gets once: all but its id, its rules and its marks. */
export function lastingAttributes(
  event: TrailEvent,
  { shards, retentionDays }: TrailEventItemOptions,
): Record<string, unknown> {
  const eventId = event.eventId.toWellFormed();
  const eventName = event.eventName.toWellFormed();
  const principal = event.principal.toWellFormed();
  const day = event.eventTime.slice(0, 10);
  const shard = shardOf(eventId, shards);
  return {
    schemaVersion: event.schemaVersion,
    eventTime: event.eventTime,
    eventName,
    eventSource: event.eventSource.toWellFormed(),
    account: event.account.toWellFormed(),
    region: event.region.toWellFormed(),
    principal,
    sourceIPAddress: event.sourceIPAddress?.toWellFormed() ?? null,
    errorCode: event.errorCode?.toWellFormed() ?? null,
    fingerprint: event.fingerprint,
    identity: event.identity,
    via: event.via,
    ruleSet: event.ruleSet,
    source: event.source === undefined ? null : sourceAttribute(event.source),
    storedAt: event.storedAt,
    suppressed: event.suppressed?.map(suppressedAttribute) ?? null,
    record: event.record?.toWellFormed() ?? null,
    [trailEventIndexes.eventName.partitionKey]: shardKey(eventName, day, shard),
    [trailEventIndexes.principal.partitionKey]: shardKey(principal, day, shard),
    [trailEventSortKey]: timeAndId(event.eventTime, eventId),
    ...(retentionDays === undefined ? {} : { expiresAt: expiryOf(event.storedAt, retentionDays) }),
  };
}

function summaryOf(attributes: z.output<z.ZodObject<typeof summaryAttributes>>): TrailEventSummary {
  const { sourceIPAddress, errorCode } = attributes;
  return {
    eventId: attributes.eventId,
    eventTime: attributes.eventTime,
    eventName: attributes.eventName,
    eventSource: attributes.eventSource,
    account: attributes.account,
    region: attributes.region,
    principal: attributes.principal,
    ...present({ sourceIPAddress }),
    ...present({ errorCode }),
    rules: [...attributes.rules],
  };
}

function sourceAttribute({ bucket, key, versionId, index }: TrailEventSource) {
  return {
    bucket: bucket.toWellFormed(),
    key: key.toWellFormed(),
    versionId: versionId.toWellFormed(),
    index,
  };
}

function suppressedAttribute({ rule, owner, reason }: SuppressedMatch) {
  return { rule: rule.toWellFormed(), owner: owner.toWellFormed(), reason: reason.toWellFormed() };
}

/** The members that are there. */
function present<Name extends string, Value>(
  members: Readonly<Record<Name, Value | null | undefined>>,
): { [Member in Name]?: Value } {
  const there = Object.entries(members).filter(([, member]) => member !== null && member !== undefined);
  return Object.fromEntries(there) as { [Member in Name]?: Value };
}
