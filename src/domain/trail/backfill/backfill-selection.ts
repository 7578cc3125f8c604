import type { Day } from '../../../ports/trail-event-store.ts';
import { printableText } from '../../kernel/printable-text.ts';

/** Which logs a backfill looks at. */
export interface BackfillSelection {
  readonly bucket: string;
  /**
   * What the keys begin with: nothing, or anything up to the logs of one day. It is no folder unless it ends with `/`:
   * `AWSLogs/1111` takes in every account that begins so.
   */
  readonly prefix: string;
  /** The first day, by the folders of the keys. */
  readonly from: Day;
  /** The last day, itself included. */
  readonly to: Day;
}

/** A selection makes no sense, or finds no trail; `code` says which, the message what to do. */
export class BackfillSelectionError extends Error {
  readonly code: 'InvalidDay' | 'InvalidRange' | 'NoTrail' | 'TooManyFolders';

  constructor(code: BackfillSelectionError['code'], message: string) {
    super(message);
    this.name = 'BackfillSelectionError';
    this.code = code;
  }
}

/**
 * Where logs of CloudTrail stand: the folder of one account, one kind of events and one region ("Finding your CloudTrail log
 * files", AWS CloudTrail User Guide). Digests are no logs.
 */
const regionFolder =
  /^(?:.*\/)?AWSLogs\/(?:o-[a-z0-9]+\/)?\d{12}\/CloudTrail(?:-(?!Digest\/)[^/]+)?\/[^/]+\//s;

/** What of a key, or of the beginning of one, is the folder of a region; `undefined` where it does not reach that far. */
export function regionFolderOf(key: string): string | undefined {
  return regionFolder.exec(key)?.[0];
}

/**
 * The day in the key of a log: that of its delivery, in UTC. CloudTrail delivers late, so that a log may hold events of the
 * day before.
 *
 * @example dayOfLog('AWSLogs/111122223333/CloudTrail/eu-central-1/2026/11/21/….json.gz') // '2026-11-21'
 */
export function dayOfLog(key: string): Day | undefined {
  const folder = regionFolderOf(key);
  const [, ...parts] = /^(\d{4})\/(\d\d)\/(\d\d)\//.exec(key.slice(folder?.length)) ?? [];
  return folder === undefined || parts.length === 0 ? undefined : parts.join('-');
}

/** @throws {BackfillSelectionError} where a day is none, or the last comes before the first. */
export function requireDays({ from, to }: Pick<BackfillSelection, 'from' | 'to'>): void {
  for (const day of [from, to]) {
    if (!isDay(day))
      throw new BackfillSelectionError('InvalidDay', `"${printableText(day)}" is no day such as 2026-11-21`);
  }
  if (from > to) {
    throw new BackfillSelectionError('InvalidRange', `the last day, ${to}, comes before the first, ${from}`);
  }
}

/** Whether the text is a day of the calendar, as `2026-11-21`. */
export function isDay(text: string): boolean {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
  // `Date` takes 30 February for 2 March.
  return time !== undefined && !Number.isNaN(time.getTime()) && time.toISOString().startsWith(text);
}
