import type { Alert } from '../../ports/alert-channel.ts';
import type { Timestamp } from '../../ports/clock.ts';
import type { RefusalReason } from '../kernel/judge-upload.ts';
import { auditedObject } from '../kernel/object-audit-entry.ts';
import { printableText } from '../kernel/printable-text.ts';

interface RefusedUpload {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
  readonly occurredAt: Timestamp;
}

/** Tells people of a refused upload; the key is shown escaped, since it may be made to deceive its reader. */
export function refusalAlert(
  upload: RefusedUpload,
  correlationId: string,
  reasons: readonly RefusalReason[],
): Alert {
  const object = auditedObject(upload);
  const codes = [...new Set(reasons.map(({ code }) => code))];
  const bucket = printableText(upload.bucket);
  const key = printableText(upload.key);
  const version = upload.versionId === undefined ? 'none' : printableText(upload.versionId);
  return {
    schemaVersion: 1,
    id: `${correlationId}:upload.refused`,
    kind: 'upload.refused',
    severity: 'medium',
    title: `Upload refused: ${codes.join(', ')}`,
    text: [
      `An upload was refused and does not enter the workflow.`,
      ``,
      `Bucket:  ${bucket}`,
      `Key:     ${key}`,
      `Version: ${version}`,
      `Created: ${upload.occurredAt}`,
      ``,
      ...reasons.map(({ code, position, explanation }) => `- ${code} at ${position}: ${explanation}`),
    ].join('\n'),
    occurredAt: upload.occurredAt,
    correlationId,
    details: {
      bucket: object.bucket,
      key: object.key,
      versionId: object.versionId ?? null,
      reasons: reasons.map(({ code, position, explanation }) => ({ code, position, explanation })),
    },
  };
}
