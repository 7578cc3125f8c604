import type { Reading, Unreadable } from '../../ports/reading.ts';
import type {
  Aspect,
  Facts,
  InventoryScope,
  KeyFacts,
  ResourceInventory,
  ResourcePage,
  ResourceRef,
  ResourceType,
} from '../../ports/resource-inventory.ts';
import type { AdaptiveLimit } from './adaptive-limit.ts';

export interface PatientReaderOptions {
  readonly inventory: ResourceInventory;
  readonly limit: AdaptiveLimit;
  /** Resolves after that many milliseconds. */
  readonly pause: (milliseconds: number) => Promise<void>;
  /** A number from 0 up to 1, so that what was throttled together is not asked again together. */
  readonly random: () => number;
  /** Whether more may be begun. */
  readonly hasTime: () => boolean;
  /** Readers of a lower one go first. @defaultValue 0 */
  readonly rank?: number;
  /**
   * Whether, once time is up, what is still open is taken for throttled, in place of a rejection: so that there is an end to
   * it, however much is throttled.
   * @defaultValue false
   */
  readonly givesUp?: boolean;
  /** How often one thing is asked before its throttling is taken for the answer. @defaultValue 8 */
  readonly attempts?: number;
}

/** Milliseconds: the longest pauses after the first throttling and after any. */
const [firstPause, longestPause] = [200, 5000];

/** Time is up; nothing was asked. */
export class OutOfTimeError extends Error {
  override readonly name = 'OutOfTimeError';
}

/** An inventory that is asked again, later, where it throttles: only for what was throttled, and not for ever. Once time is up, it rejects with {@link OutOfTimeError}, or gives up. */
export class PatientReader implements ResourceInventory {
  readonly #options: PatientReaderOptions;

  constructor(options: PatientReaderOptions) {
    this.#options = options;
  }

  /** Outside the limit: one list is asked for at a time, and work must not run out behind what is waiting. */
  async list(scope: InventoryScope, type: ResourceType, cursor?: string): Promise<Reading<ResourcePage>> {
    return this.#insist(
      () => this.#begin(() => this.#options.inventory.list(scope, type, cursor)),
      isThrottled,
    );
  }

  async describeKey(scope: InventoryScope, keyId: string): Promise<Reading<KeyFacts>> {
    const ask = () => this.#options.inventory.describeKey(scope, keyId);
    return this.#unlessOutOfTime(
      () => this.#insist(() => this.#inTurn(ask, isThrottled), isThrottled),
      () => notInTime('ResourceInventory.describeKey'),
    );
  }

  async describe(resource: ResourceRef, aspects: readonly Aspect[]): Promise<Facts> {
    let known: Facts = {};
    let open = aspects;
    const ask = () => this.#options.inventory.describe(resource, open);
    const anyThrottled = (facts: Facts) => Object.values(facts).some(isThrottled);
    const isOpen = (facts: Facts) => {
      known = { ...known, ...facts };
      open = open.filter(aspect => isThrottled(facts[aspect]));
      return open.length > 0;
    };
    await this.#unlessOutOfTime(
      () => this.#insist(() => this.#inTurn(ask, anyThrottled), isOpen),
      () => {
        const late = notInTime('ResourceInventory.describe');
        known = { ...Object.fromEntries(open.map(aspect => [aspect, late])), ...known };
        return known;
      },
    );
    return known;
  }

  #inTurn<Answer>(call: () => Promise<Answer>, wasThrottled: (answer: Answer) => boolean): Promise<Answer> {
    return this.#options.limit.run(() => this.#begin(call), wasThrottled, this.#options.rank);
  }

  #begin<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    if (!this.#options.hasTime()) throw new OutOfTimeError();
    return call();
  }

  async #unlessOutOfTime<Answer>(work: () => Promise<Answer>, late: () => Answer): Promise<Answer> {
    try {
      return await work();
    } catch (error) {
      if (this.#options.givesUp === true && error instanceof OutOfTimeError) return late();
      throw error;
    }
  }

  async #insist<Answer>(
    call: () => Promise<Answer>,
    wasThrottled: (answer: Answer) => boolean,
  ): Promise<Answer> {
    const { pause, random, attempts = 8 } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      const answer = await call();
      if (!wasThrottled(answer) || attempt >= attempts) return answer;
      // Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
      await pause(random() * Math.min(longestPause, firstPause * 2 ** (attempt - 1)));
    }
  }
}

function notInTime(api: string): Unreadable {
  return { state: 'unreadable', reason: 'throttled', api, code: 'OutOfTime' };
}

function isThrottled(reading: Reading<unknown> | undefined): boolean {
  return reading?.state === 'unreadable' && reading.reason === 'throttled';
}
