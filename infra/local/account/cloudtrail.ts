import * as z from 'zod';
import { createJsonService, readInput } from './json-protocol.ts';
import type { LocalService } from './local-service.ts';
import type { LocalTrailKeys } from './local-trail-keys.ts';

/** Times are seconds since 1970. */
const listing = z.looseObject({ StartTime: z.number().optional(), EndTime: z.number().optional() });

/**
 * CloudTrail's ListPublicKeys: the keys that were valid at any moment between two times, by default the time of the call
 * (https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_ListPublicKeys.html).
 */
export function createCloudTrailService(keys: LocalTrailKeys): LocalService {
  const seconds = (time: Date) => time.getTime() / 1000;
  return createJsonService({
    target: 'CloudTrail_20131101',
    actions: {
      ListPublicKeys: (input, region) => {
        const { EndTime = Date.now() / 1000, StartTime = EndTime } = readInput(listing, input);
        const { fingerprint, value, validFrom, validTo } = keys.of(region);
        if (seconds(validTo) < StartTime || seconds(validFrom) > EndTime) return { PublicKeyList: [] };
        return {
          PublicKeyList: [
            {
              Fingerprint: fingerprint,
              Value: value.toString('base64'),
              ValidityStartTime: seconds(validFrom),
              ValidityEndTime: seconds(validTo),
            },
          ],
        };
      },
    },
  });
}
