/**
 * What an object of a log bucket is, as far as its key tells:
 *
 * - `log`: stands where CloudTrail delivers its logs.
 * - `digest`: a digest file, by which the logs can be proven complete; it holds no records.
 * - `foreign`: something else, such as a log of another service, or a folder.
 * - `possible-log`: stands outside of the places that AWS writes to, and is named like JSON: the copy of a log, maybe.
 */
export type TrailObjectKind = 'log' | 'digest' | 'foreign' | 'possible-log';

/**
 * `prefix/AWSLogs/[o-organization/]account/service/…` ("Finding your CloudTrail log files", AWS CloudTrail User Guide); the
 * prefix may look the same.
 */
const delivered = /(?:.*\/|^)AWSLogs\/(?:o-[a-z0-9]+\/)?(\d{12})\/([^/]+)\//s;

/** Names of JSON, JSON lines, and of what is compressed. */
const jsonName = /\.(?:json|jsonl|ndjson)(?:\.gz)?$|\.gz$/i;

export function trailObjectKind(key: string): TrailObjectKind {
  if (key.endsWith('/')) return 'foreign';
  const service = delivered.exec(key)?.[2];
  if (service === 'CloudTrail-Digest') return 'digest';
  // Beside `CloudTrail`: `CloudTrail-Insight`, `CloudTrail-NetworkActivity`, and what is to come.
  if (service === 'CloudTrail' || service?.startsWith('CloudTrail-')) return 'log';
  const foreignService = service !== undefined && !/cloudtrail/i.test(service);
  return foreignService || !jsonName.test(key) ? 'foreign' : 'possible-log';
}

/** The account in a log's key, for a record that names none. */
export function accountInKey(key: string): string | undefined {
  return delivered.exec(key)?.[1];
}
