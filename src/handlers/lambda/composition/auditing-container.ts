import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DynamoDbAuditLog } from '../../../adapters/aws/dynamodb-audit-log.ts';
import { systemClock } from '../../../adapters/node/system-clock.ts';
import type { Telemetry } from '../telemetry.ts';
import { awsClientSettings } from './aws-client-settings.ts';
import { tokens } from './tokens.ts';
import { type TracedContainer, tracedContainer } from './traced-container.ts';

/** What every function that audits begins with: clock, document client and audit log. */
export function auditingContainer(
  environment: { readonly AUDIT_TABLE_NAME: string },
  telemetry: Pick<Telemetry, 'tracer'>,
): TracedContainer {
  const { container, traced } = tracedContainer(telemetry);
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
