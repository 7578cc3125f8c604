import type { Handler, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { ReleaseResult, RollbackResult } from '../../domain/findings/containment-rollback.ts';
import { findingRemediatorContainer } from './composition/finding-remediator-container.ts';
import { tokens } from './composition/tokens.ts';
import { readEnvironment } from './environment.ts';
import { findingRemediatorEnvironment } from './finding-remediator.env.ts';
import { remediateFindings } from './remediate-findings.ts';
import { rollBackFinding } from './roll-back-finding.ts';
import { createTelemetry, observed } from './telemetry.ts';

const environment = readEnvironment(findingRemediatorEnvironment, process.env);
const telemetry = await createTelemetry(process.env);
const container = findingRemediatorContainer(environment, telemetry);

/**
 * GuardDuty findings in; plans, containments and alerts out. Answers which messages failed. Invoked by hand with
 * `{ action: 'rollback' | 'release', findingId, by, reason }`, undoes a containment, or lets the finding be contained again.
 */
export const handler: Handler<unknown, SQSBatchResponse | RollbackResult | ReleaseResult> = (
  event,
  context,
) =>
  observed<SQSBatchResponse | RollbackResult | ReleaseResult>(telemetry, context, () => {
    const remainingTime = () => context.getRemainingTimeInMillis();
    if (!isBatch(event)) {
      return rollBackFinding(
        event,
        {
          rollback: container.get(tokens.containmentRollback),
          invocationId: context.awsRequestId,
          remainingTime,
        },
        telemetry,
      );
    }
    const ports = {
      remediator: container.get(tokens.findingRemediator),
      audit: container.get(tokens.auditLog),
      clock: container.get(tokens.clock),
      remainingTime,
    };
    return remediateFindings(event, ports, telemetry);
  });

function isBatch(event: unknown): event is SQSEvent {
  return typeof event === 'object' && event !== null && 'Records' in event;
}
