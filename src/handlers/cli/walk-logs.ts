import type { BigIntStats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { trailObjectKind } from '../../domain/trail/trail-object-kind.ts';

/** What stands in a folder, or was named itself. */
export type FoundFile =
  | { readonly found: 'log'; readonly file: string; readonly path: Buffer }
  /** Nothing that is called as logs are, a file of another service, or a folder that has been walked before. */
  | { readonly found: 'other'; readonly file: string }
  | { readonly found: 'fault'; readonly file: string; readonly error: NodeJS.ErrnoException };

const logName = /\.(?:json|jsonl|ndjson|log|gz)$/i;

/**
 * Every file of a folder and of those below it, in the order of the names' bytes; of a file, the file itself, whatever
 * its name. Links are followed, but no folder is walked twice. Names that are not UTF-8 are found too: `path` holds
 * their bytes, `file` what can be shown of them.
 */
export async function* walkLogs(path: string): AsyncGenerator<FoundFile> {
  const { stats, error } = await look(path);
  if (error !== undefined) yield { found: 'fault', file: path, error };
  else if (!stats.isDirectory()) yield { found: 'log', file: path, path: Buffer.from(path) };
  else {
    const walked = new Set([...(await foldersAbove(path)), idOf(stats)]);
    yield* walkFolder(Buffer.from(path.replace(/\/+$/, '/')), walked);
  }
}

/** @param walked Ids of the folders that are not to be entered (again). */
async function* walkFolder(folder: Buffer, walked: Set<string>): AsyncGenerator<FoundFile> {
  const { names, error } = await list(folder);
  if (error !== undefined) {
    yield { found: 'fault', file: String(folder), error };
    return;
  }
  const isLog = logsOf(String(folder));
  const start = folder.at(-1) === slash ? folder : Buffer.concat([folder, Buffer.of(slash)]);
  for (const name of names.sort(Buffer.compare)) {
    const path = Buffer.concat([start, name]);
    const file = String(path);
    const { stats, error } = await look(path);
    if (error !== undefined) {
      yield leadsNowhere(error) && !isLog(file) ? { found: 'other', file } : { found: 'fault', file, error };
    } else if (stats.isDirectory() && !walked.has(idOf(stats))) {
      walked.add(idOf(stats));
      yield* walkFolder(path, walked);
    } else {
      // A pipe or a device of a folder might never end.
      yield stats.isFile() && isLog(file) ? { found: 'log', file, path } : { found: 'other', file };
    }
  }
}

const slash = 0x2f;

/** What programs put into folders for themselves, such as `.DS_Store`. */
const hiddenName = /(?:^|\/)\.[^/]*$/;

/**
 * Tells which files of a folder are logs: where CloudTrail delivers, all that are not hidden; where another service
 * does, none; elsewhere, and among the hidden, those that are called so.
 */
function logsOf(folder: string): (file: string) => boolean {
  const kind = trailObjectKind(`${resolve(folder)}/any.json`);
  if (kind !== 'log' && kind !== 'possible-log') return () => false;
  return file => logName.test(file) || (kind === 'log' && !hiddenName.test(file));
}

/** Whether a link's target is missing, or the link itself; any other fault may hide a folder of logs. */
function leadsNowhere({ code }: NodeJS.ErrnoException): boolean {
  return code === 'ENOENT' || code === 'ELOOP';
}

/** Ids of the folders that hold this one: a link to one of them would lead back into it. */
async function foldersAbove(path: string): Promise<readonly string[]> {
  const ids: string[] = [];
  let below = await realpath(path).catch(() => path);
  for (let folder = dirname(below); folder !== below; folder = dirname(folder)) {
    const { stats } = await look(folder);
    if (stats !== undefined) ids.push(idOf(stats));
    below = folder;
  }
  return ids;
}

type Outcome<Name extends string, Value> =
  | ({ readonly [name in Name]: Value } & { readonly error?: undefined })
  | ({ readonly [name in Name]?: undefined } & { readonly error: NodeJS.ErrnoException });

function look(path: string | Buffer): Promise<Outcome<'stats', BigIntStats>> {
  return stat(path, { bigint: true }).then(
    stats => ({ stats }),
    (error: NodeJS.ErrnoException) => ({ error }),
  );
}

function list(folder: Buffer): Promise<Outcome<'names', Buffer[]>> {
  return readdir(folder, { encoding: 'buffer' }).then(
    names => ({ names }),
    (error: NodeJS.ErrnoException) => ({ error }),
  );
}

function idOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}
