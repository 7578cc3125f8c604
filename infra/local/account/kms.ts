import * as z from 'zod';
import { createJsonService, JsonError, readInput } from './json-protocol.ts';
import type { LocalKey, LocalKeys } from './local-keys.ts';
import type { LocalService } from './local-service.ts';
import { pageByName } from './page-by-name.ts';

const byKey = z.looseObject({ KeyId: z.string().min(1) });

const page = z.looseObject({
  Limit: z.number().int().min(1).max(1000).default(100),
  Marker: z.string().optional(),
});

const tagPage = page.extend({ ...byKey.shape, Limit: z.number().int().min(1).max(50).default(50) });

/** What AWS KMS tells of keys; it encrypts nothing. */
export function createKmsService(keys: LocalKeys): LocalService {
  const keyOf = (input: unknown, region: string): LocalKey => {
    const { KeyId } = readInput(byKey, input);
    const key = keys.find(region, KeyId);
    if (key !== undefined) return key;
    const what = KeyId.includes('alias/') ? 'Alias' : 'Key';
    throw new JsonError('NotFoundException', `${what} '${KeyId}' does not exist`);
  };

  return createJsonService({
    target: 'TrentService',
    actions: {
      ListKeys: (input, region) => {
        const { Limit, Marker } = readInput(page, input);
        const { page: found, next } = pageByName(keys.list(region), key => key.keyId, Limit, Marker);
        const Keys = found.map(({ keyId, arn }) => ({ KeyId: keyId, KeyArn: arn }));
        return { Keys, Truncated: next !== undefined, ...(next === undefined ? {} : { NextMarker: next }) };
      },
      DescribeKey: (input, region) => ({ KeyMetadata: metadataOf(keyOf(input, region)) }),
      GetKeyRotationStatus: (input, region) => {
        const { arn, state, rotationPeriodDays } = keyOf(input, region);
        // While it waits for its deletion, a key is not rotated.
        const rotates = rotationPeriodDays !== undefined && state !== 'PendingDeletion';
        return {
          KeyId: arn,
          KeyRotationEnabled: rotates,
          ...(rotates ? { RotationPeriodInDays: rotationPeriodDays } : {}),
        };
      },
      GetKeyPolicy: (input, region) => ({ Policy: keyOf(input, region).policy, PolicyName: 'default' }),
      ListResourceTags: (input, region) => {
        const { Limit, Marker } = readInput(tagPage, input);
        const tags = Object.entries(keyOf(input, region).tags);
        const { page: found, next } = pageByName(tags, ([name]) => name, Limit, Marker);
        const Tags = found.map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
        return { Tags, Truncated: next !== undefined, ...(next === undefined ? {} : { NextMarker: next }) };
      },
    },
  });
}

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_KeyMetadata.html */
function metadataOf(key: LocalKey): object {
  return {
    AWSAccountId: key.account,
    KeyId: key.keyId,
    Arn: key.arn,
    CreationDate: key.createdAt.getTime() / 1000,
    Enabled: key.state === 'Enabled',
    Description: '',
    KeyUsage: 'ENCRYPT_DECRYPT',
    KeyState: key.state,
    Origin: key.origin,
    KeyManager: key.manager,
    CustomerMasterKeySpec: key.spec,
    KeySpec: key.spec,
    MultiRegion: false,
  };
}
