import type { Timestamp } from '../../ports/clock.ts';
import type { Containment, ContainmentAnswer, ContainmentCall } from '../../ports/containment.ts';
import { isPortError, type PortError } from '../../ports/failure.ts';
import type { JsonObject } from '../../ports/json.ts';
import type { StepRecord } from '../../ports/remediation-ledger.ts';
import { printableText } from '../kernel/printable-text.ts';
import { resolveInput } from './facts.ts';
import type { PlannedCall } from './remediation-plan.ts';
import { type Patience, pausesOf, type Sight, type TargetWatch } from './target-watch.ts';

/** What the steps of one remediation are run with, there and back. */
export interface StepTools {
  readonly containment: Pick<Containment, 'perform'>;
  readonly watch: TargetWatch;
  readonly patience: Patience;
  /** Of the target; of a target that has none, any. */
  readonly region: string;
  readonly now: () => Timestamp;
  /** Stores what became of a step. */
  readonly note: (record: StepRecord) => Promise<void>;
  /** Bytes that one side of a step's evidence may take. */
  readonly evidenceLimit: number;
}

export type CallOutcome =
  | { readonly outcome: 'answered'; readonly answer: ContainmentAnswer }
  /** What the call is for was seen all the same. */
  | { readonly outcome: 'needless' }
  /** It may succeed later, or have succeeded. */
  | { readonly outcome: 'passing'; readonly error: PortError }
  | { readonly outcome: 'refused'; readonly reason: Reason };

export type Reason = NonNullable<StepRecord['reason']>;

/**
 * Makes a call. Where the service does not know yet what was done before (a group just made is not found, one just left is
 * still in use), it is made again after a while, unless what it is for is there by then.
 */
export async function makeCall(
  call: ContainmentCall,
  isThere: (sight: Sight) => boolean,
  { containment, watch, patience }: Pick<StepTools, 'containment' | 'watch' | 'patience'>,
): Promise<CallOutcome> {
  const pauses = [...pausesOf(patience)];
  for (;;) {
    try {
      return { outcome: 'answered', answer: await containment.perform(call) };
    } catch (error) {
      if (!isPortError(error)) throw error;
      if (error.kind === 'retryable' || error.kind === 'throttled') return { outcome: 'passing', error };
      const refused = { outcome: 'refused', reason: reasonOf(error) } as const;
      if (error.kind !== 'conflict' && error.kind !== 'not-found') return refused;
      if (isThere(await watch.untilNow(() => true))) return { outcome: 'needless' };
      const milliseconds = pauses.shift();
      if (milliseconds === undefined) return refused;
      await patience.pause(milliseconds);
    }
  }
}

function reasonOf({ code, message }: PortError): Reason {
  return { code, message: printableText(message, 500) };
}

/** The input with what was seen put in, or why that cannot be done: the plan takes a fact for granted that is not there. */
export function inputFor(
  { input }: PlannedCall,
  { facts }: Sight,
):
  | { readonly outcome: 'known'; readonly input: JsonObject }
  | { readonly outcome: 'unknown'; readonly reason: Reason } {
  try {
    return { outcome: 'known', input: resolveInput(input, facts) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { outcome: 'unknown', reason: { code: 'input-not-known', message: error.message } };
  }
}
