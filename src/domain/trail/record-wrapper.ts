import type { JsonObject, JsonValue } from '../../ports/json.ts';
import { parseJson } from '../kernel/parse-json.ts';

/** One of these is in every record (CloudTrail record contents; an Insights event may lack some). */
const keysOfRecords = ['eventVersion', 'eventID', 'eventName', 'eventType', 'eventSource'];
/** Arrays in arrays, and texts of texts, are followed so far. */
const deepest = 4;

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function looksLikeRecord(value: JsonValue | undefined): boolean {
  return isJsonObject(value) && keysOfRecords.some(key => Object.hasOwn(value, key));
}

/**
 * What keeps a record from being seen in a value that is none itself, in words that go on from "holds a record within";
 * `undefined` where nothing does. These are the ways in which tools wrap records: LookupEvents answers with their texts
 * as `CloudTrailEvent`, EventBridge delivers them as the `detail` of an event, `jq -s` makes an array of arrays.
 */
export function recordWrapper(value: JsonValue, depth: number = deepest): string | undefined {
  if (depth === 0) return undefined;
  if (typeof value === 'string')
    return holdsRecord(parseObjectOrArray(value), depth) ? 'a string' : undefined;
  if (Array.isArray(value)) return value.some(each => holdsRecord(each, depth)) ? 'an array' : undefined;
  if (!isJsonObject(value)) return undefined;
  if (Array.isArray(value['Records'])) return 'Records of its own';
  if (typeof value['CloudTrailEvent'] === 'string') return 'its CloudTrailEvent';
  return looksLikeRecord(value['detail']) ? 'its detail' : undefined;
}

function holdsRecord(value: JsonValue | undefined, depth: number): boolean {
  if (value === undefined) return false;
  return looksLikeRecord(value) || recordWrapper(value, depth - 1) !== undefined;
}

/** Most strings are neither, and need not be parsed. */
function parseObjectOrArray(text: string): JsonValue | undefined {
  return /^\s*[[{]/.test(text) ? parseJson(text) : undefined;
}
