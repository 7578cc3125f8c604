import { resolve } from 'node:path';
import { printableText } from '../../domain/kernel/printable-text.ts';
import { UsageError } from './verb.ts';

/** Where the files of a trail stand that a command is given. */
export type TrailTarget =
  | ({ readonly kind: 'bucket'; readonly bucket: string } & TrailPath)
  | ({ readonly kind: 'folder'; readonly folder: string } & Omit<TrailPath, 'prefix'>);

interface TrailPath {
  /** What stands before `AWSLogs/`, with its slash; empty where nothing does. */
  readonly prefix: string;
  /** What the path leads to, where it goes on behind `AWSLogs/`. */
  readonly account?: string;
  readonly region?: string;
}

/**
 * Reads `s3://bucket/prefix` or the path of a folder: what holds `AWSLogs`, that itself, or the folder of an account, a service
 * or a region below it.
 *
 * @throws {UsageError} where it is neither, is most likely a bucket spelled wrongly, or leads further than to a region.
 */
export function readTrailTarget(text: string): TrailTarget {
  const [, bucket, key] = /^s3:\/\/([^/]*)(?:\/(.*))?$/s.exec(text) ?? [];
  if (bucket === undefined) {
    if (text === '') throw new UsageError('the folder given is "", which names none');
    // Taken for a folder, it would be told as one that is not there.
    if (/^s3:/i.test(text)) {
      throw new UsageError(`"${printableText(text)}" names no bucket: write s3://bucket/prefix`);
    }
    // `.` may lie within AWSLogs.
    const whole = resolve(text);
    const path = !/(?:^|\/)AWSLogs(?:\/|$)/.test(text) && whole.includes('/AWSLogs') ? whole : text;
    const { prefix, ...below } = readPath(path, text);
    return { kind: 'folder', folder: prefix === '' ? '.' : prefix, ...below };
  }
  if (!/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/.test(bucket)) {
    throw new UsageError(`"${printableText(text)}" names no bucket: write s3://bucket/prefix`);
  }
  return { kind: 'bucket', bucket, ...readPath(key ?? '', text) };
}

function readPath(path: string, given: string): TrailPath {
  const parts = path.split('/');
  if (parts.at(-1) === '') parts.pop();
  const at = parts.lastIndexOf('AWSLogs');
  if (at === -1) return { prefix: parts.map(part => `${part}/`).join('') };
  const prefix = parts
    .slice(0, at)
    .map(part => `${part}/`)
    .join('');
  const below = parts.slice(at + 1);
  if (below[0]?.startsWith('o-') === true) below.shift();
  const [account, service, region, ...rest] = below;
  const isKnown =
    (account === undefined || /^\d{12}$/.test(account)) &&
    (service === undefined || service === 'CloudTrail' || service === 'CloudTrail-Digest');
  if (!isKnown || rest.length > 0) {
    throw new UsageError(
      `"${printableText(given)}" leads past a region, or to no trail's files: give the folder that holds AWSLogs, and --from, --to`,
    );
  }
  return {
    prefix,
    ...(account === undefined ? {} : { account }),
    ...(region === undefined ? {} : { region }),
  };
}
