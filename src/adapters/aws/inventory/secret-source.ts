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
      return pageOf(resources, NextToken);
    }),

  readers: ({ secretsManager }, { arn }) => {
    const secret = once(() => secretsManager.send(new DescribeSecretCommand({ SecretId: arn })));
    return {
      encryption: () =>
        readingOf('secretsmanager:DescribeSecret', async (): Promise<StatedEncryption> => {
          const { KmsKeyId: keyId } = await secret();
          // The field is left out where the key is aws/secretsmanager
          // (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html).
          return keyId ? { by: 'kms', keyId } : { by: 'aws-managed' };
        }),
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
