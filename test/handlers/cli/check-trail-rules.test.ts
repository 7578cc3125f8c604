import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { trailRulePacks } from '../../../src/domain/trail/rule-packs.ts';
import { compileTrailRules } from '../../../src/domain/trail/trail-rules.ts';
import { checkTrailRulesBy } from '../../../src/handlers/cli/check-trail-rules.ts';
import { systemTimer } from '../../../src/handlers/cli/timer.ts';
import { Collector, chunksOf, run } from './streams.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-check-rules-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const record = { eventName: 'StopLogging' };
const rule = { id: 'stop', monitoredEvents: ['StopLogging'] };
const good = file('good.json', { rules: [{ ...rule, examples: { match: [record], noMatch: [{}] } }] });
const wrong = file('wrong.json', {
  rules: [
    { ...rule, examples: { match: [{}, record], noMatch: [record] } },
    { id: 'by-pattern', pattern: { a: [1] }, examples: { match: [{ a: 2 }] } },
  ],
});
const broken = file('broken.json', { rules: [{ id: 'a', pattern: { 'b\u001b': [{ prefix: 1 }] } }] });

const check = (...args: readonly string[]) => run(['trail', 'rules', 'check', ...args]);

describe('exit codes', () => {
  test.each<[number, string[]]>([
    [0, [good]],
    [0, Object.keys(trailRulePacks)],
    [1, [wrong]],
    [1, [broken]],
    [1, [good, broken]],
    [2, [join(folder, 'gone.json'), broken]],
    [2, []],
    [2, ['-', '-']],
    [2, ['--frob', good]],
  ])('%i for %j', async (code, args) => {
    expect((await check(...args)).code).toBe(code);
  });

  test('a file on stdin', async () => {
    const answer = await run(['trail', 'rules', 'check', '-'], ['{"monitored', 'Events":["a"]}']);
    expect(answer).toEqual({ code: 0, stdout: 'valid       -: 1 rule, 0 examples\n', stderr: '' });
  });
});

describe('packs', () => {
  test('by commas are checked together, as they are used elsewhere', async () => {
    const names = ['account-changes', 'cis-aws-foundations'];
    const counts = names.map(name => compileTrailRules({ packs: [name] }).rules.length);
    const { code, stdout } = await check(names.join(', '));
    expect([code, stdout.split('\n').length]).toEqual([0, 2]);
    const total = counts.reduce((sum, count) => sum + count, 0);
    expect(stdout).toMatch(new RegExp(`^valid {7}account-changes, cis-aws-foundations: ${total} rules, `));
  });

  test.each([
    ['account-changes,cis-aws-foundation', '"cis-aws-foundation" is no pack: there is account-changes, '],
    ['cis-aws-foundation', '"cis-aws-foundation" is no pack: there is account-changes, '],
    ['account-changes,', '"" is no pack: there is account-changes, '],
  ])('%j is told as what it is not', async (names, fault) => {
    const { code, stdout } = await check(names);
    expect([code, stdout]).toEqual([2, expect.stringContaining(`            ${fault}`)]);
  });

  test('stand before a file of that name, as they do where rules are used', async () => {
    const before = process.cwd();
    file('account-changes', '{');
    process.chdir(folder);
    try {
      expect((await check('account-changes')).code).toBe(0);
      expect((await check('./account-changes')).code).toBe(1);
    } finally {
      process.chdir(before);
    }
  });
});

test('says of a good file how much it holds', async () => {
  expect((await check(good)).stdout).toBe(`valid       ${good}: 1 rule, 2 examples\n`);
});

test('names each example that does not come out as it says', async () => {
  expect((await check(wrong)).stdout.split('\n').slice(1, -1)).toEqual([
    '            rule stop: examples.match[0] is not matched',
    '            rule stop: examples.noMatch[0] is matched',
    '            rule by-pattern: examples.match[0] is not matched',
    '            note: rule by-pattern: the pattern asks for "a", which the records of CloudTrail do not have',
  ]);
});

test('names the place in a pattern, and shows nothing as it is', async () => {
  const { stdout } = await check(broken);
  expect(stdout).toContain('rules[0].pattern.b\\u{1b}[0].prefix: ');
  expect(stdout).not.toContain('\u001b');
});

test('--json tells a machine', async () => {
  const { stdout } = await check('--json', good, wrong, join(folder, 'gone.json'));
  const lines = stdout.trim().split('\n');
  expect(lines.map(line => JSON.parse(line))).toMatchObject([
    { file: good, verdict: 'valid', rules: 1, examples: 2, faults: [], notes: [] },
    { file: wrong, verdict: 'invalid', rules: 2, examples: 4, faults: { length: 3 }, notes: { length: 1 } },
    { verdict: 'unreadable', faults: ['ENOENT: no such file or directory'] },
  ]);
});

test('a file that is too large is no valid one', async () => {
  const large = file('large.json', ' '.repeat(4 * 2 ** 20 + 1));
  expect(await check(large)).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('more than 4194304 bytes'),
  });
});

test('notes suppressions that count no more; they are no fault', async () => {
  const suppression = { pattern: { a: ['b'] }, owner: 'o', reason: 'r' };
  const path = file('suppressed.json', {
    rules: [
      {
        ...rule,
        suppress: [
          { ...suppression, expires: '2026-11-22T08:00:00Z' },
          { ...suppression, expires: '2026-11-22' },
        ],
      },
    ],
  });
  const verb = checkTrailRulesBy(systemTimer, () => new Date('2026-11-22T08:00:00Z'));
  const stdout = new Collector();
  expect(await verb.run([path], { stdin: chunksOf([]), stdout, stderr: new Collector() })).toBe(0);
  expect(stdout.text.split('\n').slice(1, -1)).toEqual([
    '            note: rule stop: suppress[0] has expired (2026-11-22T08:00:00.000Z), and counts as none',
  ]);
});

describe('notes rules that most likely match nothing; they are no fault', () => {
  test.each<[object, string]>([
    [{ monitoredEvents: ['Delete*'] }, '"Delete*" is looked for to the letter'],
    [{ monitoredEvents: ['iam:CreateUser'] }, '"iam:CreateUser" is looked for to the letter'],
    [{ pattern: { eventName: ['Create User'] } }, '"Create User" is looked for to the letter'],
    [{ pattern: { $or: [{ eventName: ['A'] }, { eventName: ['B*'] }] } }, '"B*" is looked for'],
    [{ pattern: { eventName: [5] } }, 'the eventName 5 is no text'],
    [
      { pattern: { useridentity: { type: ['Root'] } } },
      '"useridentity", which the records of CloudTrail do not have; they have userIdentity',
    ],
    [{ pattern: { 'user\u001b': ['x'] } }, '"user\\u{1b}", which'],
  ])('%j', async (asked, note) => {
    const answer = await check(file('doubtful.json', { rules: [{ id: 'a', ...asked }] }));
    expect(answer.code).toBe(0);
    expect(answer.stdout).toContain('            note: rule a: ');
    expect(answer.stdout).toContain(note);
  });

  test('what is in no doubt has no notes, and of many the first are named', async () => {
    const asked = {
      eventName: [{ prefix: 'Delete' }, { wildcard: 'Get*' }, { 'anything-but': ['a*'] }],
      'userIdentity.type': ['Root'],
      requestParameters: { policy: ['*'] },
    };
    const rules = [{ id: 'a', pattern: asked }];
    const many = { id: 'b', monitoredEvents: Array.from({ length: 9 }, (_, at) => `A${at}*`) };
    expect((await check(file('sure.json', { rules }))).stdout).not.toContain('note');
    expect((await check(...Object.keys(trailRulePacks))).stdout).not.toContain('note');
    const { stdout } = await check(file('many.json', { rules: [many] }));
    expect(stdout.match(/ note: /g)).toHaveLength(6);
    expect(stdout).toContain('note: rule b: … and more');
  });
});
