import {
  DescribeKeyCommand,
  GetKeyPolicyCommand,
  GetKeyRotationStatusCommand,
  type KMSClient,
  ListKeysCommand,
  paginateListResourceTags,
} from '@aws-sdk/client-kms';
import type { Reading } from '../../../ports/reading.ts';
import type { AspectValues, KeyFacts } from '../../../ports/resource-inventory.ts';
import { type InventorySource, pageOf, pageSize } from './inventory-source.ts';
import { readingOf, required } from './reading-of.ts';

/** KMS keys, those that AWS manages included. */
export const keySource: InventorySource = {
  list: ({ kms }, { account, region }, cursor) =>
    readingOf('kms:ListKeys', async () => {
      const {
        Keys = [],
        NextMarker,
        Truncated,
      } = await kms.send(new ListKeysCommand({ Limit: pageSize, Marker: cursor }));
      const resources = Keys.map(({ KeyId, KeyArn }) => ({
        type: 'kms-key' as const,
        account,
        region,
        arn: required(KeyArn, 'KeyArn'),
        name: required(KeyId, 'KeyId'),
      }));
      return pageOf(resources, Truncated === true ? required(NextMarker, 'NextMarker') : undefined);
    }),

  readers: ({ kms }, { arn }) => ({
    key: () => readKey(kms, arn),
    'key-rotation': () =>
      readingOf('kms:GetKeyRotationStatus', async (): Promise<AspectValues['key-rotation']> => {
        const answer = await kms.send(new GetKeyRotationStatusCommand({ KeyId: arn }));
        const enabled = required(answer.KeyRotationEnabled, 'KeyRotationEnabled');
        const periodDays = answer.RotationPeriodInDays;
        return periodDays === undefined ? { enabled } : { enabled, periodDays };
      }),
    policy: () =>
      readingOf('kms:GetKeyPolicy', async () => {
        // The one policy that a key has is called `default`.
        const { Policy } = await kms.send(new GetKeyPolicyCommand({ KeyId: arn, PolicyName: 'default' }));
        return { document: required(Policy, 'Policy') };
      }),
    tags: () =>
      readingOf('kms:ListResourceTags', async () => {
        const tags: Record<string, string> = {};
        for await (const page of paginateListResourceTags({ client: kms }, { KeyId: arn })) {
          for (const { TagKey = '', TagValue = '' } of page.Tags ?? []) tags[TagKey] = TagValue;
        }
        return tags;
      }),
  }),
};

/** What KMS says of a key, by ARN, id or alias. */
export function readKey(kms: KMSClient, keyId: string): Promise<Reading<KeyFacts>> {
  return readingOf('kms:DescribeKey', async () => {
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: keyId }));
    const key = required(KeyMetadata, 'KeyMetadata');
    return {
      arn: required(key.Arn, 'Arn'),
      account: required(key.AWSAccountId, 'AWSAccountId'),
      manager: required(key.KeyManager, 'KeyManager'),
      keyState: required(key.KeyState, 'KeyState'),
      keySpec: required(key.KeySpec, 'KeySpec'),
      origin: required(key.Origin, 'Origin'),
    };
  });
}
