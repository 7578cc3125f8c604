import type { Alert } from '../../ports/alert-channel.ts';
import type { Timestamp } from '../../ports/clock.ts';
import { auditedObject } from '../kernel/object-audit-entry.ts';
import { printableText } from '../kernel/printable-text.ts';
import { explanationOf, type RecordFileConclusion } from './record-file-conclusion.ts';

export interface AlertedRecordFile {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
  readonly occurredAt: Timestamp;
}

const titles: Readonly<Record<RecordFileConclusion['outcome'], (it: RecordFileConclusion) => string>> = {
  ingested: () => 'Record file ingested',
  'ingested-with-rejects': ({ rejected }) =>
    `Record file with ${rejected} ${rejected === 1 ? 'reject' : 'rejects'}`,
  'too-large': () => 'Record file too large',
  refused: () => 'Record file refused',
};

/** Tells people what of a file is not in the table, and where it is to be found. No record is shown. */
export function recordFileAlert(
  file: AlertedRecordFile,
  correlationId: string,
  conclusion: RecordFileConclusion,
): Alert {
  const object = auditedObject(file);
  const { outcome, records, written, duplicates, rejected, report } = conclusion;
  const codes = Object.entries(conclusion.codes);
  const reasons = conclusion.reasons.map(({ code, explanation }) => `- ${code}: ${explanation}`);
  return {
    schemaVersion: 1,
    id: `${correlationId}:records.${outcome}`,
    kind: `records.${outcome}`,
    severity: 'medium',
    title: titles[outcome](conclusion),
    text: [
      outcome === 'refused'
        ? 'A file of records was refused; it was not read.'
        : 'Not all of a file of records is in the table.',
      '',
      `Bucket:     ${printableText(object.bucket)}`,
      `Key:        ${printableText(object.key, 1024)}`,
      `Version:    ${printableText(object.versionId ?? 'none')}`,
      `Created:    ${file.occurredAt}`,
      `Records:    ${records} read, ${written} written, ${duplicates} repeated, ${rejected} rejected`,
      `Report:     ${report === null ? 'none' : `${report.bucket}/${report.key}`}`,
      '',
      ...reasons,
      ...codes.map(([code, count]) => `- ${count} × ${code}: ${explanationOf(code)}`),
    ].join('\n'),
    occurredAt: file.occurredAt,
    correlationId,
    details: {
      object: { bucket: object.bucket, key: object.key, versionId: object.versionId ?? null },
      ...conclusion,
    },
  };
}
