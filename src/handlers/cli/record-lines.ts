import type { RecordFileTally, RecordReject } from '../../domain/records/record-file-reading.ts';
import { printableJson } from './printable-json.ts';
import { printablePath } from './printable-path.ts';

/** What is written of a file of records: lines without a line feed at the end, and without a word of its records. */
export interface RecordLines {
  reject(file: string, reject: RecordReject): string;
  /** Once the file has been read. */
  summary(file: string, tally: RecordFileTally): string;
  unreadable(file: string, reason: string): string;
}

/** Lines of JSON. */
export const recordLinesAsJson: RecordLines = {
  reject: (file, { position, reasons }) => printableJson({ file, position, reasons }),
  summary: (file, tally) => {
    const { isTooLarge, bytes, inflatedBytes, records, valid, duplicates, rejected } = tally;
    const verdict = isTooLarge ? 'too-large' : rejected === 0 ? 'valid' : 'rejects';
    return printableJson({ file, verdict, bytes, inflatedBytes, records, valid, duplicates, rejected });
  },
  unreadable: (file, reason) => printableJson({ file, verdict: 'unreadable', reason }),
};

/** Lines for people. */
export const recordLinesAsText: RecordLines = {
  reject: (file, { position, reasons }) => {
    const why = reasons.map(({ code, explanation }) => `${code} (${explanation})`).join('; ');
    return `${printablePath(file)}: record ${position.index}, at byte ${position.byte}: ${why}`;
  },
  summary: (file, { isTooLarge, valid, duplicates, rejected }) =>
    [
      `${printablePath(file)}: ${valid} valid`,
      ...(duplicates === 0 ? [] : [`${duplicates} repeated`]),
      `${rejected} rejected`,
      ...(isTooLarge ? ['too large: not read to its end'] : []),
    ].join(', '),
  unreadable: (file, reason) => `${printablePath(file)}: could not be read: ${reason}`,
};
