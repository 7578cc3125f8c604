import {
  DescribeSecretCommand,
  GetResourcePolicyCommand,
  ListSecretsCommand,
} from '@aws-sdk/client-secrets-manager';
import type { AspectValues, StatedEncryption } from '../../../ports/resource-inventory.ts';
import { type InventorySource, once, pageOf, pageSize, tagRecord } from './inventory-source.ts';
import { readingOf, required } from './reading-of.ts';

/** Secrets of Secrets Manager; those that are about to be deleted can be read by nobody, and are left out. */
export const secretSource: InventorySource = {
  list: ({ secretsManager }, { account, region }, cursor) =>
    readingOf('secretsmanager:ListSecrets', async () => {
      const { SecretList = [], NextToken } = await secretsManager.send(
        new ListSecretsCommand({ MaxResults: pageSize, NextToken: cursor }),
      );
      const resources = SecretList.map(({ ARN, Name }) => ({
        type: 'secret' as const,
        account,
        region,
        arn: required(ARN, 'ARN'),
        name: required(Name, 'Name'),
      }));
      const facts = SecretList.map(secret => {
        const tags = { state: 'read', value: tagRecord(secret.Tags) } as const;
        return [secret.ARN ?? '', { encryption: encryptionOf(secret), tags }] as const;
      });
      return pageOf(resources, NextToken, Object.fromEntries(facts));
    }),

  readers: ({ secretsManager }, { arn }) => {
    const secret = once(() => secretsManager.send(new DescribeSecretCommand({ SecretId: arn })));
    return {
      encryption: () =>
        readingOf('secretsmanager:DescribeSecret', async () => encryptionOf(await secret()).value),
      policy: () =>
        readingOf('secretsmanager:GetResourcePolicy', async (): Promise<AspectValues['policy']> => {
          const { ResourcePolicy } = await secretsManager.send(
            new GetResourcePolicyCommand({ SecretId: arn }),
          );
          return ResourcePolicy ? { document: ResourcePolicy } : {};
        }),
      tags: () => readingOf('secretsmanager:DescribeSecret', async () => tagRecord((await secret()).Tags)),
    };
  },
};

/**
 * The field is left out where the key is aws/secretsmanager
 * (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html,
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_SecretListEntry.html).
 */
function encryptionOf({ KmsKeyId: keyId }: { readonly KmsKeyId?: string | undefined }) {
  const value: StatedEncryption = keyId ? { by: 'kms', keyId } : { by: 'aws-managed' };
  return { state: 'read', value } as const;
}
