import { gzipSync } from 'node:zlib';
import type { JsonObject } from '../../../src/ports/json.ts';

/** A CloudTrail record with made-up values. */
export function trailRecord(fields: JsonObject = {}): JsonObject {
  return {
    eventVersion: '1.11',
    userIdentity: {
      type: 'IAMUser',
      principalId: 'AIDAEXAMPLE',
      arn: 'arn:aws:iam::111122223333:user/alice',
      accountId: '111122223333',
      userName: 'alice',
    },
    eventTime: '2026-11-21T08:01:02Z',
    eventSource: 'iam.amazonaws.com',
    eventName: 'CreateUser',
    awsRegion: 'us-east-1',
    sourceIPAddress: '203.0.113.7',
    userAgent: 'aws-cli/2.31.0',
    requestParameters: { userName: 'mallory' },
    responseElements: null,
    requestID: '11111111-2222-4333-8444-555555555555',
    eventID: '00000000-0000-4000-8000-000000000001',
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: '111122223333',
    eventCategory: 'Management',
    ...fields,
  };
}

/** An `eventID` of its own for each number. */
export const eventId = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

/** A log as CloudTrail delivers it. */
export function trailLog(...records: readonly unknown[]): Uint8Array {
  return gzipSync(JSON.stringify({ Records: records }));
}

export const logKey =
  'AWSLogs/111122223333/CloudTrail/eu-central-1/2026/11/21/111122223333_CloudTrail_eu-central-1_20261121T0805Z_a1B2c3D4e5F6g7H8.json.gz';

export const digestKey =
  'AWSLogs/111122223333/CloudTrail-Digest/eu-central-1/2026/11/21/111122223333_CloudTrail-Digest_eu-central-1_sallyport_eu-central-1_20261121T080000Z.json.gz';

/** A digest file without its signature, which stands in the object's metadata. */
export const digest: JsonObject = {
  awsAccountId: '111122223333',
  digestStartTime: '2026-11-21T07:00:00Z',
  digestEndTime: '2026-11-21T08:00:00Z',
  digestS3Bucket: 'logs',
  digestS3Object: digestKey,
  digestPublicKeyFingerprint: '00112233445566778899aabbccddeeff',
  digestSignatureAlgorithm: 'SHA256withRSA',
  newestEventTime: null,
  oldestEventTime: null,
  previousDigestS3Bucket: null,
  previousDigestS3Object: null,
  previousDigestHashValue: null,
  previousDigestHashAlgorithm: null,
  previousDigestSignature: null,
  logFiles: [],
};
