import * as z from 'zod';
import type { DeviceRecord, LosslessJson } from '../../ports/record-store.ts';
import { isNumber, isObject, itemLimits, memberBytesOf, numberFault } from './item-limits.ts';
import { readLosslessJson } from './read-lossless-json.ts';
import { type RecordFaultCode, type RecordField, type RecordReason, recordReason } from './record-fault.ts';
import { recordTime } from './record-time.ts';

export type RecordParsing =
  | { readonly outcome: 'valid'; readonly record: DeviceRecord }
  | { readonly outcome: 'invalid'; readonly reasons: readonly RecordReason[] };

/** Attributes that the store writes itself, beside what a record brings. */
const reservedName = 'schemaVersion';
const fieldNames: ReadonlySet<string> = new Set<RecordField>(['device_id', 'timestamp', 'value']);

const text = z.string({ error: ({ input }) => (input === undefined ? 'missing' : 'not-text') });

/** What every record must have. The messages are fault codes. */
const recordFields = z.object({
  device_id: text.check(({ value, issues }) => {
    const code = deviceIdFault(value);
    if (code !== undefined) issues.push({ code: 'custom', message: code, input: value });
  }),
  timestamp: text.transform((value, { issues }) => {
    const read = recordTime(value);
    if (read.outcome === 'read') return read.time;
    issues.push({ code: 'custom', message: read.fault, input: value });
    return z.NEVER;
  }),
  value: z
    .custom<LosslessJson>(input => input !== undefined, 'missing')
    .transform((value, { issues }) => {
      const code = isNumber(value) ? numberFault(value) : 'not-a-number';
      if (isNumber(value) && code === undefined) return value;
      issues.push({ code: 'custom', message: code ?? 'not-a-number', input: value });
      return z.NEVER;
    }),
});

/**
 * Judges one record, given as text that is known to be JSON. Everything that is wrong is told, each once.
 *
 * @example parseRecord('{"device_id":"d1","timestamp":"2026-11-21T08:00:00Z","value":21.5}')
 */
export function parseRecord(json: string): RecordParsing {
  // The record itself is a container, too.
  const reading = readLosslessJson(json, itemLimits.nestingLevels + 1);
  if (reading.outcome === 'too-deep') return invalid(recordReason('too-deep'));
  const members = reading.value;
  if (!isObject(members)) return invalid(recordReason('not-an-object'));

  const fields = recordFields.safeParse({
    device_id: members.get('device_id'),
    timestamp: members.get('timestamp'),
    value: members.get('value'),
  });
  const { attributes, faults } = attributesOf(members);
  if (reading.repeatsName) faults.add('repeated-name');
  const reasons = [
    ...(fields.success ? [] : fields.error.issues.map(reasonOf)),
    ...Array.from(faults, code => recordReason(code)),
  ];
  if (!fields.success || reasons.length > 0) return invalid(...reasons);
  const { device_id: deviceId, timestamp, value } = fields.data;
  return { outcome: 'valid', record: { deviceId, timestamp, value, attributes } };
}

function invalid(...reasons: readonly RecordReason[]): RecordParsing {
  return { outcome: 'invalid', reasons };
}

function deviceIdFault(value: string): RecordFaultCode | undefined {
  if (value === '') return 'empty';
  if (!value.isWellFormed()) return 'lone-surrogate';
  if (/\p{Cc}/u.test(value)) return 'control-character';
  return Buffer.byteLength(value) > itemLimits.partitionKeyBytes ? 'too-long' : undefined;
}

/** What a record has beside its three fields, and what is wrong with that or with the whole. */
function attributesOf(members: ReadonlyMap<string, LosslessJson>) {
  const faults = new Set<RecordFaultCode>();
  const attributes = new Map<string, LosslessJson>();
  let bytes = bookkeepingBytes;
  for (const [name, value] of members) {
    if (fieldNames.has(name)) {
      bytes += memberBytesOf(name, value, new Set());
    } else {
      bytes += memberBytesOf(name, value, faults);
      attributes.set(name, value);
    }
  }
  if (attributes.has('')) faults.add('empty-name');
  if (attributes.has(reservedName)) faults.add('reserved-name');
  if (bytes > itemLimits.bytes) faults.add('item-too-large');
  return { attributes, faults };
}

/** The schema version, and what a normalised timestamp may take more than the one that was given. */
const bookkeepingBytes = reservedName.length + 2 + '2026-11-21T08:00:00.000Z'.length;

function reasonOf({ message, path }: z.core.$ZodIssue): RecordReason {
  return recordReason(message as RecordFaultCode, path[0] as RecordField);
}
