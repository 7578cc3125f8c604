import {
  type CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  ListTagsForResourceCommand,
  type LogGroup,
  paginateDescribeLogGroups,
} from '@aws-sdk/client-cloudwatch-logs';
import type { StatedEncryption } from '../../../ports/resource-inventory.ts';
import { type InventorySource, pageOf } from './inventory-source.ts';
import { readingOf, required } from './reading-of.ts';

/** The most that one page holds (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html). */
const limit = 50;

/** Log groups of CloudWatch Logs. */
export const logGroupSource: InventorySource = {
  list: ({ logs }, { account, region }, cursor) =>
    readingOf('logs:DescribeLogGroups', async () => {
      const { logGroups = [], nextToken } = await logs.send(
        new DescribeLogGroupsCommand({ limit, nextToken: cursor }),
      );
      const resources = logGroups.map(group => ({
        type: 'log-group' as const,
        account,
        region,
        arn: arnOf(group),
        name: required(group.logGroupName, 'logGroupName'),
      }));
      // Of a group alone they are asked by the same call, of which an account has ten a second.
      const facts = logGroups.map(group => [arnOf(group), { encryption: encryptionOf(group) }] as const);
      return pageOf(resources, nextToken, Object.fromEntries(facts));
    }),

  readers: ({ logs }, { arn, name }) => ({
    encryption: () =>
      readingOf('logs:DescribeLogGroups', async () => encryptionOf(await findLogGroup(logs, name)).value),
    tags: () =>
      readingOf(
        'logs:ListTagsForResource',
        async () => (await logs.send(new ListTagsForResourceCommand({ resourceArn: arn }))).tags ?? {},
      ),
  }),
};

function encryptionOf({ kmsKeyId: keyId }: LogGroup) {
  const value: StatedEncryption = keyId ? { by: 'kms', keyId } : { by: 'aws-owned' };
  return { state: 'read', value } as const;
}

/** Without the `:*` that stands for the streams; calls on tags want it so. */
function arnOf({ logGroupArn, arn }: LogGroup): string {
  return logGroupArn ?? required(arn, 'arn').replace(/:\*$/, '');
}

class NoSuchLogGroupError extends Error {
  /** As the calls that take one group call it. */
  override readonly name = 'ResourceNotFoundException';
}

/** Lists are in the order of names, so that the group stands before all whose names begin with its own. */
async function findLogGroup(client: CloudWatchLogsClient, name: string): Promise<LogGroup> {
  const input = { logGroupNamePrefix: name, limit };
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, input)) {
    const found = logGroups.find(group => group.logGroupName === name);
    if (found !== undefined) return found;
  }
  throw new NoSuchLogGroupError(`There is no log group ${name}`);
}
