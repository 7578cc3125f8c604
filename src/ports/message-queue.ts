/** An attribute that travels beside a message's body; binary values as base64. */
export interface MessageAttribute {
  /** `String`, `Number` or `Binary`, optionally with a label: `String.country`. */
  readonly dataType: string;
  readonly value: string;
}

export interface QueueMessage {
  readonly body: string;
  readonly attributes?: Readonly<Record<string, MessageAttribute>>;
}

/** Queues by name: each message is taken off by some consumer at least once. */
export interface MessageQueue {
  /**
   * Resolves once the queue has the message; a repetition is another message.
   *
   * @param queueArn For example `arn:aws:sqs:eu-central-1:111122223333:sallyport-trail-dev`. One that names no queue is a
   * `PortError` (`not-found`, `QueueDoesNotExist`), text that is no such ARN too (`permanent`, `InvalidQueueArn`).
   */
  send(queueArn: string, message: QueueMessage): Promise<void>;
}
