import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { planFindingsBy } from '../../../src/handlers/cli/plan-findings.ts';
import { systemTimer } from '../../../src/handlers/cli/timer.ts';
import { findingEvent } from '../../domain/findings/sample-findings.ts';
import { temporaryFolder } from '../../infra/local/fixtures/temporary-folder.ts';
import { Collector, chunksOf, run } from './streams.ts';

const folder = temporaryFolder('plan-findings');

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

type Line = Record<string, unknown> & { readonly steps?: readonly Record<string, unknown>[] };

async function planJson(...args: string[]) {
  const { code, stdout } = await run(['finding', 'plan', '--json', ...args]);
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Line);
  return { code, lines };
}

const { detail } = findingEvent();
const severe = file('event.json', findingEvent());
const low = { ...detail, severity: 6 };
const sample = { ...detail, service: { additionalInfo: { sample: true } } };
const bad = { ...detail, severity: 'high' };
const bucket = {
  ...detail,
  type: 'Exfiltration:S3/MaliciousIPCaller',
  resource: { resourceType: 'S3Bucket', s3BucketDetails: [{ name: 'ledgers' }] },
};

describe('sallyport finding plan', () => {
  test('tells the steps, each with its call, its condition and its way back', async () => {
    const { code, lines } = await planJson(severe);
    expect(code).toBe(0);
    expect(lines).toHaveLength(1);
    const [line] = lines;
    expect(Object.keys(line ?? {})).toEqual([
      'file',
      'id',
      'type',
      'severity',
      'disposition',
      'outcome',
      'sample',
      'steps',
      'notes',
      'manual',
    ]);
    expect(line).toMatchObject({
      file: severe,
      type: 'UnauthorizedAccess:EC2/SSHBruteForce',
      severity: 8,
      disposition: 'contain-instance',
      outcome: 'planned',
      sample: false,
    });
    for (const step of line?.steps ?? []) {
      expect(Object.keys(step)).toEqual(['id', 'api', 'input', 'precondition', 'inverse', 'reversible']);
      expect(step['reversible']).toBe(true);
      expect(step['inverse'] === null).toBe(
        ['snapshot-volumes', 'close-inbound'].includes(String(step['id'])),
      );
    }
  });

  test('tells of a file of several each for itself', async () => {
    const { code, lines } = await planJson(file('several.json', { Findings: [detail, low, sample, bad] }));
    expect(code).toBe(1);
    expect(lines.map(({ index, outcome, sample: isSample }) => [index, outcome, isSample])).toEqual([
      [0, 'planned', false],
      [1, 'notify-only', false],
      [2, 'notify-only', true],
      [3, 'failed', undefined],
    ]);
    expect(lines[2]?.steps).toEqual([]);
    expect(lines[3]).toEqual({
      file: join(folder, 'several.json'),
      index: 3,
      outcome: 'failed',
      error: 'severity is no number',
    });
  });

  test('reads an array of answers of GetFindings, among others, and tells each finding by its id', async () => {
    const ids = ['a', 'b', 'c', 'd'];
    const [a, b, c, d] = ids.map(id => ({ ...detail, id }));
    const pages = [{ Findings: [a, b] }, { findings: [c] }, d];
    const { code, lines } = await planJson(file('pages.json', pages));
    expect(code).toBe(0);
    expect(lines.map(({ id, index }) => [id, index])).toEqual(ids.map((id, index) => [id, index]));
  });

  test.each([
    ['no JSON', '{', 'the file is no JSON'],
    ['no text', '\ufffd{', 'the file is no JSON'],
    ['no finding', '[]', 'the file holds no finding'],
    ['something else', '{"a":1}', /^id is missing; accountId is missing; /],
  ])('refuses %s', async (_, content, error) => {
    const { code, lines } = await planJson(file('refused.json', content));
    expect(code).toBe(1);
    expect(lines).toMatchObject([{ outcome: 'failed', error: expect.stringMatching(error) }]);
  });

  test('tells of the others where one cannot be read', async () => {
    const { code, lines } = await planJson(join(folder, 'none.json'), severe);
    expect(code).toBe(2);
    expect(lines).toMatchObject([
      { outcome: 'failed', error: expect.stringContaining('could not be read') },
      { outcome: 'planned' },
    ]);
  });

  test('reads stdin, after a byte-order mark too', async () => {
    const { code, stdout } = await run(
      ['finding', 'plan', '--json', '-'],
      [`\ufeff${JSON.stringify(findingEvent())}`],
    );
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      expect.objectContaining({ file: '-', outcome: 'planned' }),
    ]);
  });

  test('goes by the policy that it is given', async () => {
    const responder = 'arn:aws:iam::111122223333:role/a';
    const role = 'arn:aws:iam::111122223333:role/b';
    const args = ['--responder', responder, '--remediation-role', role, file('bucket.json', bucket)];
    expect(JSON.stringify((await planJson(...args)).lines)).toContain(JSON.stringify([responder, role]));
    expect((await planJson('--minimum-severity', '8.1', severe)).lines).toMatchObject([
      { outcome: 'notify-only' },
    ]);
    expect((await planJson('--account', '444455556666', severe)).lines).toMatchObject([
      { outcome: 'notify-only', notes: [{ code: 'actor' }, { code: 'other-account' }] },
    ]);
  });

  test('protects the roles of the pipeline, and those that are named', async () => {
    const roles = ['sallyport-dev-processor', 'admin-7', 'worker'].map(userName => ({
      ...detail,
      type: 'UnauthorizedAccess:IAMUser/TorIPCaller',
      resource: { accessKeyDetails: { userType: 'AssumedRole', userName } },
    }));
    const outcomes = async (...args: string[]) =>
      (await planJson(...args, file('roles.json', roles))).lines.map(({ outcome }) => outcome);
    expect(await outcomes()).toEqual(['notify-only', 'planned', 'planned']);
    expect(await outcomes('--protected-role', 'admin-*', '--protected-role', 'nobody')).toEqual([
      'notify-only',
      'notify-only',
      'planned',
    ]);
  });

  test('decides at the time that it is', async () => {
    const principal = { userType: 'AssumedRole', userName: 'worker' };
    const path = file('role.json', {
      ...detail,
      type: 'UnauthorizedAccess:IAMUser/TorIPCaller',
      resource: { resourceType: 'AccessKey', accessKeyDetails: principal },
    });
    const stdout = new Collector();
    const clock = { now: () => new Date('2026-11-21T09:00:00Z') };
    await planFindingsBy(clock, systemTimer).run(['--json', path], {
      stdin: chunksOf([]),
      stdout,
      stderr: new Collector(),
    });
    expect(stdout.text).toContain('2026-11-21T09:00:00.000Z');
  });

  test('says it to people', async () => {
    const { stdout } = await run(['finding', 'plan', severe, file('bad.json', bad)]);
    expect(stdout).toContain(
      `planned      ${severe}\n  UnauthorizedAccess:EC2/SSHBruteForce, severity 8: contain-instance\n`,
    );
    expect(stdout).toMatch(/^ {2} 1\. ec2:CreateTags +Mark the instance/m);
    expect(stdout).toMatch(/^ {2} 3\. ec2:CreateSnapshots .*No way back: evidence\.$/m);
    expect(stdout).toMatch(/^ {2}By hand:$/m);
    expect(stdout).toContain(`failed       ${join(folder, 'bad.json')}\n  severity is no number\n`);
    const several = await run(['finding', 'plan', file('samples.json', [sample, sample])]);
    expect(several.stdout).toContain(
      'samples.json [1]\n  UnauthorizedAccess:EC2/SSHBruteForce, severity 8, a sample',
    );
  });

  test.each([
    [[], 'give files'],
    [['--minimum-severity', '11', 'x'], 'a number from 1 to 10'],
    [['--minimum-severity', 'high', 'x'], 'a number from 1 to 10'],
    [['--account', '1', 'x'], 'an account of 12 digits'],
    [['--responder', 'x', 'x'], 'an ARN'],
    [['--remediation-role', 'arn:aws:iam::1:user/x', 'x'], 'the ARN of a role'],
  ])('refuses %j', async (args, why) => {
    const answer = await run(['finding', 'plan', ...args]);
    expect(answer).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(why) });
  });

  test('says how it is used', async () => {
    const { code, stdout } = await run(['finding', 'plan', '--help']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('Usage: sallyport finding plan')]);
    expect(stdout).toContain('s3:DeleteBucketPolicy, s3:DeletePublicAccessBlock');
  });
});
