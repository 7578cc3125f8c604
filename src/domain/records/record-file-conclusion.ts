import * as z from 'zod';
import { recordFaults } from './record-fault.ts';

const reportRef = z.object({ bucket: z.string(), key: z.string() });

/**
 * What has become of one file, without a word of its records: what the audit log keeps of it, and what people are told.
 */
export const recordFileConclusion = z.object({
  /**
   * - `ingested`: every record is in the table.
   * - `ingested-with-rejects`: every valid record is; the others are in the report.
   * - `too-large`: the file holds more than a file may. What came before the bound is in the table.
   * - `refused`: its key breaks the key policy, or it has no version; nothing was read.
   */
  outcome: z.enum(['ingested', 'ingested-with-rejects', 'too-large', 'refused']),
  /** Bytes of the file as it is stored. */
  bytes: z.number().default(0),
  /** Bytes that were read, after decompression. */
  inflatedBytes: z.number().default(0),
  /** Records that were read: good, bad and repeated ones. */
  records: z.number().default(0),
  /** Records that are in the table. */
  written: z.number().default(0),
  /** Records that repeat an earlier one of the file. */
  duplicates: z.number().default(0),
  rejected: z.number().default(0),
  /** How many rejects have each code among their reasons. */
  codes: z.record(z.string(), z.number()).default({}),
  /** Why the file as a whole was refused. */
  reasons: z.array(z.object({ code: z.string(), explanation: z.string() })).default([]),
  /** Where the summary of the reject report is; `null` where there is none. */
  report: reportRef.nullable().default(null),
});

export type RecordFileConclusion = z.infer<typeof recordFileConclusion>;

/** What a code means. */
export function explanationOf(code: string): string {
  return Object.hasOwn(recordFaults, code) ? recordFaults[code as keyof typeof recordFaults] : code;
}
