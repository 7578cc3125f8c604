import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

const guide = readFileSync(new URL('../../../docs/deployment.md', import.meta.url), 'utf8');
const [commands = ''] = [...guide.matchAll(/^```bash\n(.*?)^```$/gms)]
  .map(match => match[1] ?? '')
  .filter(block => block.includes('delete-objects'));

/** Stands for the AWS CLI: a bucket with so many versions, of which so many are locked, each under a key as long as CloudTrail's. */
const standIn = `#!${process.execPath}
const { readFileSync, writeFileSync } = require('node:fs');
const [, operation, ...options] = process.argv.slice(2);
const optionOf = name => options[options.indexOf(name) + 1];
const state = JSON.parse(readFileSync('bucket.json', 'utf8'));
state.calls += 1;
const answer = {
  'list-object-versions': () => ({ Quiet: true, Objects: state.versions.slice(0, 1000) }),
  'delete-objects': () => {
    const { Objects } = JSON.parse(readFileSync(optionOf('--delete').replace('file://', ''), 'utf8'));
    const isLocked = ({ Key }) => Key.endsWith('locked');
    const deleted = new Set(Objects.filter(it => !isLocked(it)).map(({ VersionId }) => VersionId));
    state.versions = state.versions.filter(({ VersionId }) => !deleted.has(VersionId));
    const Errors = Objects.filter(isLocked).map(it => ({ ...it, Code: 'AccessDenied' }));
    return Errors.length === 0 ? {} : { Errors };
  },
}[operation]();
writeFileSync('bucket.json', JSON.stringify(state));
if (optionOf('--bucket') === 'forbidden') process.exit(254);
console.log(JSON.stringify(answer, null, 4));
`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-take-down-'));
  writeFileSync(join(folder, 'aws'), standIn);
  chmodSync(join(folder, 'aws'), 0o755);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the guide's commands on a bucket; gives what is left in it, and how often the CLI was called. */
function takeDown(free: number, locked = 0, bucket = 'doomed') {
  const versions = [...Array(free + locked)].map((_, index) => ({
    Key: `${'AWSLogs/'.repeat(14)}${index < free ? 'free' : 'locked'}`,
    VersionId: `v-${index}`,
  }));
  writeFileSync(join(folder, 'bucket.json'), JSON.stringify({ versions, calls: 0 }));
  const script = commands.replace(/^export BUCKET=.*$/m, `export BUCKET=${bucket}`);
  const env = { PATH: `${folder}${delimiter}${process.env['PATH']}` };
  execFileSync('bash', ['-c', script], { cwd: folder, env, timeout: 30_000, stdio: 'pipe' });
  const state = JSON.parse(readFileSync(join(folder, 'bucket.json'), 'utf8')) as {
    versions: unknown[];
    calls: number;
  };
  return { left: state.versions.length, calls: state.calls };
}

test.each([
  [0, 0, { left: 0, calls: 1 }],
  [1, 0, { left: 0, calls: 3 }],
  [2001, 0, { left: 0, calls: 7 }],
  [1500, 3, { left: 3, calls: 4 }],
])('a bucket of %d versions, and %d that are locked, is emptied of what may go', (free, locked, expected) => {
  expect(takeDown(free, locked)).toEqual(expected);
});

test('a bucket that may not be looked into ends the commands', () => {
  expect(takeDown(1, 0, 'forbidden')).toEqual({ left: 1, calls: 1 });
});
