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
 * Judges one record. Everything that is wrong is told, each once.
 *
 * @returns `undefined` where the text is no JSON.
 * @example parseRecord('{"device_id":"d1","timestamp":"2026-11-21T08:00:00Z","value":21.5}')
 */
export function parseRecord(json: string): RecordParsing | undefined {
  // The record itself is a container, too.
  const reading = readLosslessJson(json, itemLimits.nestingLevels + 1);
  if (reading === undefined) return undefined;
  if (reading.outcome === 'too-deep') {
    return invalidRecord(recordReason(json.trimStart().startsWith('{') ? 'too-deep' : 'not-an-object'));
  }
  const members = reading.value;
  if (!isObject(members)) return invalidRecord(recordReason('not-an-object'));

  const fields = fieldsOf(members);
  const isSound = reading.isPlain && json.length <= surelySound;
  const faults = faultsOf(members, !isSound);
  if (reading.repeatsName) faults.push('repeated-name');
  if (!fields.success || faults.length > 0) {
    return invalidRecord(
      ...(fields.success ? [] : fields.error.issues.map(reasonOf)),
      ...faults.map(code => recordReason(code)),
    );
  }
  const { device_id: deviceId, timestamp, value } = fields.data;
  const attributes = new Map<string, LosslessJson>();
  for (const [name, member] of members) if (!fieldNames.has(name)) attributes.set(name, member);
  return { outcome: 'valid', record: { deviceId, timestamp, value, attributes } };
}

export function invalidRecord(...reasons: readonly RecordReason[]): RecordParsing {
  return { outcome: 'invalid', reasons };
}

/** The three fields, or what is wrong with them. Most records are sound, which shows at a fraction of the schema's cost. */
function fieldsOf(members: ReadonlyMap<string, LosslessJson>) {
  const device_id = members.get('device_id');
  const timestamp = members.get('timestamp');
  const value = members.get('value');
  const time = typeof timestamp === 'string' ? recordTime(timestamp) : undefined;
  const isSound = typeof device_id === 'string' && deviceIdFault(device_id) === undefined;
  if (isSound && time?.outcome === 'read' && isNumber(value) && numberFault(value) === undefined) {
    return { success: true, data: { device_id, timestamp: time.time, value } } as const;
  }
  return recordFields.safeParse({ device_id, timestamp, value });
}

function deviceIdFault(value: string): RecordFaultCode | undefined {
  if (value === '') return 'empty';
  if (!value.isWellFormed()) return 'lone-surrogate';
  if (/\p{Cc}/u.test(value)) return 'control-character';
  return Buffer.byteLength(value) > itemLimits.partitionKeyBytes ? 'too-long' : undefined;
}

/** What is wrong with what a record has beside its three fields, or with the whole. */
function faultsOf(members: ReadonlyMap<string, LosslessJson>, mayBeUnsound: boolean): RecordFaultCode[] {
  const faults = new Set<RecordFaultCode>();
  const bytes = mayBeUnsound ? bytesOf(members, faults) : 0;
  if (members.has('')) faults.add('empty-name');
  if (members.has(reservedName)) faults.add('reserved-name');
  if (bytes > itemLimits.bytes) faults.add('item-too-large');
  return Array.from(faults);
}

/** Bytes that the item takes; what is wrong beside the three fields goes to `faults`. */
function bytesOf(members: ReadonlyMap<string, LosslessJson>, faults: Set<RecordFaultCode>): number {
  let bytes = bookkeepingBytes;
  for (const [name, value] of members) {
    bytes += memberBytesOf(name, value, fieldNames.has(name) ? new Set() : faults);
  }
  return bytes;
}

/** The schema version, and what a normalised timestamp may take more than the one that was given. */
const bookkeepingBytes = reservedName.length + 2 + '2026-11-21T08:00:00.000Z'.length;
/** Plain JSON of so many UTF-16 units is within the limits: a unit makes three bytes at most, in a text or a number. */
const surelySound = 128 * 1024;

function reasonOf({ message, path }: z.core.$ZodIssue): RecordReason {
  return recordReason(message as RecordFaultCode, path[0] as RecordField);
}
