import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { MemoryResourceInventory } from '../../../src/adapters/memory/memory-resource-inventory.ts';
import type { InventoryRequest } from '../../../src/handlers/cli/open-inventory.ts';
import { scanComplianceBy } from '../../../src/handlers/cli/scan-compliance.ts';
import type { ExitCode } from '../../../src/handlers/cli/verb.ts';
import type { Unreadable } from '../../../src/ports/reading.ts';
import {
  account,
  accountResource,
  awsOwned,
  ownKey,
  region,
  table,
} from '../../domain/compliance/scan-fixtures.ts';
import { temporaryFolder } from '../../infra/local/fixtures/temporary-folder.ts';
import { sallyport } from './sallyport-process.ts';
import { Collector, chunksOf, run } from './streams.ts';

const folder = temporaryFolder('compliance');
const file = (name: string) => join(folder, name);
const denied: Unreadable = {
  state: 'unreadable',
  reason: 'denied',
  api: 'sqs:ListQueues',
  code: 'AccessDenied',
};
const keys = [
  { scope: { account, region }, keyId: ownKey.arn, reading: { state: 'read', value: ownKey } },
] as const;
const facts = {
  capturedAt: '2026-11-21T08:00:00.000Z',
  unread: [{ scope: { account, region }, type: 'sqs-queue', reading: denied }],
  resources: [
    accountResource,
    table('good'),
    table('bad', { encryption: awsOwned }),
    table('=unknown', { encryption: { ...denied, api: 'dynamodb:DescribeTable' } }),
  ],
  keys,
};

beforeAll(() => {
  writeFileSync(file('facts.json'), JSON.stringify(facts));
  writeFileSync(
    file('good.json'),
    JSON.stringify({ ...facts, unread: [], resources: [accountResource, table('good')] }),
  );
  const exemption = { resource: '*', check: '*', owner: 'me', reason: 'later', expires: '2026-11-21' };
  writeFileSync(file('exempt.json'), JSON.stringify({ exemptions: [exemption] }));
  writeFileSync(file('lax.json'), JSON.stringify({ encryption: { floor: 'aws-owned' } }));
  writeFileSync(file('typo.json'), JSON.stringify({ encryption: { flor: 'none' } }));
  writeFileSync(file('no-facts.json'), JSON.stringify({ resources: [{ resource: { type: 'x' } }] }));
  writeFileSync(file('text.json'), 'not JSON');
});

const report = (...args: string[]) => run(['compliance', 'report', ...args]);

interface ResultLine {
  readonly name?: string;
  readonly check?: string;
  readonly verdict: string;
  readonly exempt?: boolean;
  readonly grade?: string;
  readonly unlisted?: string;
}

function linesOf(stdout: string): ResultLine[] {
  return stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as ResultLine);
}

const encryptionOf = (lines: readonly ResultLine[]) =>
  lines
    .filter(({ check }) => check === 'dynamodb-table-encryption')
    .map(({ name, verdict, grade }) => ({ name, verdict, grade }));

describe('sallyport compliance report', () => {
  test('gives every result as a line of JSON, and what could not be listed', async () => {
    const { code, stdout } = await report('--json', file('facts.json'));
    expect(code).toBe(1);
    const lines = linesOf(stdout);
    expect(encryptionOf(lines)).toEqual([
      { name: 'good', verdict: 'pass', grade: 'customer-managed' },
      { name: 'bad', verdict: 'fail', grade: 'aws-owned' },
      { name: '=unknown', verdict: 'indeterminate', grade: 'indeterminate' },
    ]);
    expect(lines[0]).toEqual({
      unlisted: 'sqs-queue',
      account,
      region,
      verdict: 'indeterminate',
      reason: 'denied',
      api: 'sqs:ListQueues',
      code: 'AccessDenied',
    });
    const bad = lines.find(({ name, verdict }) => name === 'bad' && verdict === 'fail');
    expect(bad).toMatchObject({
      resource: `arn:aws:dynamodb:${region}:${account}:table/bad`,
      severity: 'medium',
      exempt: false,
      remedy: expect.stringContaining('customer-managed key'),
      references: expect.arrayContaining([{ source: 'AWS Config', id: expect.any(String) }]),
    });
  });

  test('shows people what does not pass, and sums up', async () => {
    const { code, stdout, stderr } = await report(file('facts.json'));
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).toContain('not listed     sqs-queue of 111122223333 in eu-central-1: denied');
    expect(stdout).toMatch(/^fail +medium dynamodb-table-encryption arn:.*table\/bad: .* To do: /m);
    expect(stdout).toMatch(/^indeterminate +medium dynamodb-table-encryption arn:.*=unknown/m);
    expect(stdout).not.toContain('table/good');
    expect(stdout).toMatch(
      / results: \d+ pass, 1 fail, 0 fail and are exempt, 1 indeterminate, 1 places not listed\n$/,
    );
  });

  test.each([
    ['could not be judged', { unread: [], resources: [accountResource, facts.resources[3]] }],
    ['could not be listed', { resources: [accountResource, table('good')] }],
  ])('answers 1 where all passes but what %s', async (_, rest) => {
    writeFileSync(file('in-part.json'), JSON.stringify({ ...facts, ...rest }));
    for (const format of ['text', 'json', 'csv', 'asff']) {
      expect((await report('--format', format, file('in-part.json'))).code).toBe(1);
    }
  });

  test('says nothing of what to do about what is exempt, and names faults in print', async () => {
    const { stdout } = await report('--policy', file('exempt.json'), file('facts.json'));
    expect(stdout).toMatch(/^exempt +medium dynamodb-table-encryption arn:.*table\/bad: /m);
    expect(stdout).not.toContain('To do:');
    writeFileSync(file('misnamed.json'), JSON.stringify({ ...facts, 'x\u001b[31m': 1 }));
    const { code, stderr } = await report(file('misnamed.json'));
    expect(code).toBe(2);
    expect(stderr).toContain('cannot be used:');
    expect(stderr).not.toContain('\u001b');
  });

  test('answers 0 where all passes', async () => {
    expect(await report(file('good.json'))).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/ 0 fail, /),
    });
  });

  test('goes by a policy, whose exemptions count on the day the file was captured', async () => {
    const exempt = await report('--json', '--policy', file('exempt.json'), file('facts.json'));
    expect(linesOf(exempt.stdout).filter(({ exempt }) => exempt)).toMatchObject([
      { name: 'bad', verdict: 'fail', exemption: { owner: 'me', expires: '2026-11-21' } },
    ]);
    const lax = await report('--json', '--policy', file('lax.json'), file('facts.json'));
    expect(encryptionOf(linesOf(lax.stdout))[1]).toEqual({
      name: 'bad',
      verdict: 'pass',
      grade: 'aws-owned',
    });
  });

  test('answers 1 where there is nothing to judge', async () => {
    writeFileSync(file('empty.json'), JSON.stringify({ ...facts, unread: [], resources: [] }));
    expect(await report(file('empty.json'))).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^0 results: /),
    });
  });

  test('tells how many exemptions have expired', async () => {
    const exemption = { resource: '*', check: '*', owner: 'me', reason: 'later', expires: '2026-11-20' };
    writeFileSync(file('expired.json'), JSON.stringify({ exemptions: [exemption, exemption] }));
    const { stdout, stderr } = await report('--policy', file('expired.json'), file('facts.json'));
    expect(stderr).toBe('Exemptions of the policy that have expired, and count as none: 2\n');
    expect(stdout).toContain(' 0 fail and are exempt, ');
    expect((await report('--policy', file('exempt.json'), file('facts.json'))).stderr).toBe('');
  });

  test('writes CSV that a spreadsheet takes for text', async () => {
    const { stdout } = await report('--format', 'csv', file('facts.json'));
    const lines = stdout.split('\r\n');
    expect(lines[0]).toMatch(/^account,region,type,resource,check,/);
    expect(lines.at(-1)).toBe('');
    expect(lines.filter(line => line.includes('"dynamodb-table-encryption"'))).toHaveLength(3);
    expect(lines.filter(line => line.includes('"inventory"'))).toEqual([
      expect.stringMatching(
        /^"111122223333","eu-central-1","sqs-queue","",.*"sqs:ListQueues denied AccessDenied"$/,
      ),
    ]);
  });

  test('writes what is not right in the AWS Security Finding Format', async () => {
    const findings = JSON.parse((await report('--format', 'asff', file('facts.json'))).stdout) as object[];
    expect(findings).toMatchObject([
      {
        Compliance: { Status: 'WARNING' },
        Resources: [{ Type: 'AwsAccount' }],
        Description: expect.stringContaining('sqs-queue could not be listed'),
      },
      { SchemaVersion: '2018-10-08', AwsAccountId: account, Compliance: { Status: 'FAILED' } },
      { Compliance: { Status: 'WARNING' } },
    ]);
    expect(JSON.parse((await report('--format', 'asff', file('good.json'))).stdout)).toEqual([]);
  });

  test.each(['json', 'csv', 'asff'])('sums up on stderr, where stdout is for a machine: %s', async format => {
    const { stdout, stderr } = await report('--format', format, file('facts.json'));
    expect(stdout).not.toContain(' results: ');
    expect(stderr).toMatch(/^\d+ results: \d+ pass, 1 fail, .*, 1 places not listed\n$/);
  });

  test('reads stdin', async () => {
    expect(await run(['compliance', 'report', '-'], [readFileSync(file('good.json'))])).toMatchObject({
      code: 0,
    });
  });

  test.each<[string, string[], RegExp]>([
    ['a file that is not there', [file('none.json')], /none\.json: ENOENT/],
    ['a folder', [folder], /is a folder/],
    ['what is no JSON', [file('text.json')], /text\.json: is no JSON/],
    ['what is no inventory', [file('no-facts.json')], /capturedAt/],
    ['a policy with a typo', ['--policy', file('typo.json'), file('good.json')], /flor/],
    [
      'a policy that is not there',
      ['--policy', file('none.json'), file('good.json')],
      /none\.json cannot be read \(ENOENT\)/,
    ],
    ['two files', [file('good.json'), file('facts.json')], /give one inventory file/],
    ['no file', [], /give files/],
    [
      'a format that there is not',
      ['--format', 'xml', file('good.json')],
      /--format takes text, json, csv, asff/,
    ],
  ])('refuses %s with exit code 2', async (_, args, expected) => {
    const { code, stdout, stderr } = await report(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(expected);
  });

  test('runs as a program', async () => {
    const { code, stdout } = await sallyport(['compliance', 'report', '--json', file('facts.json')]);
    expect(code).toBe(1);
    expect(linesOf(stdout).length).toBeGreaterThan(5);
  });
});

describe('sallyport compliance scan', () => {
  const inventory = () => {
    const memory = new MemoryResourceInventory({ resources: facts.resources, keys, pageSize: 2 });
    memory.refuse({ account, region }, 'sqs-queue', denied);
    return memory;
  };
  let asked: InventoryRequest | undefined;

  async function scan(
    ...args: string[]
  ): Promise<{ code: ExitCode; stdout: string; stderr: string; closed: boolean }> {
    const [stdout, stderr] = [new Collector(), new Collector()];
    let closed = false;
    let tick = (): void => undefined;
    const verb = scanComplianceBy(
      async request => {
        asked = request;
        if (request.regions?.includes('throws')) throw new Error('no such region');
        return {
          inventory: {
            list: (...at) => {
              tick();
              return memory.list(...at);
            },
            describe: (...at) => memory.describe(...at),
            describeKey: (...at) => memory.describeKey(...at),
          },
          account,
          regions: request.regions ?? [region],
          close: () => {
            closed = true;
          },
        };
      },
      {
        now: () => 0,
        every: (_, then) => {
          tick = then;
          return () => undefined;
        },
      },
    );
    const memory = inventory();
    const code = await verb.run(args, { stdin: chunksOf([]), stdout, stderr });
    return { code, stdout: stdout.text, stderr: stderr.text, closed };
  }

  test('judges what there is, and tells on stderr how far it is', async () => {
    const { code, stdout, stderr, closed } = await scan('--json');
    expect([code, closed]).toEqual([1, true]);
    expect(encryptionOf(linesOf(stdout))).toHaveLength(3);
    expect(linesOf(stdout).some(({ unlisted }) => unlisted === 'sqs-queue')).toBe(true);
    expect(stderr).toMatch(/^\d of 8 lists read, \d+ results: [\w-]+ of 111122223333 in eu-central-1$/m);
    expect(asked).toMatchObject({ roleName: 'sallyport-compliance-reader', regions: undefined });
  });

  test('writes facts from which the report gives the same results', async () => {
    const scanned = await scan(
      '--json',
      '--region',
      region,
      '--role',
      'reader',
      '--facts',
      file('captured.json'),
    );
    expect(asked).toMatchObject({ roleName: 'reader', regions: [region] });
    const reported = await report('--json', file('captured.json'));
    expect(reported.code).toBe(scanned.code);
    expect(linesOf(reported.stdout).toSorted(byText)).toEqual(linesOf(scanned.stdout).toSorted(byText));
  });

  test('asks nothing of an account where the facts cannot be written, and keeps what they were', async () => {
    asked = undefined;
    await expect(scan('--facts', join(folder, 'none', 'facts.json'))).rejects.toThrow(
      /none\/facts\.json cannot be written \(ENOENT\)/,
    );
    expect(asked).toBe(undefined);

    writeFileSync(file('before.json'), 'before');
    await expect(scan('--facts', file('before.json'), '--region', 'throws')).rejects.toThrow(
      'no such region',
    );
    expect(readFileSync(file('before.json'), 'utf8')).toBe('before');
  });

  test.each<[string, string[], RegExp]>([
    ['an account that is none', ['--account', '12'], /--account takes 12 digits/],
    ['a region that is none', ['--region', 'EU West'], /--region takes/],
    ['a concurrency of nothing', ['--concurrency', '0'], /--concurrency takes a whole number from 1 to 100/],
    ['operands', ['eu-central-1'], /named by options/],
    ['facts without a name', ['--facts', ''], /--facts is empty/],
  ])('refuses %s', async (_, args, expected) => {
    await expect(scan(...args)).rejects.toThrow(expected);
  });
});

function byText(a: object, b: object): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}
