import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient } from '@aws-sdk/client-iam';
import { SNSClient } from '@aws-sdk/client-sns';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { AwsContainment } from '../../adapters/aws/aws-containment.ts';
import { containmentClients } from '../../adapters/aws/containment-clients.ts';
import { DynamoDbAuditLog } from '../../adapters/aws/dynamodb-audit-log.ts';
import { DynamoDbRemediationLedger } from '../../adapters/aws/dynamodb-remediation-ledger.ts';
import { SnsAlertChannel } from '../../adapters/aws/sns-alert-channel.ts';
import { systemClock } from '../../adapters/node/system-clock.ts';
import { ContainmentRollback } from '../../domain/findings/containment-rollback.ts';
import type { ContainmentDesk, DeskRequest } from './containment-desk.ts';

const settings = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
};

/** Region, credentials and endpoint are what the SDK finds in its environment; the account is that of the credentials. */
export async function openAwsContainmentDesk(request: DeskRequest): Promise<ContainmentDesk> {
  const sts = new STSClient(settings);
  const { Account: account = '' } = await sts
    .send(new GetCallerIdentityCommand())
    .finally(() => sts.destroy());
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(settings));
  const topics = new SNSClient(settings);
  const iam = new IAMClient(settings);
  const opened: { destroy(): void }[] = [client, topics, iam];
  const clientsOf = containmentClients({
    settings,
    prepared: made => {
      opened.push(made);
      return made;
    },
  });
  return {
    rollback: new ContainmentRollback({
      containment: new AwsContainment({ clientsOf, iam, account }),
      ledger: new DynamoDbRemediationLedger({ client, tableName: request.table }),
      audit: new DynamoDbAuditLog({ client, tableName: request.auditTable }),
      alerts: new SnsAlertChannel({ client: topics, topicArn: request.topic }),
      clock: systemClock,
      pause,
    }),
    close() {
      for (const each of opened) each.destroy();
    },
  };
}
