import type { Reading } from '../../ports/reading.ts';
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
  /** How often one thing is asked before its throttling is taken for the answer. @defaultValue 8 */
  readonly attempts?: number;
}

/** Milliseconds: the longest pauses after the first throttling and after any. */
const [firstPause, longestPause] = [200, 5000];

/** Time is up; nothing was asked. */
export class OutOfTimeError extends Error {
  override readonly name = 'OutOfTimeError';
}

/** An inventory that is asked again, later, where it throttles: only for what was throttled, and not for ever. Once time is up, it rejects with {@link OutOfTimeError}. */
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
    return this.#insist(() => this.#options.limit.run(() => this.#begin(ask), isThrottled), isThrottled);
  }

  async describe(resource: ResourceRef, aspects: readonly Aspect[]): Promise<Facts> {
    let known: Facts = {};
    let open = aspects;
    const ask = () => this.#options.inventory.describe(resource, open);
    const anyThrottled = (facts: Facts) => Object.values(facts).some(isThrottled);
    await this.#insist(
      () => this.#options.limit.run(() => this.#begin(ask), anyThrottled),
      facts => {
        known = { ...known, ...facts };
        open = open.filter(aspect => isThrottled(facts[aspect]));
        return open.length > 0;
      },
    );
    return known;
  }

  #begin<Answer>(call: () => Promise<Answer>): Promise<Answer> {
    if (!this.#options.hasTime()) throw new OutOfTimeError();
    return call();
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

function isThrottled(reading: Reading<unknown> | undefined): boolean {
  return reading?.state === 'unreadable' && reading.reason === 'throttled';
}
