import type { Handler } from 'aws-lambda';
import type { ScanProgress } from '../../domain/compliance/scan-progress.ts';
import { readCompliancePolicyFile } from '../read-compliance-policy.env.ts';
import { advanceScan } from './advance-scan.ts';
import { complianceScannerEnvironment } from './compliance-scanner.env.ts';
import { complianceScannerContainer } from './composition/compliance-scanner-container.ts';
import { tokens } from './composition/tokens.ts';
import { readEnvironment } from './environment.ts';
import { createTelemetry, observed } from './telemetry.ts';

const environment = readEnvironment(complianceScannerEnvironment, process.env);
const telemetry = await createTelemetry(process.env);
const policy = readCompliancePolicyFile(
  environment.COMPLIANCE_POLICY,
  process.env['LAMBDA_TASK_ROOT'] ?? '.',
);
const container = complianceScannerContainer(environment, policy, telemetry);
const scope = { accounts: environment.SCAN_ACCOUNTS, regions: environment.SCAN_REGIONS };

/** Where a scan of the accounts has come to in; where it has come to by now out. */
export const handler: Handler<unknown, ScanProgress> = (input, context) =>
  observed(telemetry, context, () => {
    const scanner = container.get(tokens.complianceScanner);
    const remainingTime = () => context.getRemainingTimeInMillis();
    return advanceScan(input, { scanner, scope, remainingTime }, telemetry);
  });
