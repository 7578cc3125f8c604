import { randomUUID } from 'node:crypto';

export type ObjectEventName =
  | 'ObjectCreated:Put'
  | 'ObjectCreated:Post'
  | 'ObjectCreated:Copy'
  | 'ObjectCreated:CompleteMultipartUpload';

/** A created object, with what both forms of its announcement carry. */
export interface ObjectEvent {
  readonly name: ObjectEventName;
  readonly bucket: string;
  /** Not encoded. */
  readonly key: string;
  /** Absent where the bucket is not versioned. */
  readonly versionId?: string;
  /** Bytes. */
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** Orders the events of one key as text. */
  readonly sequencer: string;
  readonly time: Date;
  readonly region: string;
  readonly accountId: string;
  readonly requestId: string;
  readonly hostId: string;
  readonly sourceIpAddress: string;
  readonly accessKeyId: string;
}

/** The rules of a bucket as `PutBucketNotificationConfiguration` takes them. */
export interface NotificationConfiguration {
  readonly QueueConfigurations?: readonly (NotificationRule & { readonly QueueArn: string })[];
  readonly TopicConfigurations?: readonly (NotificationRule & { readonly TopicArn: string })[];
  readonly LambdaFunctionConfigurations?: readonly (NotificationRule & {
    readonly LambdaFunctionArn: string;
  })[];
  readonly EventBridgeConfiguration?: object;
}

interface NotificationRule {
  readonly Id?: string;
  readonly Events: readonly string[];
  readonly Filter?: { readonly Key?: { readonly FilterRules?: readonly FilterRule[] } };
}

interface FilterRule {
  readonly Name: string;
  readonly Value: string;
}

/** Where one event is to go. */
export type NotificationDestination =
  | { readonly kind: 'queue' | 'topic' | 'function'; readonly arn: string; readonly configurationId: string }
  | { readonly kind: 'eventbridge' };

/** The destinations whose rules take the event. */
export function notificationDestinations(
  configuration: NotificationConfiguration | undefined,
  event: ObjectEvent,
): NotificationDestination[] {
  if (configuration === undefined) return [];
  const rules = [
    ...(configuration.QueueConfigurations ?? []).map(rule => ({
      kind: 'queue' as const,
      arn: rule.QueueArn,
      rule,
    })),
    ...(configuration.TopicConfigurations ?? []).map(rule => ({
      kind: 'topic' as const,
      arn: rule.TopicArn,
      rule,
    })),
    ...(configuration.LambdaFunctionConfigurations ?? []).map(rule => ({
      kind: 'function' as const,
      arn: rule.LambdaFunctionArn,
      rule,
    })),
  ];
  const destinations: NotificationDestination[] = rules
    .filter(({ rule }) => takes(rule, event))
    .map(({ kind, arn, rule }) => ({ kind, arn, configurationId: rule.Id ?? 'local' }));
  if (configuration.EventBridgeConfiguration !== undefined) destinations.push({ kind: 'eventbridge' });
  return destinations;
}

/** The event in the form that queues, topics and functions get ("Event message structure", S3 User Guide). */
export function s3Notification(event: ObjectEvent, configurationId = 'local') {
  const record = {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: event.region,
    eventTime: event.time.toISOString(),
    eventName: event.name,
    userIdentity: { principalId: `AWS:${event.accessKeyId}` },
    requestParameters: { sourceIPAddress: event.sourceIpAddress },
    responseElements: { 'x-amz-request-id': event.requestId, 'x-amz-id-2': event.hostId },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId,
      bucket: {
        name: event.bucket,
        ownerIdentity: { principalId: event.accountId },
        arn: `arn:aws:s3:::${event.bucket}`,
      },
      object: {
        key: formEncodeKey(event.key),
        size: event.size,
        eTag: event.etag,
        ...(event.versionId === undefined ? {} : { versionId: event.versionId }),
        sequencer: event.sequencer,
      },
    },
  };
  return { Records: [record] };
}

const reasons: Readonly<Record<ObjectEventName, string>> = {
  'ObjectCreated:Put': 'PutObject',
  'ObjectCreated:Post': 'POST Object',
  'ObjectCreated:Copy': 'CopyObject',
  'ObjectCreated:CompleteMultipartUpload': 'CompleteMultipartUpload',
};

/** The event as EventBridge gets it: the key is not encoded ("EventBridge event message structure"). */
export function eventBridgeObjectCreated(event: ObjectEvent) {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Object Created',
    source: 'aws.s3',
    account: event.accountId,
    time: event.time.toISOString().replace(/\.\d{3}Z$/, 'Z'),
    region: event.region,
    resources: [`arn:aws:s3:::${event.bucket}`],
    detail: {
      version: '0',
      bucket: { name: event.bucket },
      object: {
        key: event.key,
        size: event.size,
        etag: event.etag,
        ...(event.versionId === undefined ? {} : { 'version-id': event.versionId }),
        sequencer: event.sequencer,
      },
      'request-id': event.requestId,
      requester: event.accountId,
      'source-ip-address': event.sourceIpAddress,
      reason: reasons[event.name],
    },
  };
}

/** What S3 sends to a destination when a notification is set up. */
export function s3TestEvent(bucket: string, time: Date = new Date()) {
  return {
    Service: 'Amazon S3',
    Event: 's3:TestEvent',
    Time: time.toISOString(),
    Bucket: bucket,
    RequestId: randomUUID().replaceAll('-', '').slice(0, 16).toUpperCase(),
    HostId: randomUUID(),
  };
}

/** Refuses rules that would never fire here, rather than staying silent about them. */
export function requireSupportedRules(
  bucket: string,
  configuration: NotificationConfiguration | undefined,
): void {
  const rules = [
    ...(configuration?.QueueConfigurations ?? []),
    ...(configuration?.TopicConfigurations ?? []),
    ...(configuration?.LambdaFunctionConfigurations ?? []),
  ];
  for (const name of rules.flatMap(rule => rule.Events)) {
    if (!name.startsWith('s3:ObjectCreated:')) {
      throw new Error(`The local S3 announces created objects only; bucket ${bucket} asks for ${name}`);
    }
  }
}

/** Space becomes `+`, `/` and the unreserved characters of RFC 3986 stay, all else is percent-encoded UTF-8. */
export function formEncodeKey(key: string): string {
  return encodeURIComponent(key)
    .replace(/[!'()*]/g, character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%2F', '/')
    .replaceAll('%20', '+');
}

function takes(rule: NotificationRule, event: ObjectEvent): boolean {
  const named = rule.Events.some(name => name === 's3:ObjectCreated:*' || name === `s3:${event.name}`);
  return named && (rule.Filter?.Key?.FilterRules ?? []).every(filter => matches(filter, event.key));
}

function matches(filter: FilterRule, key: string): boolean {
  return filter.Name.toLowerCase() === 'prefix' ? key.startsWith(filter.Value) : key.endsWith(filter.Value);
}
