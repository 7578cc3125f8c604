import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { FindingRemediator, RemediationResult } from '../../domain/findings/finding-remediator.ts';
import type { GuardDutyFinding } from '../../domain/findings/guard-duty-finding.ts';
import { readFinding } from '../../domain/findings/read-finding.ts';
import { printableText } from '../../domain/kernel/printable-text.ts';
import {
  type ConsumptionPorts,
  codeOf,
  consumeMessages,
  ItemFailedError,
  type MessagePart,
} from './consume-messages.ts';
import { measure } from './measure.ts';
import type { Telemetry } from './telemetry.ts';

export interface RemediationPorts extends ConsumptionPorts {
  readonly remediator: Pick<FindingRemediator, 'remediate'>;
}

/** A message holds no finding; the message says which fields are wrong, and not what they hold. */
export class MalformedFindingError extends Error {
  override readonly name = 'MalformedFindingError';
  readonly code = 'malformed-finding';
}

/**
 * Deals with every GuardDuty finding that a batch of messages holds, each the event of EventBridge. One that cannot be read
 * or dealt with fails its own message alone.
 */
export function remediateFindings(
  event: SQSEvent,
  ports: RemediationPorts,
  telemetry: Telemetry,
): Promise<SQSBatchResponse> {
  const consumption = {
    read: (body: string) => readMessage(body, telemetry),
    work: (finding: GuardDutyFinding) => remediateFinding(finding, ports, telemetry),
    nameOf: ({ id }: GuardDutyFinding) => `finding ${id}`,
    // One after the other: findings of one batch are often about the same target.
    atOnce: 1,
    failureMetric: 'FindingDeliveriesFailed' as const,
  };
  return consumeMessages(event, consumption, ports, telemetry);
}

function* readMessage(
  body: string,
  { metrics }: Pick<Telemetry, 'metrics'>,
): Iterable<MessagePart<GuardDutyFinding>> {
  const read = readFinding(jsonIn(body));
  if (read.outcome === 'read') {
    yield { kind: 'item', item: read.finding };
    return;
  }
  measure(metrics, 'FindingsMalformed');
  const faults = read.faults.map(({ field, reason }) => printableText(`${field}: ${reason}`));
  yield { kind: 'malformed', error: new MalformedFindingError(faults.join('; ')) };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function remediateFinding(
  finding: GuardDutyFinding,
  { remediator, remainingTime }: RemediationPorts,
  { logger, metrics }: Telemetry,
): Promise<void> {
  const facts = {
    findingId: finding.id,
    generation: finding.updatedAt,
    type: printableText(finding.type),
    severity: finding.severity,
    sample: finding.sample,
  };
  const startedAt = performance.now();
  const result = await remediator.remediate(finding, remainingTime()).catch((error: unknown) => {
    logger.error('Finding not dealt with', { ...facts, error: error as Error });
    const why = `finding ${finding.id}: ${(error as Error).message}`;
    throw new ItemFailedError(codeOf(error), why, { cause: error });
  });
  measure(metrics, 'RemediationDuration', performance.now() - startedAt);
  measure(metrics, outcomeMetrics[result.outcome]);
  if (finding.sample) measure(metrics, 'FindingsSampled');
  report(result, facts, logger);
}

const outcomeMetrics = {
  contained: 'FindingsContained',
  'partially-contained': 'FindingsPartiallyContained',
  planned: 'FindingsPlanned',
  'notify-only': 'FindingsNotified',
  exempt: 'FindingsExempt',
  failed: 'RemediationsFailed',
  repeated: 'FindingsRepeated',
  superseded: 'FindingsSuperseded',
} as const satisfies Record<RemediationResult['outcome'], string>;

function report(result: RemediationResult, facts: object, logger: Telemetry['logger']): void {
  const { outcome, remediation } = result;
  const { target, steps } = remediation;
  const isGrave = outcome === 'failed' || outcome === 'partially-contained';
  logger[isGrave ? 'error' : 'info'](`Finding ${outcome}`, {
    ...facts,
    target: target === undefined ? null : printableText(target),
    steps: Object.values(steps).map(({ stepId, status, reason }) => ({
      step: printableText(stepId),
      status,
      reason: reason?.code ?? null,
    })),
    ...('isAnnounced' in result ? { announced: result.isAnnounced } : {}),
  });
}
