import type { Alert, AlertSeverity } from '../../ports/alert-channel.ts';
import type { Timestamp } from '../../ports/clock.ts';
import type { ObjectTarget } from '../../ports/object-store.ts';
import { auditedObject } from '../kernel/object-audit-entry.ts';
import { printableText } from '../kernel/printable-text.ts';
import type { DocumentVerdict } from './document-verdict.ts';

const severities: Readonly<Record<DocumentVerdict['verdict'], AlertSeverity>> = {
  compliant: 'info',
  'non-compliant': 'high',
  indeterminate: 'medium',
  invalid: 'medium',
  'key-refused': 'medium',
};

const reasonsNamed = 20;

/** Tells people of a document that was not delivered: why, and where it is kept. No value found in it is shown. */
export function quarantineAlert(
  verdict: DocumentVerdict,
  kept: ObjectTarget | undefined,
  occurredAt: Timestamp,
): Alert {
  const { correlationId, object, reasons } = verdict;
  const codes = [...new Set(reasons.map(({ code }) => code))];
  const named = reasons.slice(0, reasonsNamed);
  const rest = reasons.length - named.length;
  const keptAt = kept === undefined ? undefined : auditedObject(kept);
  return {
    schemaVersion: 1,
    id: `${correlationId}:document.quarantined`,
    kind: 'document.quarantined',
    severity: severities[verdict.verdict],
    title: `Document ${verdict.verdict}, not delivered: ${codes.join(', ')}`,
    text: [
      'A document was judged and is not delivered.',
      '',
      `Verdict: ${verdict.verdict}`,
      `Bucket:  ${printableText(object.bucket)}`,
      `Key:     ${printableText(object.key, 1024)}`,
      `Version: ${printableText(object.versionId ?? 'none')}`,
      keptAt === undefined
        ? 'Kept:    where it is, until it expires there: it has no version, or is too large to be copied'
        : `Kept:    ${printableText(keptAt.bucket)}/${printableText(keptAt.key, 1024)}`,
      '',
      ...named.map(({ code, explanation }) => `- ${code}: ${explanation}`),
      ...(rest === 0 ? [] : [`- and ${rest} more`]),
    ].join('\n'),
    occurredAt,
    correlationId,
    details: {
      verdict: verdict.verdict,
      object: { bucket: object.bucket, key: object.key, versionId: object.versionId ?? null },
      kept: keptAt === undefined ? null : { bucket: keptAt.bucket, key: keptAt.key },
      reasons: named.map(({ code, explanation }) => ({ code, explanation })),
      counts: verdict.counts,
    },
  };
}
