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
  /** Whether a failure that may pass is tried again here and now, and not left to the next delivery. */
  readonly insists?: boolean;
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
 * still in use), it is made again after a while, unless what it is for is there by then. So it is, too, after a failure that
 * may pass, where the tools insist; a call that they insist on may be made twice.
 */
export async function makeCall(
  call: ContainmentCall,
  isThere: (sight: Sight) => boolean,
  {
    containment,
    watch,
    patience,
    insists = false,
  }: Pick<StepTools, 'containment' | 'watch' | 'patience' | 'insists'>,
): Promise<CallOutcome> {
  const pauses = [...pausesOf(patience)];
  for (;;) {
    try {
      return { outcome: 'answered', answer: await containment.perform(call) };
    } catch (error) {
      if (!isPortError(error)) throw error;
      const { failed, mayHelp } = judged(error, insists);
      if (!mayHelp) return failed;
      if (isThere(await watch.untilNow(() => true))) return { outcome: 'needless' };
      const milliseconds = pauses.shift();
      if (milliseconds === undefined) return failed;
      await patience.pause(milliseconds);
    }
  }
}

/** By which an answered call is known to CloudTrail, as a record tells it. */
export function requestIdOf(made: CallOutcome): Pick<StepRecord, 'requestId'> {
  const requestId = made.outcome === 'answered' ? made.answer.requestId : undefined;
  return requestId === undefined ? {} : { requestId };
}

/** What a failure comes to, and whether to make the call again may help. */
function judged(
  error: PortError,
  insists: boolean,
): { readonly failed: CallOutcome; readonly mayHelp: boolean } {
  if (error.kind === 'retryable' || error.kind === 'throttled') {
    return { failed: { outcome: 'passing', error }, mayHelp: insists };
  }
  const isUnsettled = error.kind === 'conflict' || error.kind === 'not-found';
  return { failed: { outcome: 'refused', reason: reasonOf(error) }, mayHelp: isUnsettled };
}

function reasonOf({ code, message }: PortError): Reason {
  return { code, message: printableText(message, 500) };
}

/** The input with what was seen put in, or why that cannot be done: the plan takes a fact for granted that is not there. */
export function inputFor(
  { input }: PlannedCall,
  { facts }: Pick<Sight, 'facts'>,
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
