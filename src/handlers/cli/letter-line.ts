import type {
  DismissOutcome,
  RedriveOutcome,
  RedrivePreview,
} from '../../domain/dead-letters/dead-letter-redriver.ts';
import { printableText } from '../../domain/kernel/printable-text.ts';
import { printableJson } from './printable-json.ts';

export type LetterOutcome = RedriveOutcome | DismissOutcome | RedrivePreview;

/** What became of a letter, as a line of JSON; the same keys in the same order, null where nothing is known. */
export function letterAsJson(outcome: LetterOutcome): string {
  const letter = outcome.outcome === 'unknown' ? undefined : outcome.letter;
  return printableJson({
    outcome: outcome.outcome,
    id: outcome.outcome === 'unknown' ? outcome.id : outcome.letter.id,
    queueArn: letter?.queueArn ?? null,
    sentAt: letter?.sentAt ?? null,
    firstSeenAt: letter?.firstSeenAt ?? null,
    lastSeenAt: letter?.lastSeenAt ?? null,
    receiveCount: letter?.receiveCount ?? null,
    cause: letter?.cause ?? null,
  });
}

/** Columns for people: outcome, id, time of sending, code of the cause, name of the queue. */
export function letterAsText(outcome: LetterOutcome): string {
  const first = outcome.outcome.padEnd('already-dismissed'.length);
  if (outcome.outcome === 'unknown') return `${first}  ${printableText(outcome.id)}`;
  const { id, sentAt, cause, queueArn } = outcome.letter;
  const queueName = queueArn.slice(queueArn.lastIndexOf(':') + 1);
  const columns = [
    // Ids of SQS are UUIDs.
    printableText(id).padEnd(36),
    printableText(sentAt),
    printableText(cause?.code ?? '-').padEnd(20),
    printableText(queueName),
  ];
  return [first, ...columns].join('  ');
}
