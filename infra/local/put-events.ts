import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { LocalService, ServiceAnswer } from './account/local-service.ts';
import type { BusEvent } from './event-rules.ts';

export interface PutEventsOptions {
  readonly accountId: string;
  /** Resolves once every target has the event. */
  readonly publish: (event: BusEvent) => Promise<void>;
  /** @default the machine's clock */
  readonly now?: () => Date;
}

const entrySchema = z.looseObject({
  Source: z.string().optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  Resources: z.array(z.string()).default([]),
  /** Seconds since 1970. */
  Time: z.number().optional(),
  EventBusName: z.string().optional(),
});

const requestSchema = z.looseObject({ Entries: z.array(entrySchema).min(1).max(10) });

type Entry = z.infer<typeof entrySchema>;
type Accepted = BusEvent & {
  readonly version: '0';
  readonly id: string;
  readonly account: string;
  /** UTC, to the second. */
  readonly time: string;
  readonly region: string;
};
type Refused = { readonly ErrorCode: string; readonly ErrorMessage: string };

/**
 * EventBridge's PutEvents, onto the default bus (https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html).
 * Unlike AWS it takes events in the name of AWS services: that is how a GuardDuty finding, or the hour of a schedule,
 * comes about here. It answers once every target has its event.
 */
export function createPutEventsService(options: PutEventsOptions): LocalService {
  return async ({ headers, body, region }) => {
    const action = String(headers['x-amz-target'] ?? '').replace(/^AWSEvents\./, '');
    if (action !== 'PutEvents') {
      return answer(501, { __type: 'NotImplemented', message: `The local run has no events:${action}.` });
    }
    const request = readRequest(body);
    if (request === undefined) {
      return answer(400, {
        __type: 'ValidationException',
        message: 'PutEvents takes {"Entries":[…]}, 1 to 10 of them.',
      });
    }
    const results: ({ readonly EventId: string } | Refused)[] = [];
    for (const entry of request.Entries) {
      const event = eventOf(entry, region, options);
      if ('ErrorCode' in event) results.push(event);
      else {
        await options.publish(event);
        results.push({ EventId: event.id });
      }
    }
    const FailedEntryCount = results.filter(result => 'ErrorCode' in result).length;
    return answer(200, { FailedEntryCount, Entries: results });
  };
}

function readRequest(body: string): z.infer<typeof requestSchema> | undefined {
  try {
    return requestSchema.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}

function eventOf(
  { Source, DetailType, Detail, Resources, Time, EventBusName = 'default' }: Entry,
  region: string,
  { accountId, now = () => new Date() }: PutEventsOptions,
): Accepted | Refused {
  const invalid = (name: string, reason: string): Refused => ({
    ErrorCode: 'InvalidArgument',
    ErrorMessage: `Parameter ${name} is not valid. Reason: ${reason}`,
  });
  if (!Source) return invalid('Source', 'Source is a required argument.');
  if (!DetailType) return invalid('DetailType', 'DetailType is a required argument.');
  if (Detail === undefined) return invalid('Detail', 'Detail is a required argument.');
  if (!/^(?:arn:[^:]+:events:[^:]*:\d{12}:event-bus\/)?default$/.test(EventBusName)) {
    return invalid('EventBusName', 'the local run has the default bus only.');
  }
  const detail = readDetail(Detail);
  if (detail === undefined) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  const time = Time === undefined ? now() : new Date(Time * 1000);
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': DetailType,
    source: Source,
    account: accountId,
    time: time.toISOString().replace(/\.\d{3}Z$/, 'Z'),
    region,
    resources: Resources,
    detail,
  };
}

function readDetail(text: string): object | undefined {
  try {
    const detail: unknown = JSON.parse(text);
    return typeof detail === 'object' && detail !== null && !Array.isArray(detail) ? detail : undefined;
  } catch {
    return undefined;
  }
}

function answer(status: number, body: object): ServiceAnswer {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: JSON.stringify(body) };
}
