/** What can be wrong with a record, or with the file around it. */
export const recordFaults = {
  missing: 'is missing',
  'not-text': 'is no text',
  'not-a-number': 'is no number; a number in quotes is text',
  empty: 'is empty',
  'too-long': 'is longer than the 2,048 bytes of UTF-8 that a key has at most',
  'control-character': 'holds a control character',
  'timestamp-format': 'is not written as ISO 8601 has date, time of day and zone: 2026-11-21T08:00:00.000Z',
  'timestamp-without-zone': 'does not say its zone: Z or an offset such as +01:00',
  'timestamp-out-of-range': 'is a date or a time of day that does not exist',
  'timestamp-too-precise': 'has more than nine digits behind the second',
  'number-out-of-range':
    'is a number beyond what the table keeps: 1E-130 to 9.99E+125, or zero, of either sign',
  'number-too-precise': 'is a number of more than 38 significant digits',
  'lone-surrogate': 'is a text with half a surrogate pair, which UTF-8 cannot carry',
  'repeated-name': 'an object names an attribute twice',
  'empty-name': 'an attribute has an empty name',
  'reserved-name':
    'an attribute is named schemaVersion, which is the name of an attribute of the table itself',
  'too-deep': 'lists and objects are nested more than 32 levels deep',
  'item-too-large': 'is larger than the 400 KB that the table keeps of a record',
  'not-json': 'is no JSON',
  'not-an-object': 'is no JSON object',
  'invalid-utf8': 'holds bytes that are no UTF-8',
  conflict: 'an earlier record of the file has its device_id and timestamp and says something else',
  'refused-by-store': 'was refused by the table',
  'broken-off': 'breaks off: another value begins before it ends',
  truncated: 'ends early, with the file',
  'record-too-large': 'is larger than a record may be',
  'misplaced-byte': 'a byte stands where none can, or a comma is missing before it',
  'damaged-gzip': 'the compressed bytes are damaged; nothing behind the damage can be read',
  'truncated-gzip': 'the compressed bytes end early',
  'no-records': 'the file is empty',
  'file-too-large': 'the file is larger than a file may be; nothing from here on was read',
  'too-many-records': 'the file holds more records than a file may; nothing from here on was read',
} as const;

export type RecordFaultCode = keyof typeof recordFaults;

export type RecordField = 'device_id' | 'timestamp' | 'value';

/** One thing that is wrong, without a word of what the record holds. */
export interface RecordReason {
  readonly code: RecordFaultCode;
  /** Where it concerns one of the three attributes that a record must have. */
  readonly field?: RecordField;
  readonly explanation: string;
}

export function recordReason(code: RecordFaultCode, field?: RecordField): RecordReason {
  const explanation = recordFaults[code];
  return field === undefined
    ? { code, explanation }
    : { code, field, explanation: `${field} ${explanation}` };
}
