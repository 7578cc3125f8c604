import { trailRecord } from '../../domain/trail/trail-fixtures.ts';

/** A record of CloudTrail as EventBridge delivers it. */
export const busDelivery = {
  version: '0',
  id: 'delivery-1',
  'detail-type': 'AWS API Call via CloudTrail',
  source: 'aws.iam',
  account: '111122223333',
  time: '2026-11-21T08:01:02Z',
  region: 'us-east-1',
  resources: [],
  detail: trailRecord(),
};
