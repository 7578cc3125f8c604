import * as z from 'zod';
import type { ComplianceScanner } from '../../domain/compliance/compliance-scanner.ts';
import {
  type ScanProgress,
  type ScanScope,
  scanProgressSchema,
} from '../../domain/compliance/scan-progress.ts';
import { asWorkflowError, WorkflowTaskError } from './failure-mapping.ts';
import { measure } from './measure.ts';
import type { Telemetry } from './telemetry.ts';

/** The state machine's first input to the function: from then on it gives back what it was answered. */
const beginning = z.strictObject({
  /** Name of the execution; the scan's id is made of it. */
  execution: z.string().min(1).max(80),
  /** When the execution was started. */
  startedAt: z.iso.datetime(),
});

const scanInput = z.union([scanProgressSchema, beginning]);

/** Names of executions may hold characters that names of objects had better not. */
function scanIdOf(execution: string): string {
  return execution.replace(/[^\w-]/g, '-');
}

export interface ScanPorts {
  readonly scanner: Pick<ComplianceScanner, 'begin' | 'advance'>;
  readonly scope: ScanScope;
  /** Milliseconds until the invocation is stopped. */
  readonly remainingTime: () => number;
}

/** Milliseconds kept, of those there are, for the calls that are under way when nothing more is begun. */
const reserve = (whole: number) => Math.min(60_000, whole / 3);

/**
 * Goes on with a scan for as long as the invocation lasts, or until it is done, and answers where it has come to.
 *
 * @throws {WorkflowTaskError} `Sallyport.InvalidInput`, or the name of the failed port's failure kind.
 */
export async function advanceScan(
  input: unknown,
  { scanner, scope, remainingTime }: ScanPorts,
  { logger, metrics }: Telemetry,
): Promise<ScanProgress> {
  const parsed = scanInput.safeParse(input);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'input'}: ${message}`);
    throw new WorkflowTaskError('Sallyport.InvalidInput', faults.join('; '));
  }
  const begin =
    'execution' in parsed.data
      ? scanner.begin(scanIdOf(parsed.data.execution), parsed.data.startedAt, scope)
      : parsed.data;
  const whole = remainingTime();
  const kept = reserve(whole);
  const hasTime = () => remainingTime() > kept;
  let at = begin;
  try {
    do at = await scanner.advance(at, hasTime);
    while (
      // The conclusion cannot be interrupted: it begins with the better part of the time, here or in the next call.
      at.phase !== 'done' &&
      remainingTime() > whole / 2
    );
  } catch (error) {
    logger.error('Scan not advanced', { scanId: at.scanId, phase: at.phase, error: error as Error });
    throw asWorkflowError(error);
  }
  const { scanId, phase, unit, pages, numbers, refused } = at;
  logger.info('Scan advanced', { scanId, phase, unit, pages, numbers, refused });
  if (phase === 'done' && numbers !== undefined) {
    const failing = numbers.new + numbers.worsened + numbers.stillFailing;
    measure(metrics, 'ComplianceScansConcluded');
    measure(metrics, 'ComplianceFailures', failing);
    measure(metrics, 'ComplianceNotJudged', numbers.notJudged);
    measure(metrics, 'ComplianceExempt', numbers.exempt);
    measure(metrics, 'ComplianceFindingsRefused', refused);
  }
  return at;
}
