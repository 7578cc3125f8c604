import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Container } from 'inversify';
import { DynamoDbAuditLog } from '../../../adapters/aws/dynamodb-audit-log.ts';
import { systemClock } from '../../../adapters/node/system-clock.ts';
import type { Telemetry } from '../telemetry.ts';
import { awsClientSettings } from './aws-client-settings.ts';
import { tokens } from './tokens.ts';

export interface AuditContainer {
  readonly container: Container;
  /** The client, traced where tracing is on. */
  readonly traced: <Client>(client: Client) => Client;
}

/** What every function that audits begins with: clock, document client and audit log. */
export function auditContainer(
  environment: { readonly AUDIT_TABLE_NAME: string },
  { tracer }: Pick<Telemetry, 'tracer'>,
): AuditContainer {
  const traced = <Client>(client: Client): Client => tracer?.captureAWSv3Client(client) ?? client;
  const container = new Container({ defaultScope: 'Singleton' });
  container.bind(tokens.clock).toConstantValue(systemClock);
  container
    .bind(tokens.documentClient)
    .toResolvedValue(() => DynamoDBDocumentClient.from(traced(new DynamoDBClient(awsClientSettings))));
  container
    .bind(tokens.auditLog)
    .toResolvedValue(
      client => new DynamoDbAuditLog({ client, tableName: environment.AUDIT_TABLE_NAME }),
      [tokens.documentClient],
    );
  return { container, traced };
}
