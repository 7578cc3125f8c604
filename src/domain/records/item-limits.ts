import type { LosslessJson, LosslessNumber } from '../../ports/record-store.ts';
import { decimalOf } from './decimal.ts';
import type { RecordFaultCode } from './record-fault.ts';

/**
 * Constraints of DynamoDB that a record must keep.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export const itemLimits = {
  bytes: 400 * 1024,
  partitionKeyBytes: 2048,
  nestingLevels: 32,
  significantDigits: 38,
  smallestMagnitude: -130,
  largestMagnitude: 125,
} as const;

/** Bytes that a list or a map takes beside what it holds, and that each of its members takes. */
const containerBytes = 3;
const memberBytes = 1;

/** A number that is written so, in few characters, is within the limits. */
const plainNumber = /^-?[\d.]{1,30}$/;

/** What keeps a number from being stored as it is. */
export function numberFault({ digits }: LosslessNumber): RecordFaultCode | undefined {
  if (plainNumber.test(digits)) return undefined;
  const { significant, magnitude } = decimalOf(digits);
  if (magnitude < itemLimits.smallestMagnitude || magnitude > itemLimits.largestMagnitude) {
    return 'number-out-of-range';
  }
  return significant.length > itemLimits.significantDigits ? 'number-too-precise' : undefined;
}

/** Bytes that a value takes in an item; what keeps it from being stored goes to `faults`. */
export function itemBytesOf(value: LosslessJson, faults: Set<RecordFaultCode>): number {
  if (value === null || typeof value === 'boolean') return 1;
  if (typeof value === 'string') return textBytes(value, faults);
  if (isList(value)) {
    return value.reduce<number>(
      (bytes, element) => bytes + memberBytes + itemBytesOf(element, faults),
      containerBytes,
    );
  }
  if (isObject(value)) {
    let bytes = containerBytes;
    for (const [name, member] of value) bytes += memberBytes + memberBytesOf(name, member, faults);
    return bytes;
  }
  const fault = numberFault(value);
  if (fault !== undefined) faults.add(fault);
  return numberBytes(value);
}

/** Bytes that an attribute, or a member of a map, takes beside what every member of a map does. */
export function memberBytesOf(name: string, value: LosslessJson, faults: Set<RecordFaultCode>): number {
  return textBytes(name, faults) + itemBytesOf(value, faults);
}

/** Never too few: a byte for two significant digits, one for the exponent, one for a minus. */
function numberBytes({ digits }: LosslessNumber): number {
  const significant = plainNumber.test(digits) ? digits : decimalOf(digits).significant;
  return Math.ceil(significant.length / 2) + 2;
}

function textBytes(text: string, faults: Set<RecordFaultCode>): number {
  if (!text.isWellFormed()) faults.add('lone-surrogate');
  return Buffer.byteLength(text);
}

/** `Array.isArray` does not narrow a read-only array. */
export function isList(value: LosslessJson): value is readonly LosslessJson[] {
  return Array.isArray(value);
}

export function isObject(value: LosslessJson): value is ReadonlyMap<string, LosslessJson> {
  return value instanceof Map;
}

export function isNumber(value: LosslessJson | undefined): value is LosslessNumber {
  return typeof value === 'object' && value !== null && 'digits' in value;
}
