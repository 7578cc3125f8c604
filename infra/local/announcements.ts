import type { PublishedMessage } from './forward-topic-request.ts';

/**
 * Every message that any topic has accepted, oldest first. Taken where the gateway passes `Publish` on, so that
 * nothing has to be subscribed.
 */
export class Announcements {
  readonly #messages: PublishedMessage[] = [];
  readonly #waiting = new Set<(message: PublishedMessage) => void>();

  /** All so far. */
  get all(): readonly PublishedMessage[] {
    return [...this.#messages];
  }

  /** Takes a message. */
  add(message: PublishedMessage): void {
    this.#messages.push(message);
    for (const hear of this.#waiting) hear(message);
  }

  /** The first message, past or to come, that the predicate takes. Rejects after `timeoutMs`. */
  async waitFor(
    predicate: (message: PublishedMessage) => boolean,
    timeoutMs = 10_000,
  ): Promise<PublishedMessage> {
    const past = this.#messages.find(predicate);
    if (past !== undefined) return past;
    const { promise, resolve, reject } = Promise.withResolvers<PublishedMessage>();
    const hear = (message: PublishedMessage): void => {
      if (predicate(message)) resolve(message);
    };
    const timer = setTimeout(
      () =>
        reject(
          new Error(`No such announcement within ${timeoutMs} ms; there were ${this.#messages.length}.`),
        ),
      timeoutMs,
    );
    this.#waiting.add(hear);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(hear);
    }
  }
}
