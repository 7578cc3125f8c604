import type { Alert, AlertChannel } from '../../ports/alert-channel.ts';
import { PortError } from '../../ports/failure.ts';

/** What SNS carries in one message: 256 KiB. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const defaultMaxBytes = 262_144;

/**
 * An alert channel that keeps what it is given.
 *
 * @example
 * const alerts = new MemoryAlertChannel();
 * await starter.admit({ ...upload, key: '../../etc/passwd' });
 * expect(alerts.published.map(alert => alert.kind)).toEqual(['upload.refused']);
 */
export class MemoryAlertChannel implements AlertChannel {
  readonly #published: Alert[] = [];
  readonly #maxBytes: number;

  /** @param options.maxBytes The largest alert that is taken, in bytes of its JSON as UTF-8; 262 144 by default. */
  constructor(options: { readonly maxBytes?: number } = {}) {
    this.#maxBytes = options.maxBytes ?? defaultMaxBytes;
  }

  /** Every delivery in order; an alert published twice stands here twice. */
  get published(): readonly Alert[] {
    return structuredClone(this.#published);
  }

  async publish(alert: Alert): Promise<void> {
    const bytes = new TextEncoder().encode(JSON.stringify(alert)).length;
    if (bytes > this.#maxBytes) {
      throw new PortError({
        kind: 'permanent',
        operation: 'AlertChannel.publish',
        code: 'AlertTooLarge',
        message: `An alert of ${bytes} bytes is above the channel's ${this.#maxBytes}`,
      });
    }
    this.#published.push(structuredClone(alert));
  }
}
