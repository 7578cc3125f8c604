import type { SQSEvent, SQSRecord } from 'aws-lambda';

export const sentAt = '2026-11-21T08:00:02.000Z';
export const createdAt = '2026-11-21T08:00:00.123Z';

/** One record of an S3 notification, as S3 writes it; `key` is given form-encoded. */
export function s3Record(key: string, change: Record<string, unknown> = {}, versionId: string | null = 'v1') {
  return {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: 'eu-central-1',
    eventTime: createdAt,
    eventName: 'ObjectCreated:Put',
    userIdentity: { principalId: 'AWS:AROAEXAMPLE' },
    requestParameters: { sourceIPAddress: '2001:db8::1' },
    responseElements: { 'x-amz-request-id': 'C3D13FE58DE4C810', 'x-amz-id-2': 'FMyUVURIY8' },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: 'intake',
      bucket: {
        name: 'uploads',
        ownerIdentity: { principalId: 'A3NL1KOZZKExample' },
        arn: 'arn:aws:s3:::uploads',
      },
      object: {
        key,
        size: 1024,
        eTag: 'd41d8cd98f00b204e9800998ecf8427e',
        ...(versionId === null ? {} : { versionId }),
        sequencer: '0055AED6DCD90281E5',
      },
    },
    ...change,
  };
}

export const s3Notification = (...records: unknown[]) => JSON.stringify({ Records: records });

/** An EventBridge "Object Created" event; `key` is not encoded. */
export function objectCreatedEvent(key: string, change: Record<string, unknown> = {}) {
  return {
    version: '0',
    id: '17793124-05d4-b198-2fde-7ededc63b103',
    'detail-type': 'Object Created',
    source: 'aws.s3',
    account: '111122223333',
    time: '2026-11-21T08:00:00Z',
    region: 'eu-central-1',
    resources: ['arn:aws:s3:::uploads'],
    detail: {
      version: '0',
      bucket: { name: 'uploads' },
      object: {
        key,
        size: 5,
        etag: 'b1946ac92492d2347c6235b4d2611184',
        'version-id': 'v1',
        sequencer: '00617F08299329D189',
      },
      'request-id': 'N4N7GDK58NMKJ12R',
      requester: '111122223333',
      'source-ip-address': '203.0.113.7',
      reason: 'PutObject',
    },
    ...change,
  };
}

export const snsEnvelope = (message: string) =>
  JSON.stringify({
    Type: 'Notification',
    MessageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
    TopicArn: 'arn:aws:sns:eu-central-1:111122223333:uploads',
    Subject: 'Amazon S3 Notification',
    Message: message,
    Timestamp: '2026-11-21T08:00:01.000Z',
    SignatureVersion: '1',
    Signature: 'EXAMPLE',
  });

export const s3TestEvent = JSON.stringify({
  Service: 'Amazon S3',
  Event: 's3:TestEvent',
  Time: '2026-11-21T08:00:00.000Z',
  Bucket: 'uploads',
  RequestId: '5582815E1AEA5ADF',
  HostId: '8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR+YstdA6Knx4Ip8EXAMPLE',
});

/** A batch as Lambda hands it over; message ids are `m1`, `m2` … */
export function sqsEvent(...bodies: string[]): SQSEvent {
  return {
    Records: bodies.map(
      (body, index): SQSRecord => ({
        messageId: `m${index + 1}`,
        receiptHandle: `r${index + 1}`,
        body,
        attributes: {
          ApproximateReceiveCount: '1',
          SentTimestamp: String(Date.parse(sentAt)),
          SenderId: 'AIDAIENQZJOLO23YVJ4VO',
          ApproximateFirstReceiveTimestamp: String(Date.parse(sentAt)),
        },
        messageAttributes: {},
        md5OfBody: 'e4e68fb7bd0e697a0ae8f1bb342846b3',
        eventSource: 'aws:sqs',
        eventSourceARN: 'arn:aws:sqs:eu-central-1:111122223333:intake',
        awsRegion: 'eu-central-1',
      }),
    ),
  };
}
