import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import { trailRulePacks } from '../../../src/domain/trail/rule-packs.ts';
import { temporaryFolder } from '../../infra/local/fixtures/temporary-folder.ts';
import { run } from './streams.ts';

/** A record, by its name and what else it says. */
const record = (eventName: string, facts: object = {}) => ({
  eventVersion: '1.08',
  userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/ada', accountId: '111122223333' },
  eventTime: '2026-11-21T08:00:00Z',
  eventSource: 'iam.amazonaws.com',
  eventName,
  awsRegion: 'eu-central-1',
  sourceIPAddress: '198.51.100.7',
  eventID: 'e1',
  recipientAccountId: '111122223333',
  ...facts,
});

const log = (...records: readonly object[]) => JSON.stringify({ Records: records });
const signIn = record('ConsoleLogin');
const userMade = record('CreateUser', { eventID: 'e2' });
const nothing = record('DescribeInstances', { eventID: 'e3' });
const digest = JSON.stringify({
  awsAccountId: '111122223333',
  digestS3Object: 'AWSLogs/111122223333/CloudTrail-Digest/x.json.gz',
  logFiles: [],
});

const home = process.cwd();
afterEach(() => process.chdir(home));

/** Goes into a folder with these files. */
function enter(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = temporaryFolder('analyze');
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  process.chdir(folder);
  return folder;
}

const analyze = (args: readonly string[], stdin?: Iterable<Uint8Array | string>) =>
  run(['trail', 'analyze', ...args], stdin);

const summary = (stderr: string) =>
  stderr
    .split('\n')
    .at(-2)
    ?.replace(/ \(\d+\.\d s\)$/, '');

interface Line {
  readonly rule: string;
  readonly eventID: string | null;
  readonly file: string;
}

/** What `--json` says, as `file rule eventID`. */
async function matches(args: readonly string[], stdin?: Iterable<Uint8Array | string>): Promise<string[]> {
  const { stdout } = await analyze(['--json', ...args], stdin);
  return stdout
    .split('\n')
    .slice(0, -1)
    .map(line => JSON.parse(line) as Line)
    .map(({ rule, eventID, file }) => `${file} ${rule} ${eventID}`);
}

describe('--json', () => {
  test('writes these keys in this order, a line for each record and rule', async () => {
    enter({
      'a.json': log(signIn),
      'rules.json': JSON.stringify({
        monitoredEvents: ['ConsoleLogin'],
        rules: [{ id: 'r', title: 'R', monitoredEvents: ['ConsoleLogin'] }],
      }),
    });
    const line = (rule: string) =>
      `{"rule":"${rule}","eventID":"e1","eventName":"ConsoleLogin","eventTime":"2026-11-21T08:00:00Z",` +
      '"principal":"arn:aws:iam::111122223333:user/ada","sourceIPAddress":"198.51.100.7","file":"a.json"}\n';
    const { code, stdout, stderr } = await analyze(['a.json', '--rules', 'rules.json', '--json']);
    expect([code, stdout]).toEqual([0, line('ConsoleLogin') + line('r')]);
    expect(summary(stderr)).toBe('1 file, 1 record, 1 matched, 0 skipped, 0 failed');
  });

  test.each<[string, object, object]>([
    ['the ARN', { userIdentity: { arn: 'a', invokedBy: 'b', type: 'c' } }, { principal: 'a' }],
    ['else the service', { userIdentity: { invokedBy: 'b', type: 'c' } }, { principal: 'b' }],
    ['else the type', { userIdentity: { type: 'c' } }, { principal: 'c' }],
    ['else null', { userIdentity: {} }, { principal: null }],
    ['null of no identity', { userIdentity: null }, { principal: null }],
    [
      'null of what is absent',
      { eventID: undefined, sourceIPAddress: undefined },
      { eventID: null, sourceIPAddress: null },
    ],
    ['null of what is no text', { eventTime: 5, eventID: ['x'] }, { eventTime: null, eventID: null }],
    ['what the record says, to the letter', { eventID: 'a\u202e\n"\\' }, { eventID: 'a\u202e\n"\\' }],
  ])('gives %s', async (_, facts, expected) => {
    enter({ 'a.json': log(record('ConsoleLogin', facts)) });
    const { stdout } = await analyze(['--json', 'a.json']);
    expect(JSON.parse(stdout)).toMatchObject(expected);
    expect(stdout.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

describe('a log is read', () => {
  const text = log(signIn, nothing, userMade);
  test.each<[string, string | Uint8Array]>([
    ['a.json', text],
    ['a.json.gz', gzipSync(text)],
    ['no-gz-name.json', gzipSync(text)],
    ['no-gz.gz', text],
    ['bom.json', `\ufeff${text}`],
    ['bom.json.gz', gzipSync(`\ufeff${text}`)],
    ['members.gz', Buffer.concat([gzipSync(text.slice(0, 50)), gzipSync(text.slice(50))])],
    ['array.json', JSON.stringify([signIn, nothing, userMade])],
    ['lines.jsonl', [signIn, nothing, userMade].map(line => JSON.stringify(line)).join('\n')],
    ['indented.json', JSON.stringify({ Records: [signIn, nothing, userMade] }, null, 2)],
    ['any name', text],
    ['line\nfeed.json', text],
    ['--rules', text],
    ['-', text],
  ])('%j', async (name, content) => {
    enter({ [name]: content });
    const found = [`${name} console-sign-in e1`, `${name} iam-users-and-keys e2`];
    expect(await matches(['--', name])).toEqual(found);
    expect(await matches([`./${name}`])).toEqual(found.map(line => `./${line}`));
  });

  test('from stdin', async () => {
    enter({ 'a.json': log(userMade) });
    const chunks = [...gzipSync(text)].map(byte => Uint8Array.of(byte));
    expect(await matches(['-', 'a.json'], chunks)).toEqual([
      '- console-sign-in e1',
      '- iam-users-and-keys e2',
      'a.json iam-users-and-keys e2',
    ]);
  });

  test('as often as it is given, in the order given', async () => {
    enter({ 'a/a.json': log(signIn), 'b.json': log(userMade) });
    expect(await matches(['b.json', 'a', 'b.json', './a/'])).toEqual([
      'b.json iam-users-and-keys e2',
      'a/a.json console-sign-in e1',
      'b.json iam-users-and-keys e2',
      './a/a.json console-sign-in e1',
    ]);
  });
});

describe('exit codes and counts', () => {
  test.each<[number, string, string[], Record<string, string | Uint8Array>]>([
    [0, '1 file, 2 records, 1 matched, 0 skipped, 0 failed', ['a.json'], { 'a.json': log(signIn, nothing) }],
    [0, '1 file, 1 record, 0 matched, 0 skipped, 0 failed', ['a.json'], { 'a.json': log(nothing) }],
    [0, '1 file, 0 records, 0 matched, 0 skipped, 0 failed', ['a.json'], { 'a.json': log() }],
    [0, '0 files, 0 records, 0 matched, 0 skipped, 0 failed', ['.'], {}],
    [
      0,
      '3 files, 1 record, 1 matched, 2 skipped, 0 failed',
      ['.'],
      { 'a.json': log(signIn), README: 'x', 'd.json.gz': gzipSync(digest) },
    ],
    [2, '1 file, 0 records, 0 matched, 0 skipped, 1 failed', ['gone'], {}],
    [2, '2 files, 1 record, 1 matched, 0 skipped, 1 failed', ['gone', 'a.json'], { 'a.json': log(signIn) }],
    [2, '1 file, 0 records, 0 matched, 0 skipped, 1 failed', ['a.json'], { 'a.json': '' }],
    [2, '1 file, 0 records, 0 matched, 0 skipped, 1 failed', ['README'], { README: 'Read me' }],
  ])('%i, %s', async (code, counts, args, files) => {
    enter(files);
    const { code: given, stderr } = await analyze(args);
    expect([given, summary(stderr)]).toEqual([code, counts]);
  });

  test('a folder with logs of other services and digests: those are skipped, and not read', async () => {
    const delivered = 'AWSLogs/o-a1b2/111122223333';
    const folder = enter({
      [`${delivered}/CloudTrail/eu-central-1/a.json.gz`]: gzipSync(log(signIn)),
      [`${delivered}/CloudTrail/eu-central-1/b`]: log(signIn),
      [`${delivered}/CloudTrail-Digest/eu-central-1/c.json.gz`]: 'no digest',
      [`${delivered}/Config/eu-central-1/d.json.gz`]: gzipSync('{"configurationItems":[]}'),
      [`${delivered}/elasticloadbalancing/eu-central-1/e.log`]: 'h2 2026-11-21T08:00:00Z',
      'copy/AWSLogs.json': log(signIn),
    });
    const counts = '6 files, 3 records, 3 matched, 3 skipped, 0 failed';
    const { code, stderr } = await analyze(['.']);
    expect([code, summary(stderr)]).toEqual([0, counts]);

    process.chdir(join(folder, delivered, 'Config'));
    const named = await analyze(['eu-central-1/d.json.gz']);
    expect([named.code, named.stderr]).toEqual([2, expect.stringContaining('d.json.gz: not-a-log')]);
  });

  test.each<[string, string[], Record<string, string>]>([
    ['.', ['.'], {}],
    ['x\\u{a}', ['x\n'], { 'x\n/README': '' }],
    ['d.json', ['d.json'], { 'd.json': digest }],
    ['the 2 files and folders given', ['d.json', 'empty'], { 'd.json': digest, 'empty/README': '' }],
    ['stdin', ['-'], {}],
  ])('where no log was found, in %s, that is said', async (place, args, files) => {
    enter(files);
    const { code, stdout, stderr } = await analyze(args, [digest]);
    expect([code, stdout, stderr.split('\n')[0]]).toEqual([0, '', `sallyport: no log was found in ${place}`]);
    expect(stderr.split('\n')).toHaveLength(3);
  });

  test.each<[string, string[], Record<string, string>]>([
    ['a log of no records', ['a.json'], { 'a.json': log() }],
    ['a log that could not be read', ['.'], { 'a.json': '{', README: '' }],
    ['one log beside others', ['.'], { 'a.json': log(nothing), README: '' }],
  ])('it is not said of %s', async (_, args, files) => {
    enter(files);
    expect((await analyze(args)).stderr).not.toContain('no log was found');
  });

  test('a bad file takes no other with it, and gives what it held before the fault', async () => {
    const whole = log(signIn, userMade);
    const zipped = gzipSync(log(signIn));
    const damaged = Uint8Array.from(zipped);
    damaged.set([0xff, 0xff, 0xff, 0xff], damaged.length - 8);
    const folder = enter({
      'a.json': log(signIn),
      'b.json': whole.slice(0, -30),
      'c.json.gz': damaged,
      'd/e.json': log(userMade),
      'f.json': '{"Records":7}',
      'h.json': log(userMade),
    });
    symlinkSync('gone', join(folder, 'g.json'));
    const { code, stdout, stderr } = await analyze(['--json', '.', 'none.json', 'a.json']);
    const files = stdout
      .split('\n')
      .slice(0, -1)
      .map(line => (JSON.parse(line) as Line).file);
    expect(files).toEqual(['./a.json', './b.json', './c.json.gz', './d/e.json', './h.json', 'a.json']);
    expect(code).toBe(2);
    expect(stderr.split('\n').slice(0, -2)).toEqual([
      expect.stringMatching(/^sallyport: \.\/b\.json: truncated: ./),
      expect.stringMatching(/^sallyport: \.\/c\.json\.gz: damaged-gzip: ./),
      expect.stringMatching(/^sallyport: \.\/f\.json: not-a-log: ./),
      'sallyport: ./g.json: ENOENT: no such file or directory',
      'sallyport: none.json: ENOENT: no such file or directory',
    ]);
    expect(summary(stderr)).toMatch(/^9 files, \d records, 6 matched, 0 skipped, 5 failed$/);
  });

  test('stdin that breaks is a file that could not be read', async () => {
    enter({ 'a.json': log(signIn) });
    function* broken(): Generator<string> {
      yield log(signIn).slice(0, 9);
      throw Object.assign(new Error('EIO: i/o\x1b[2J error, read'), { syscall: 'read' });
    }
    const { code, stdout, stderr } = await analyze(['-', 'a.json'], broken());
    expect([code, stdout.split('\n').length]).toEqual([2, 2]);
    expect(stderr).toMatch(/^sallyport: -: EIO: i\/o\\u\{1b\}\[2J error\n2 files/);
  });
});

describe('wrong usage and unusable rules answer 2, and nothing is read', () => {
  test.each<[string[], RegExp]>([
    [[], /give files or folders/],
    [['--json'], /give files or folders/],
    [['--frob', 'a.json'], /unknown option "--frob"\nTry 'sallyport trail analyze --help'/],
    [['--rules'], /--rules needs a value/],
    [['--rules=', 'a.json'], /--rules names a file or a pack\n/],
    [['a.json', ''], /files or folders given is "", which names none\n/],
    [['--', ''], /files or folders given is "", which names none\n/],
    [['-', '-'], /given once/],
    [
      ['a.json', 's3://trail-logs/AWSLogs'],
      /"s3:\/\/trail-logs\/AWSLogs": logs are read from this machine alone/,
    ],
    [['--rules', 'gone.json', 'a.json'], /gone\.json cannot be read \(ENOENT\).+account-changes/],
    [['--rules', 'no-pack', 'a.json'], /"no-pack" is no pack/],
    [
      ['--rules', 'bad.json', 'a.json'],
      /bad\.json: monitoredEvents\[1\]: .+\n- .+bad\.json: unknown key "monitored"\n/,
    ],
    [['--rules', 'text', 'a.json'], /not JSON/],
    [['--rules', '.', 'a.json'], /EISDIR/],
  ])('%j', async (args, message) => {
    enter({
      'a.json': log(signIn),
      'bad.json': '{"monitored":[],"monitoredEvents":["ConsoleLogin",5]}',
      text: 'ConsoleLogin',
    });
    const { code, stdout, stderr } = await analyze(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/ files?, /);
  });
});

describe('rules', () => {
  test('monitored_events.json of the reference works as it is', async () => {
    enter({
      'monitored_events.json': '{\n  "monitoredEvents": ["ConsoleLogin", "DescribeInstances"]\n}\n',
      'a.json': log(signIn, nothing, userMade),
    });
    expect(await matches(['--rules', 'monitored_events.json', 'a.json'])).toEqual([
      'a.json ConsoleLogin e1',
      'a.json DescribeInstances e3',
    ]);
  });

  test('of a pack are named, and ./ names the file', async () => {
    enter({ 'account-changes': '{"monitoredEvents":["DescribeInstances"]}', 'a.json': log(signIn, nothing) });
    expect(await matches(['--rules=account-changes', 'a.json'])).toEqual(['a.json console-sign-in e1']);
    expect(await matches(['--rules=./account-changes', 'a.json'])).toEqual(['a.json DescribeInstances e3']);
  });

  test('of every pack stand in the help, with every title', async () => {
    const { code, stdout, stderr } = await analyze(['--help']);
    expect([code, stderr]).toEqual([0, '']);
    for (const [pack, { rules = [] }] of Object.entries(trailRulePacks)) {
      expect(stdout).toContain(`Rules of ${pack}:`);
      for (const { id, title } of rules) expect(stdout).toMatch(new RegExp(`^  ${id} +${title}$`, 'm'));
    }
  });
});

describe('for people', () => {
  test('columns that stand one below the other', async () => {
    enter({
      'a.json': log(
        signIn,
        record('CreateUser', { userIdentity: { type: 'Root' }, sourceIPAddress: '2001:db8::1' }),
      ),
      'b.json': log(record('ConsoleLogin', { userIdentity: null, eventTime: null, sourceIPAddress: null })),
    });
    const { stdout } = await analyze(['a.json', 'b.json']);
    const lines = stdout.split('\n').slice(0, -1);
    expect(lines.map(line => line.split(/ {2,}/))).toEqual([
      [
        '2026-11-21T08:00:00Z',
        'console-sign-in',
        'ConsoleLogin',
        'arn:aws:iam::111122223333:user/ada',
        '198.51.100.7',
        'a.json',
      ],
      ['2026-11-21T08:00:00Z', 'iam-users-and-keys', 'CreateUser', 'Root', '2001:db8::1', 'a.json'],
      ['-', 'console-sign-in', 'ConsoleLogin', '-', '-', 'b.json'],
    ]);
    expect(new Set(lines.map(line => line.search(/[ab]\.json$/))).size).toBe(1);
  });

  test('a hostile record or file name cannot write on the terminal', async () => {
    const hostile = 'x\ny\x1b[2J\u202e\u200b';
    enter({
      [`${hostile}.json`]: log(record('ConsoleLogin', { sourceIPAddress: hostile, eventTime: hostile })),
    });
    const { stdout, stderr } = await analyze(['.', `${hostile}.gone`]);
    expect(stdout.split('\n')).toHaveLength(2);
    expect(stderr.split('\n')).toHaveLength(3);
    expect((stdout + stderr).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

test('many matches come whole and in order', async () => {
  const records = Array.from({ length: 20_000 }, (_, index) =>
    record('ConsoleLogin', { eventID: `e${index}` }),
  );
  enter({ 'a.json.gz': gzipSync(log(...records)) });
  const found = await matches(['a.json.gz']);
  expect(found).toEqual(records.map(({ eventID }) => `a.json.gz console-sign-in ${eventID}`));
});
