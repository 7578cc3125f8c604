import { setTimeout as pause } from 'node:timers/promises';
import { IAMClient } from '@aws-sdk/client-iam';
import type { Container } from 'inversify';
import { AwsContainment } from '../../../adapters/aws/aws-containment.ts';
import { containmentClients } from '../../../adapters/aws/containment-clients.ts';
import { DynamoDbRemediationLedger } from '../../../adapters/aws/dynamodb-remediation-ledger.ts';
import { ContainmentRollback } from '../../../domain/findings/containment-rollback.ts';
import { FindingRemediator } from '../../../domain/findings/finding-remediator.ts';
import type { FindingRemediatorEnvironment } from '../finding-remediator.env.ts';
import { commandToRollBack } from '../roll-back-finding.ts';
import type { Telemetry } from '../telemetry.ts';
import { announcingContainer } from './announcing-container.ts';
import { awsClientSettings } from './aws-client-settings.ts';
import { containmentPolicyOf } from './containment-policy-of.ts';
import { tokens } from './tokens.ts';

/** The remediator Lambda's object graph. Nothing is built before it is asked for. */
export function findingRemediatorContainer(
  environment: FindingRemediatorEnvironment,
  telemetry: Pick<Telemetry, 'tracer'>,
): Container {
  const { container, traced } = announcingContainer(environment, telemetry);
  container.bind(tokens.containment).toResolvedValue(
    () =>
      new AwsContainment({
        clientsOf: containmentClients({ settings: awsClientSettings, prepared: traced }),
        iam: traced(new IAMClient(awsClientSettings)),
        account: environment.OWN_ACCOUNT,
      }),
  );
  container.bind(tokens.remediationLedger).toResolvedValue(
    client =>
      new DynamoDbRemediationLedger({
        client,
        tableName: environment.LEDGER_TABLE_NAME,
        retentionDays: environment.REMEDIATION_RETENTION_DAYS,
      }),
    [tokens.documentClient],
  );
  const policy = containmentPolicyOf(environment);
  const { AWS_LAMBDA_FUNCTION_NAME: functionName, AWS_REGION: region } = environment;
  const told =
    functionName === undefined || region === undefined
      ? {}
      : { wayBack: (findingId: string) => commandToRollBack(functionName, region, findingId) };
  const ports = [
    tokens.containment,
    tokens.remediationLedger,
    tokens.auditLog,
    tokens.alertChannel,
    tokens.clock,
  ] as const;
  container
    .bind(tokens.findingRemediator)
    .toResolvedValue(
      (containment, ledger, audit, alerts, clock) =>
        new FindingRemediator({ containment, ledger, audit, alerts, clock, policy, pause, ...told }),
      [...ports],
    );
  container
    .bind(tokens.containmentRollback)
    .toResolvedValue(
      (containment, ledger, audit, alerts, clock) =>
        new ContainmentRollback({ containment, ledger, audit, alerts, clock, pause }),
      [...ports],
    );
  return container;
}
