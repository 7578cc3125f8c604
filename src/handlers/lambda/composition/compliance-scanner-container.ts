import { setTimeout as pause } from 'node:timers/promises';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { STSClient } from '@aws-sdk/client-sts';
import type { Container } from 'inversify';
import { assumedRoleClients } from '../../../adapters/aws/assumed-role-clients.ts';
import { AwsResourceInventory } from '../../../adapters/aws/aws-resource-inventory.ts';
import { AssumedRole } from '../../../adapters/aws/inventory/assumed-role.ts';
import { partitionOf } from '../../../adapters/aws/partition-of.ts';
import { SecurityHubFindingImporter } from '../../../adapters/aws/security-hub-finding-importer.ts';
import { systemClock } from '../../../adapters/node/system-clock.ts';
import type { CompliancePolicy } from '../../../domain/compliance/compliance-policy.ts';
import { ComplianceScanner } from '../../../domain/compliance/compliance-scanner.ts';
import type { FindingImporter } from '../../../ports/finding-importer.ts';
import type { ComplianceScannerEnvironment } from '../compliance-scanner.env.ts';
import type { Telemetry } from '../telemetry.ts';
import { announcingContainer } from './announcing-container.ts';
import { awsClientSettings } from './aws-client-settings.ts';
import { bindObjectStore } from './bind-object-store.ts';
import { tokens } from './tokens.ts';

/** The scanner Lambda's object graph. Nothing is built before it is asked for. */
export function complianceScannerContainer(
  environment: ComplianceScannerEnvironment,
  policy: CompliancePolicy,
  telemetry: Pick<Telemetry, 'tracer'>,
): Container {
  const begun = announcingContainer(environment, telemetry);
  const { container } = begun;
  const region = environment.AWS_REGION;
  const sts = new STSClient(awsClientSettings);
  bindObjectStore(begun);
  // Not traced: the calls of a scan are thousands, and a trace holds some hundreds.
  container.bind(tokens.resourceInventory).toResolvedValue(() => {
    const clientsOf = assumedRoleClients({
      ownAccount: environment.OWN_ACCOUNT,
      roleName: environment.SCAN_ROLE_NAME,
      sts,
      settings: awsClientSettings,
      concurrency: environment.SCAN_CONCURRENCY,
    });
    return new AwsResourceInventory({ clientsOf });
  });
  const importers = new Map<string, FindingImporter>();
  const importerOf = (account: string): FindingImporter => {
    const known = importers.get(account);
    if (known !== undefined) return known;
    const client = new SecurityHubClient({
      ...awsClientSettings,
      ...(account === environment.OWN_ACCOUNT ? {} : { credentials: credentialsIn(account) }),
    });
    const importer = new SecurityHubFindingImporter({ client });
    importers.set(account, importer);
    return importer;
  };
  const credentialsIn = (account: string) => {
    const roleArn = `arn:${partitionOf(region)}:iam::${account}:role/${environment.SCAN_ROLE_NAME}`;
    const role = new AssumedRole({
      sts,
      roleArn,
      sessionName: 'sallyport-compliance',
      externalId: undefined,
      clock: systemClock,
    });
    return () => role.credentials();
  };
  container.bind(tokens.complianceScanner).toResolvedValue(
    (inventory, objects, audit, alerts, clock) =>
      new ComplianceScanner({
        inventory,
        objects,
        audit,
        alerts,
        clock,
        policy,
        place: { bucket: environment.RESULTS_BUCKET_NAME, keyId: environment.RESULTS_KEY_ARN },
        concurrency: environment.SCAN_CONCURRENCY,
        ...(environment.SECURITY_HUB ? { importerOf } : {}),
        region,
        pause,
      }),
    [tokens.resourceInventory, tokens.objectStore, tokens.auditLog, tokens.alertChannel, tokens.clock],
  );
  return container;
}
