import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type FoundFile, walkLogs } from '../../../src/handlers/cli/walk-logs.ts';
import { temporaryFolder } from '../../infra/local/fixtures/temporary-folder.ts';

/** A folder with empty files of these names; one that ends in `/` is a folder. */
function folderOf(names: readonly string[]): string {
  const folder = temporaryFolder('walk');
  for (const name of names) {
    mkdirSync(name.endsWith('/') ? join(folder, name) : dirname(join(folder, name)), { recursive: true });
    if (!name.endsWith('/')) writeFileSync(join(folder, name), '');
  }
  return folder;
}

/** What is found, in order, below the folder: `log a.json`, `other b.txt`, `ENOENT c.json`. */
async function walk(path: string, folder = path): Promise<string[]> {
  const lines: string[] = [];
  for await (const found of walkLogs(path)) {
    const what = found.found === 'fault' ? found.error.code : found.found;
    const file = found.file.startsWith(folder)
      ? found.file.slice(folder.length).replace(/^\//, '')
      : found.file;
    lines.push(`${what} ${file}`);
  }
  return lines;
}

describe('a folder', () => {
  test.each<[string, string[], string[]]>([
    ['may be empty', [], []],
    ['may hold empty folders', ['a/b/'], []],
    [
      'is read in the order of its names, folders among files',
      ['b.json', 'a/z.json', 'a/b/c.json', 'c/a.json', 'B.json', 'a.json', 'é.json', '10.json', '9.json'],
      [
        'log 10.json',
        'log 9.json',
        'log B.json',
        'log a/b/c.json',
        'log a/z.json',
        'log a.json',
        'log b.json',
        'log c/a.json',
        'log é.json',
      ],
    ],
    [
      'gives what is called as logs are',
      ['a.json', 'b.JSON', 'c.json.gz', 'd.gz', 'e.jsonl', 'f.ndjson', 'g.Log', '.hidden.json'],
      [
        'log .hidden.json',
        'log a.json',
        'log b.JSON',
        'log c.json.gz',
        'log d.gz',
        'log e.jsonl',
        'log f.ndjson',
        'log g.Log',
      ],
    ],
    [
      'skips what is not',
      ['README', 'a.json.bak', 'b.txt', 'cjson', 'd.json/x'],
      ['other README', 'other a.json.bak', 'other b.txt', 'other cjson', 'other d.json/x'],
    ],
    [
      'that CloudTrail delivers to gives all its files, but for those that are hidden and not called as logs are',
      [
        'AWSLogs/111122223333/CloudTrail/eu/a',
        'AWSLogs/111122223333/CloudTrail/eu/.DS_Store',
        'AWSLogs/111122223333/CloudTrail/eu/.b.json',
        'b/AWSLogs/o-1a/111122223333/CloudTrail-Insight/a.txt',
      ],
      [
        'other AWSLogs/111122223333/CloudTrail/eu/.DS_Store',
        'log AWSLogs/111122223333/CloudTrail/eu/.b.json',
        'log AWSLogs/111122223333/CloudTrail/eu/a',
        'log b/AWSLogs/o-1a/111122223333/CloudTrail-Insight/a.txt',
      ],
    ],
    [
      'that others deliver to, or that holds digests, gives none, whatever their names',
      [
        'AWSLogs/111122223333/CloudTrail-Digest/eu/a.json.gz',
        'AWSLogs/111122223333/Config/eu/a.json.gz',
        'AWSLogs/111122223333/elasticloadbalancing/a.log',
      ],
      [
        'other AWSLogs/111122223333/CloudTrail-Digest/eu/a.json.gz',
        'other AWSLogs/111122223333/Config/eu/a.json.gz',
        'other AWSLogs/111122223333/elasticloadbalancing/a.log',
      ],
    ],
    [
      'beside those is as any other',
      [
        'AWSLogs/1234/Config/a.json',
        'AWSLogs/111122223333/b.log',
        'AWSLogs/111122223333/c',
        'Config/a.json',
        'AWSLogs/d.json',
      ],
      [
        'log AWSLogs/111122223333/b.log',
        'other AWSLogs/111122223333/c',
        'log AWSLogs/1234/Config/a.json',
        'log AWSLogs/d.json',
        'log Config/a.json',
      ],
    ],
    [
      'may hold any name',
      ['a\nb.json', ' .json', '-.json', '\\.json'],
      ['log  .json', 'log -.json', 'log \\.json', 'log a\nb.json'],
    ],
  ])('%s', async (_, names, expected) => {
    expect(await walk(folderOf(names))).toEqual(expected);
  });

  test.each([
    ['/', '/'],
    ['///', '/'],
    ['/.', '/./'],
  ])('is named as given, with %j at its end', async (ending, between) => {
    const folder = folderOf(['a/b.json']);
    expect(await walk(`${folder}${ending}`, '')).toEqual([`log ${folder.slice(1)}${between}a/b.json`]);
  });

  test('gives the bytes of a name that is not UTF-8', async () => {
    const folder = folderOf([]);
    const path = Buffer.concat([Buffer.from(`${folder}/`), Buffer.of(0xff), Buffer.from('.json')]);
    writeFileSync(path, '');
    const found: FoundFile[] = [];
    for await (const file of walkLogs(folder)) found.push(file);
    expect(found).toEqual([{ found: 'log', file: `${folder}/\ufffd.json`, path }]);
  });

  test('is told where it cannot be listed, and its neighbours are read', async () => {
    const folder = folderOf(['a/x.json', 'b.json']);
    chmodSync(folder, 0o755);
    chmodSync(join(folder, 'a'), 0);
    expect(await asAnybody(() => walk(folder))).toEqual(['EACCES a', 'log b.json']);
    chmodSync(join(folder, 'a'), 0o755);
  });

  test('is told where nothing in it can be looked at, whatever the names: there may be logs', async () => {
    const folder = folderOf(['a/x.json', 'a/y']);
    chmodSync(folder, 0o755);
    chmodSync(join(folder, 'a'), 0o444);
    expect(await asAnybody(() => walk(folder))).toEqual(['EACCES a/x.json', 'EACCES a/y']);
    chmodSync(join(folder, 'a'), 0o755);
  });

  test('gives no pipe, which might never end', async () => {
    const folder = folderOf([]);
    execFileSync('mkfifo', [join(folder, 'a.json')]);
    expect(await walk(folder)).toEqual(['other a.json']);
  });
});

describe('a link', () => {
  test.each<[string, string[], Record<string, string>, string[]]>([
    [
      'to a file is read by its own name',
      ['a.json'],
      { 'b.log': 'a.json', c: 'a.json' },
      ['log a.json', 'log b.log', 'other c'],
    ],
    ['to a folder is followed', ['a/'], { 'a/b': '../../LINKED' }, ['log a/b/x.json']],
    [
      'back into its folder is not',
      ['a/b.json'],
      { 'a/c': '.', 'a/d': '..' },
      ['log a/b.json', 'other a/c', 'other a/d'],
    ],
    ['to a folder above all is not', ['b.json'], { a: '..', c: '/' }, ['other a', 'log b.json', 'other c']],
    ['to a folder that was walked is not', ['a/x.json'], { b: 'a' }, ['log a/x.json', 'other b']],
    [
      'to nothing is told where a log was meant',
      [],
      { 'a.json': 'gone', b: 'gone' },
      ['ENOENT a.json', 'other b'],
    ],
    ['to itself too', [], { 'a.json': 'a.json', b: 'b' }, ['ELOOP a.json', 'other b']],
  ])('%s', async (_, names, links, expected) => {
    const linked = folderOf(['x.json']);
    const folder = folderOf(names);
    for (const [link, target] of Object.entries(links)) {
      symlinkSync(target.replace('../../LINKED', linked), join(folder, link));
    }
    expect(await walk(folder)).toEqual(expected);
  });

  test('to nothing is told where CloudTrail delivers to, and skipped where others do, whatever its name', async () => {
    const at = 'AWSLogs/111122223333';
    const folder = folderOf([`${at}/CloudTrail/`, `${at}/Config/`]);
    symlinkSync('gone', join(folder, at, 'CloudTrail/a'));
    symlinkSync('gone', join(folder, at, 'Config/a.json'));
    expect(await walk(folder)).toEqual([`ENOENT ${at}/CloudTrail/a`, `other ${at}/Config/a.json`]);
  });

  test('given itself is followed', async () => {
    const folder = folderOf(['a/x.json']);
    symlinkSync('a', join(folder, 'b'));
    expect(await walk(join(folder, 'b'), folder)).toEqual(['log b/x.json']);
  });
});

test.each([
  ['AWSLogs/111122223333/Config', ''],
  ['AWSLogs/111122223333', 'Config'],
  ['AWSLogs/111122223333/Config/eu', '.'],
  ['AWSLogs', '111122223333/../111122223333'],
])('what a folder is called above %j counts too, where %j is given', async (place, given) => {
  const folder = folderOf(['AWSLogs/111122223333/Config/eu/a.json']);
  const home = process.cwd();
  process.chdir(join(folder, place));
  try {
    expect(await walk(given === '' ? process.cwd() : given, '')).toEqual([
      expect.stringMatching(/^other .*a\.json$/),
    ]);
  } finally {
    process.chdir(home);
  }
});

describe('a file that is given itself', () => {
  test.each([
    ['README'],
    ['AWSLogs/111122223333/Config/a.json'],
    ['AWSLogs/111122223333/CloudTrail-Digest/a'],
  ])('is read whatever its name: %s', async name => {
    const folder = folderOf([name]);
    expect(await walk(join(folder, name), folder)).toEqual([`log ${name}`]);
  });

  test.each([['gone.json'], ['gone'], ['README/x'], ['']])('%j is told where it is not there', async name => {
    const folder = folderOf(['README']);
    expect(await walk(name === '' ? '' : join(folder, name), folder)).toEqual([
      expect.stringMatching(`^(?:ENOENT|ENOTDIR) ${name}$`),
    ]);
  });
});

/** Lets go of what only root may do while the call lasts. */
async function asAnybody<T>(call: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return call();
  process.seteuid?.(65_534);
  try {
    return await call();
  } finally {
    process.seteuid?.(0);
  }
}
