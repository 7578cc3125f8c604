import type {
  Containment,
  ContainmentMarks,
  ContainmentState,
  ContainmentTarget,
} from '../../ports/containment.ts';
import type { JsonValue } from '../../ports/json.ts';
import type { Unreadable } from '../../ports/reading.ts';
import { factsOf } from './facts.ts';

/** What was seen of a target at one time. */
export interface Sight {
  readonly state: ContainmentState;
  readonly facts: Readonly<Record<string, JsonValue>>;
  /** What could not be read. */
  readonly unreadable: readonly Unreadable[];
}

export interface Patience {
  /** Waits so many milliseconds. */
  readonly pause: (milliseconds: number) => Promise<void>;
  /** How often a thing is looked at, or tried, before it counts as it is. */
  readonly tries: number;
}

/**
 * Looks at a target until enough is seen. EC2 and IAM are eventually consistent: what was just done may not be seen yet,
 * and what was just seen may be gone in the next answer.
 * https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
 */
export class TargetWatch {
  readonly #look: () => Promise<ContainmentState>;
  readonly #patience: Patience;
  #latest: Sight | undefined;

  constructor(
    containment: Pick<Containment, 'observe'>,
    target: ContainmentTarget,
    marks: ContainmentMarks,
    patience: Patience,
  ) {
    this.#look = () => containment.observe(target, marks);
    this.#patience = patience;
  }

  /** What was seen last may be enough; otherwise looks again, with growing pauses. Answers what was seen last. */
  async until(isEnough: (sight: Sight) => boolean): Promise<Sight> {
    if (this.#latest !== undefined && isEnough(this.#latest)) return this.#latest;
    return this.untilNow(isEnough);
  }

  /** As {@link until}, but what was seen before counts for nothing. */
  async untilNow(isEnough: (sight: Sight) => boolean): Promise<Sight> {
    let sight = await this.#see();
    for (const milliseconds of pausesOf(this.#patience)) {
      if (isEnough(sight)) break;
      await this.#patience.pause(milliseconds);
      sight = await this.#see();
    }
    return sight;
  }

  async #see(): Promise<Sight> {
    const state = await this.#look();
    const sight = { state, facts: factsOf(state), unreadable: Object.values(state).filter(isUnreadable) };
    this.#latest = sight;
    return sight;
  }
}

/** The pauses between so many tries: half a second, and each twice the one before. */
export function pausesOf({ tries }: Patience): readonly number[] {
  return Array.from({ length: tries - 1 }, (_, index) => 500 * 2 ** index);
}

/** Whether something could not be read for load alone: later it may be. */
export function isThrottled({ unreadable }: Sight): boolean {
  return unreadable.some(({ reason }) => reason === 'throttled');
}

/** Whether there is no such target (any more). */
export function isGone({ state }: Sight): boolean {
  const main = {
    instance: 'instance' in state ? state.instance : undefined,
    role: 'role' in state ? state.role : undefined,
    user: 'tags' in state ? state.tags : undefined,
    bucket: 'tags' in state ? state.tags : undefined,
  }[state.kind];
  if (main === undefined) return false;
  if (main.state === 'unreadable') return main.reason === 'gone';
  return 'status' in main.value && main.value.status === 'terminated';
}

function isUnreadable(part: unknown): part is Unreadable {
  return typeof part === 'object' && part !== null && 'state' in part && part.state === 'unreadable';
}
