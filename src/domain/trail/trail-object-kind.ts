/**
 * What an object of a log bucket is, as far as its key tells:
 *
 * - `log`: a CloudTrail log.
 * - `digest`: a digest file, by which the logs can be proven complete; it holds no records.
 * - `foreign`: something else, such as a log of another service.
 * - `possible-log`: JSON outside of the places that AWS writes to, such as the copy of a log.
 */
export type TrailObjectKind = 'log' | 'digest' | 'foreign' | 'possible-log';

/** `prefix/AWSLogs/[o-organization/]account/service/…` ("Finding your CloudTrail log files", AWS CloudTrail User Guide). */
const delivered = /(?:^|\/)AWSLogs\/(?:o-[a-z0-9]+\/)?(\d{12})\/([^/]+)\//;

const json = /\.json(?:\.gz)?$/i;

export function trailObjectKind(key: string): TrailObjectKind {
  if (!json.test(key)) return 'foreign';
  const service = delivered.exec(key)?.[2];
  if (service === undefined) return 'possible-log';
  if (service === 'CloudTrail-Digest') return 'digest';
  // Beside `CloudTrail`: `CloudTrail-Insight`, `CloudTrail-NetworkActivity`, and what is to come.
  return service === 'CloudTrail' || service.startsWith('CloudTrail-') ? 'log' : 'foreign';
}

/** The account in a log's key, for a record that names none. */
export function accountInKey(key: string): string | undefined {
  return delivered.exec(key)?.[1];
}
