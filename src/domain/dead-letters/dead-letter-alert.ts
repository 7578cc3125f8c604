import type { Alert } from '../../ports/alert-channel.ts';
import type { DeadLetter } from '../../ports/dead-letter-store.ts';
import { printableText } from '../kernel/printable-text.ts';

/** Tells people that a message could not be handled and is kept. Its body is not shown: nobody knows what is in it. */
export function deadLetterAlert(letter: DeadLetter): Alert {
  const { id, queueArn, receiveCount, sentAt, firstSeenAt, lastSeenAt, cause } = letter;
  const queue = queueArn.split(':').at(-1) ?? queueArn;
  const account = queueArn.split(':')[4];
  const code = cause?.code ?? 'unknown cause';
  return {
    schemaVersion: 1,
    id: `${id}:dead-letter.kept`,
    kind: 'dead-letter.kept',
    severity: 'high',
    ...(account === undefined || account === '' ? {} : { account }),
    title: `A message of ${printableText(queue)} could not be handled: ${printableText(code)}`,
    text: [
      `The queue ${printableText(queue)} has given a message up. What it announced has not been dealt with.`,
      ``,
      `Message:    ${printableText(id)}`,
      `Sent:       ${sentAt}`,
      `First seen: ${firstSeenAt}`,
      `Last seen:  ${lastSeenAt}`,
      `Received:   ${receiveCount} times`,
      `Cause:      ${printableText(cause === undefined ? code : `${code}: ${cause.message}`, 2000)}`,
      ``,
      `The message is kept whole. Mend the cause, and then send it back to its queue:`,
      `sallyport trail redrive --table <table of dead letters> --id ${printableText(id)}`,
    ].join('\n'),
    occurredAt: lastSeenAt,
    correlationId: id,
    details: {
      messageId: id,
      queueArn,
      receiveCount,
      sentAt,
      firstSeenAt,
      lastSeenAt,
      cause: cause === undefined ? null : { code: cause.code, message: cause.message.slice(0, 4000) },
    },
  };
}
