import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { explainPortError } from '../../../src/handlers/cli/explain-port-error.ts';
import { PortError } from '../../../src/ports/failure.ts';
import { type CannedAnswer, startCannedAnswers } from '../../emulators/canned-answers.ts';
import { sallyport } from './sallyport-process.ts';

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'sallyport-home-'));
});
afterAll(async () => {
  await rm(home, { recursive: true });
});

const verify = ['trail', 'verify', '--from', '2026-11-01', '--to', '2026-11-04', 's3://trail-logs'];
const backfill = [
  ...['trail', 'backfill', 's3://trail-logs', '--from', '2026-11-01', '--to', '2026-11-04'],
  '--estimate',
];

/** The process, of which the SDK finds what is given and nothing else. */
const run = (args: readonly string[], env: Readonly<Record<string, string>>) =>
  sallyport(args, {
    env: {
      ...Object.fromEntries(
        Object.keys(process.env)
          .filter(name => name.startsWith('AWS_'))
          .map(name => [name, undefined]),
      ),
      ...{ HOME: home, AWS_EC2_METADATA_DISABLED: 'true', AWS_REGION: 'eu-central-1' },
      ...env,
    },
  });

const lastLine = (text: string) => text.trimEnd().split('\n').at(-1) ?? '';

test.each([
  ['none', {}],
  ['a profile that is none', { AWS_PROFILE: 'nobody' }],
])('without credentials (%s), each command says in its last line what to do', async (_, env) => {
  for (const args of [verify, backfill]) {
    const { code, stderr } = await run(args, env);
    expect([code, lastLine(stderr)]).toEqual([
      2,
      expect.stringMatching(/^sallyport: .*no usable credentials were found: name a profile \(AWS_PROFILE\)/),
    ]);
  }
});

const fault = (status: number, code: string): CannedAnswer => ({
  status,
  body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>why</Message></Error>`,
});

test.each([
  [fault(400, 'ExpiredToken'), 'the credentials have expired: sign in again'],
  [fault(403, 'InvalidAccessKeyId'), 'AWS does not know these credentials'],
  [fault(403, 'SignatureDoesNotMatch'), 'check AWS_SECRET_ACCESS_KEY'],
  [fault(404, 'NoSuchBucket'), 'there is no such bucket: check its name'],
  [fault(301, 'PermanentRedirect'), 'the bucket is of another region: set AWS_REGION'],
  [fault(403, 'AccessDenied'), 'do not permit the call'],
])('what S3 answers (%j) is told with what to do', async (answer, advice) => {
  const endpoint = await startCannedAnswers(answer);
  const env = {
    ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_MAX_ATTEMPTS: '1' },
    ...{ AWS_ENDPOINT_URL_S3: endpoint.endpoint },
  };
  try {
    const { code, stderr } = await run(verify, env);
    expect([code, lastLine(stderr)]).toEqual([2, expect.stringContaining(advice)]);
  } finally {
    await endpoint.close();
  }
});

const failing = (code: string, cause?: unknown) =>
  new PortError({
    ...{ kind: 'denied', operation: 'Store.get', code, message: `Store.get failed: ${code}` },
    ...{ cause },
  });

test('a fault is told on one line: the call, its cause, and the advice, which nothing crowds out', () => {
  const long = new Error(`a\n${'b'.repeat(5000)}`);
  const line = explainPortError(failing('ExpiredTokenException', long));
  expect(line).toMatch(/^Store\.get failed: ExpiredTokenException \(a\\u\{a\}b+/);
  expect(line).toMatch(/: the credentials have expired: .*new ones$/);
  expect(line.length).toBeLessThan(1200);
  expect(explainPortError(failing('Strange'))).toBe('Store.get failed: Strange');
  expect(explainPortError(failing('Strange', 'text'))).toBe('Store.get failed: Strange');
});
