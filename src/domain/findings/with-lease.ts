import type { Clock } from '../../ports/clock.ts';
import { PortError } from '../../ports/failure.ts';
import type { RemediationLedger } from '../../ports/remediation-ledger.ts';
import { canonicalTime, laterBy } from '../kernel/canonical-time.ts';
import { type Patience, pausesOf } from './target-watch.ts';

export interface LeaseRequest {
  readonly target: string;
  /** Of this delivery alone. */
  readonly owner: string;
  /** For how long the delivery may work. */
  readonly milliseconds: number;
}

export interface LeaseTools {
  readonly ledger: Pick<RemediationLedger, 'lease' | 'release'>;
  readonly clock: Clock;
  readonly patience: Patience;
}

/** Milliseconds that one step may take: what is begun is done before another may have the target. Where a delivery is short, half of it. */
const mostOfStep = 20_000;

/**
 * Works on a target alone. Where another has it, waits a little; then rejects with `PortError` (`retryable`, `TargetBusy`).
 *
 * @param work Is told whether its time is over for what needs so many milliseconds: then it is not to be begun.
 */
export async function withLease<Answer>(
  { ledger, clock, patience }: LeaseTools,
  { target, owner, milliseconds }: LeaseRequest,
  work: (isOver: (needed?: number) => boolean) => Promise<Answer>,
): Promise<Answer> {
  const now = () => canonicalTime(clock.now());
  const until = laterBy(now(), milliseconds);
  for (const pause of [...pausesOf(patience), undefined]) {
    const answer = await ledger.lease(target, owner, now(), until);
    if (answer.outcome === 'leased') break;
    if (pause === undefined) throw busyError(target, answer.until);
    await patience.pause(pause);
  }
  const isOver = (needed = mostOfStep) => now() >= laterBy(until, -Math.min(needed, milliseconds / 2));
  const answer = await work(isOver).catch(async (error: unknown) => {
    // The lease ends by itself, too; what went wrong counts.
    await ledger.release(target, owner).catch(() => undefined);
    throw error;
  });
  await ledger.release(target, owner);
  return answer;
}

function busyError(target: string, until: string): PortError {
  return new PortError({
    kind: 'retryable',
    operation: 'RemediationLedger.lease',
    code: 'TargetBusy',
    message: `${target} is being worked on by another delivery, until ${until} at the latest`,
  });
}
