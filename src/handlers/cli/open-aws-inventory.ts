import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { assumedRoleClients } from '../../adapters/aws/assumed-role-clients.ts';
import { AwsResourceInventory } from '../../adapters/aws/aws-resource-inventory.ts';
import type { InventoryRequest, OpenedInventory } from './open-inventory.ts';
import { UsageError } from './verb.ts';

const settings = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
};

/** Region, credentials and endpoint are what the SDK finds in its environment. */
export async function openAwsInventory(request: InventoryRequest): Promise<OpenedInventory> {
  const { roleName, regions, concurrency } = request;
  const sts = new STSClient({ ...settings, ...(regions?.[0] === undefined ? {} : { region: regions[0] }) });
  const { Account: account = '' } = await sts.send(new GetCallerIdentityCommand()).catch((error: unknown) => {
    const { name, message } = error as Error;
    throw name === 'Region is missing' || /region is missing/i.test(message)
      ? new UsageError('name a region: --region, or AWS_REGION')
      : error;
  });
  const clientsOf = assumedRoleClients({ ownAccount: account, roleName, sts, settings, concurrency });
  return {
    inventory: new AwsResourceInventory({ clientsOf }),
    account,
    regions: regions ?? [await sts.config.region()],
    close: () => sts.destroy(),
  };
}
