import * as z from 'zod';
import type {
  ContainmentRollback,
  ReleaseResult,
  RollbackResult,
} from '../../domain/findings/containment-rollback.ts';
import { measure } from './measure.ts';
import type { Telemetry } from './telemetry.ts';

const text = (most: number) => z.string().trim().min(1).max(most);

/** What the remediator is invoked with by hand. */
const rollbackInvocation = z.strictObject({
  /** `rollback` undoes what was done about the finding and holds it; `release` lifts the hold. */
  action: z.enum(['rollback', 'release']),
  findingId: z.string().regex(/^[\w.:-]{1,128}$/, 'must be the id of a finding'),
  /** Who asks for it. */
  by: text(200),
  reason: text(1000),
  /** Undo also what other findings need of the same target. */
  force: z.boolean().default(false),
});

export interface RollbackPorts {
  readonly rollback: Pick<ContainmentRollback, 'rollBack' | 'release'>;
  /** Names the invocation, and is the same when Lambda repeats it. */
  readonly invocationId: string;
  /** Milliseconds until the invocation is stopped. */
  readonly remainingTime: () => number;
}

/** The command with which people have a function roll a finding back. It waits for as long as the function works. */
export function commandToRollBack(functionName: string, region: string, findingId: string): string {
  const invocation = { action: 'rollback', findingId, by: '<you>', reason: '<why>' };
  return `aws lambda invoke --function-name ${functionName} --region ${region} --cli-read-timeout 0 --cli-binary-format raw-in-base64-out --payload '${JSON.stringify(invocation)}' answer.json`;
}

/** An invocation by hand asks for nothing that there is; the message names the fields. */
export class MalformedInvocationError extends Error {
  override readonly name = 'MalformedInvocationError';
}

/**
 * Rolls a containment back, or releases its finding, and answers what came of it.
 *
 * @throws {MalformedInvocationError}
 */
export async function rollBackFinding(
  event: unknown,
  { rollback, invocationId, remainingTime }: RollbackPorts,
  { logger, metrics }: Telemetry,
): Promise<RollbackResult | ReleaseResult> {
  const invocation = rollbackInvocation.safeParse(event);
  if (!invocation.success) {
    const faults = invocation.error.issues.map(
      ({ path, message }) => `${path.join('.') || 'event'}: ${message}`,
    );
    throw new MalformedInvocationError(faults.join('; '));
  }
  const { action, force, ...asked } = invocation.data;
  const request = { ...asked, invocationId };
  const result =
    action === 'release'
      ? await rollback.release(request)
      : await rollback.rollBack(request, { force, milliseconds: remainingTime() });
  measure(metrics, outcomeMetrics[result.outcome]);
  logger.warn(`Finding ${result.outcome}`, { findingId: request.findingId, action });
  return result;
}

const outcomeMetrics = {
  'rolled-back': 'ContainmentsRolledBack',
  'partially-rolled-back': 'ContainmentsPartiallyRolledBack',
  'nothing-to-undo': 'RollbacksOfNothing',
  unknown: 'RollbacksRefused',
  released: 'FindingsReleased',
  'not-held': 'RollbacksRefused',
} as const satisfies Record<(RollbackResult | ReleaseResult)['outcome'], string>;
