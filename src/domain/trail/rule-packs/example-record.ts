import type { JsonObject } from '../../../ports/json.ts';

/** A record for the examples of a pack, with the fields that its rules look at. */
export function exampleRecord(service: string, eventName: string, more: JsonObject = {}): JsonObject {
  return {
    eventVersion: '1.11',
    eventType: 'AwsApiCall',
    eventSource: `${service}.amazonaws.com`,
    eventName,
    sourceIPAddress: '203.0.113.7',
    userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/alice', userName: 'alice' },
    ...more,
  };
}
