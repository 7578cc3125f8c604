import type { EventDelivery, Sender } from './event-delivery.ts';
import type { EventRules } from './event-rules.ts';
import {
  eventBridgeObjectCreated,
  type NotificationConfiguration,
  type NotificationDestination,
  type ObjectEvent,
  s3Notification,
  s3TestEvent,
} from './s3/object-events.ts';

function senderOf(bucket: string): Sender {
  return { principal: 's3.amazonaws.com', sourceArn: `arn:aws:s3:::${bucket}` };
}

/** Tells queues, topics, functions and EventBridge of new objects. */
export class BucketNotifications {
  readonly #delivery: EventDelivery;
  readonly #rules: EventRules;
  readonly #onFault: (text: string) => void;

  constructor(options: {
    readonly delivery: EventDelivery;
    readonly rules: EventRules;
    readonly onFault: (text: string) => void;
  }) {
    this.#delivery = options.delivery;
    this.#rules = options.rules;
    this.#onFault = options.onFault;
  }

  /** Sends every queue and topic of a configuration the test event. Rejects where one does not take it. */
  async sendTestEvents(bucket: string, configuration: NotificationConfiguration): Promise<void> {
    const { QueueConfigurations = [], TopicConfigurations = [] } = configuration;
    const targets = new Set([
      ...QueueConfigurations.map(({ QueueArn }) => QueueArn),
      ...TopicConfigurations.map(({ TopicArn }) => TopicArn),
    ]);
    for (const target of targets) {
      await this.#delivery.deliver(target, JSON.stringify(s3TestEvent(bucket)), senderOf(bucket));
    }
  }

  /** Tells of an object. Never rejects: S3 does not take an upload back because a notification failed. */
  async notify(event: ObjectEvent, destinations: readonly NotificationDestination[]): Promise<void> {
    await Promise.all(
      destinations.map(async destination => {
        if (destination.kind === 'eventbridge') return this.#rules.publish(eventBridgeObjectCreated(event));
        const record = s3Notification(event, destination.configurationId);
        await this.#delivery
          .deliver(destination.arn, JSON.stringify(record), senderOf(event.bucket))
          .catch((error: unknown) =>
            this.#onFault(`${event.bucket} did not reach ${destination.arn}: ${String(error)}`),
          );
      }),
    );
  }
}
