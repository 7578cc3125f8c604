import { createHash } from 'node:crypto';
import type { Alert } from '../../ports/alert-channel.ts';
import type { Timestamp } from '../../ports/clock.ts';
import type { ObjectTarget } from '../../ports/object-store.ts';
import { printableText } from '../kernel/printable-text.ts';

/**
 * Why the object that should hold the rules does not say which stand:
 *
 * - `missing`: it was there, and is not any more.
 * - `too-large`, `invalid`: it is no rules file that can be used.
 * - `unreadable`: the store did not give it.
 * - `not-kept`: it stands, but its copy for new environments could not be written.
 */
export const trailRulesRefusalReasons = [
  'missing',
  'too-large',
  'invalid',
  'unreadable',
  'not-kept',
] as const;

export type TrailRulesRefusalReason = (typeof trailRulesRefusalReasons)[number];

export interface TrailRulesRefusal {
  readonly reason: TrailRulesRefusalReason;
  readonly object: ObjectTarget & { readonly versionId?: string };
  /** What is wrong, a line each; safe to show. */
  readonly faults: readonly string[];
  /** Hash of the rules that stand meanwhile. */
  readonly standing: string;
}

/** Faults that an alert lists. */
const mostListed = 20;

/** Tells people that the rules they wrote do not stand, and which do. The same version gives the same `id`. */
export function rulesRefusedAlert(refusal: TrailRulesRefusal, occurredAt: Timestamp): Alert {
  const { reason, object, faults, standing } = refusal;
  const { bucket, key, versionId } = object;
  const listed = faults.slice(0, mostListed).map(fault => printableText(fault, 500));
  const rest = faults.length - listed.length;
  return {
    schemaVersion: 1,
    id: createHash('sha256')
      .update(JSON.stringify(['trail.rules-refused', reason, bucket, key, versionId ?? standing]))
      .digest('hex'),
    kind: 'trail.rules-refused',
    severity: 'high',
    title: 'The rules of the trail cannot be used; those that stood before go on',
    text: [
      'The file with the rules of the trail cannot be used, or is not there any more.',
      'Logs are judged by the rules that stood before, until it is mended.',
      '',
      `File:    s3://${printableText(bucket)}/${printableText(key, 1024)}`,
      `Version: ${printableText(versionId ?? 'none')}`,
      `Reason:  ${reason}`,
      `Stands:  the rule set ${standing}`,
      '',
      ...listed.map(fault => `- ${fault}`),
      ...(rest > 0 ? [`- and ${rest} more`] : []),
      '',
      'Check a file before it is put there: sallyport trail rules check <file>',
    ].join('\n'),
    occurredAt,
    details: {
      reason,
      object: { bucket, key, versionId: versionId ?? null },
      faults: listed,
      standing,
    },
  };
}
