import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { FaultInjector } from '../../../src/adapters/memory/fault-injection.ts';
import { verifyTrailBy } from '../../../src/handlers/cli/verify-trail.ts';
import {
  bucket,
  firstHour,
  SignedChain,
  TrailWorld,
  trailKey,
} from '../../domain/trail/integrity/signed-trail.ts';
import { Collector, chunksOf, run } from './streams.ts';

const hour = 3_600_000;
let folder: string;
let world: TrailWorld;
let chain: SignedChain;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-verify-'));
  world = new TrailWorld();
  chain = new SignedChain(world);
  await chain.deliverHours(4);
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** The keys as the AWS CLI prints them. */
async function keyFile(name = 'keys.json', content?: unknown): Promise<string> {
  const list = {
    PublicKeyList: [
      {
        Value: Buffer.from(trailKey.value).toString('base64'),
        ValidityStartTime: '2026-11-01T00:00:00+00:00',
        ValidityEndTime: '2026-12-01T00:00:00+00:00',
        Fingerprint: trailKey.fingerprint,
      },
    ],
  };
  const path = join(folder, name);
  await writeFile(path, JSON.stringify(content ?? list));
  return path;
}

/** Copies the bucket into the folder, as `aws s3 sync` does. */
async function copy(into = 'copy'): Promise<string> {
  for await (const { key } of world.listing.list({ bucket, prefix: '' })) {
    const head = await world.objects.current({ bucket, key });
    const content = head && (await world.objects.read(head.ref));
    const chunks: Uint8Array[] = [];
    for await (const chunk of content?.body ?? []) chunks.push(chunk);
    const path = join(folder, into, key);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, Buffer.concat(chunks));
  }
  return join(folder, into);
}

const signLast = async (root: string) => {
  const last = chain.digest(-1);
  await writeFile(join(root, `${last.key}.signature`), `${last.signature}\n`);
};

/** The verb on the bucket in memory. */
async function verifyBucket(args: readonly string[], faults = new FaultInjector()) {
  const stdout = new Collector();
  const stderr = new Collector();
  const verb = verifyTrailBy(
    {
      openFiles: async () => ({
        listing: faults.wrap('listing', world.listing),
        files: faults.wrap('files', world.objects),
        close: () => undefined,
      }),
      openKeys: async () => world.keys,
    },
    world.clock,
  );
  const code = await verb.run(args, { stdin: chunksOf([]), stdout, stderr });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

const hours = ['--from', '2026-11-20T20:01:31Z', '--to', '2026-11-21T00:01:31Z'];

describe('a folder', () => {
  test('whose last signature lies beside its digest is valid', async () => {
    const root = await copy();
    await signLast(root);

    const { code, stdout, stderr } = await run(['trail', 'verify', '--public-keys', await keyFile(), root]);

    expect({ code, stderr }).toEqual({
      code: 0,
      stderr:
        'digests: 4 valid, 0 tampered, 0 missing, 0 unverifiable; logs: 8 valid, 0 tampered, 0 missing, 0 unverifiable; valid\n',
    });
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(12);
    expect(lines[0]).toBe(`valid         digest  ${root}/${chain.digest(-1).key}`);
    expect(lines.filter(line => line.startsWith('valid         log     '))).toHaveLength(8);
  });

  test('without it proves all but the last digest and its logs', async () => {
    const root = await copy();

    const { code, stdout } = await run([
      'trail',
      'verify',
      '--json',
      '--quiet',
      '--public-keys',
      await keyFile(),
      root,
    ]);

    expect(code).toBe(1);
    const { key, logs } = chain.digest(-1);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(lines[0]).toEqual({
      verdict: 'unverifiable',
      kind: 'digest',
      reason: 'no-signature',
      detail: 'no signature in its metadata, and no next digest that holds it',
      account: '111122223333',
      region: 'eu-central-1',
      bucket: root,
      key,
      from: null,
      to: null,
    });
    expect(lines.slice(1).map(line => [line.key, line.reason])).toEqual(
      logs.map(log => [log, 'digest-not-valid']),
    );
  });

  test("may be any one of the trail's own, and a copy below another prefix", async () => {
    const root = await copy('other/prefix');
    await signLast(root);
    const keys = await keyFile();
    const below = [
      '',
      '/',
      '/AWSLogs',
      '/AWSLogs/',
      '/AWSLogs/111122223333',
      '/AWSLogs/111122223333/CloudTrail',
    ];
    const region = '/AWSLogs/111122223333/CloudTrail-Digest/eu-central-1/';
    for (const path of [...below, region]) {
      const { code, stderr } = await run(['trail', 'verify', '--public-keys', keys, `${root}${path}`]);
      expect([path, code, stderr]).toEqual([path, 0, expect.stringContaining('digests: 4 valid')]);
    }
  });

  test('in which something is changed or missing is told so', async () => {
    const root = await copy();
    await signLast(root);
    const [changed = '', missing = ''] = chain.digest(0).logs;
    await writeFile(join(root, changed), gzipSync('{"Records":[]}'));
    await rm(join(root, missing));
    await rm(join(root, chain.digest(2).key));

    const { code, stdout, stderr } = await run([
      'trail',
      'verify',
      '--quiet',
      '--public-keys',
      await keyFile(),
      root,
    ]);

    expect(code).toBe(1);
    expect(stdout).toContain(`tampered      log     ${root}/${changed}  hash-mismatch: `);
    expect(stdout).toContain(`missing       log     ${root}/${missing}  deleted\n`);
    expect(stdout).toContain(`missing       digest  ${root}/${chain.digest(2).key}  deleted: `);
    expect(stderr).toContain('digests: 2 valid, 0 tampered, 1 missing, 1 unverifiable');
    expect(stderr).toMatch(/; broken\n$/);
  });

  test('that is not there, or holds no trail, is not valid', async () => {
    const keys = await keyFile();
    const none = join(folder, 'none');
    expect(await run(['trail', 'verify', '--public-keys', keys, none])).toEqual({
      ...{ code: 2, stdout: '' },
      stderr: `sallyport: the folder ${none} cannot be read: it is not there\n`,
    });
    const { code, stderr } = await run(['trail', 'verify', '--public-keys', keys, keys]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('is no folder')]);
    expect((await run(['trail', 'verify', '--public-keys', keys, folder])).code).toBe(1);
  });

  test('is verified by keys given for each region', async () => {
    const root = await copy();
    await signLast(root);
    const list = JSON.parse(JSON.stringify({ PublicKeyList: [] }));
    const other = await keyFile('other.json', { 'eu-central-1': list });
    const { code, stdout } = await run(['trail', 'verify', '--quiet', '--public-keys', other, root]);

    expect(code).toBe(1);
    expect(stdout).toContain(`unknown-key: no key ${trailKey.fingerprint} in the region`);
  });
});

describe('a bucket', () => {
  test('is verified up to now', async () => {
    const { code, stdout } = await verifyBucket(['--quiet', `s3://${bucket}`]);

    // Eight hours since the last digest, of which the last two are not due yet.
    expect(code).toBe(1);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map(line => line.slice(0, 20)),
    ).toEqual(Array(9).fill('missing       digest'));
    expect(stdout).toContain(
      `${bucket}/${chain.digestKey(firstHour + 5 * hour)}  expected: a digest is written each hour`,
    );
  });

  test('is verified for the hours that are asked for', async () => {
    expect(await verifyBucket([...hours, '--json', '--quiet', `s3://${bucket}/`])).toMatchObject({
      code: 0,
      stdout: '',
    });
    expect((await verifyBucket([...hours, '--region', 'us-east-1', `s3://${bucket}`])).code).toBe(1);
    expect(
      (
        await verifyBucket([
          ...hours,
          '--account',
          '111122223333',
          '--region',
          'eu-central-1',
          `s3://${bucket}`,
        ])
      ).code,
    ).toBe(0);
    expect((await verifyBucket([...hours, `s3://${bucket}/AWSLogs/111122223333/`])).code).toBe(0);
    expect((await verifyBucket([...hours, `s3://${bucket}/prefix`])).code).toBe(1);
  });

  test('that cannot be read is not valid, nor broken', async () => {
    const faults = new FaultInjector();
    faults.failCall(5, 'before', { kind: 'denied', code: 'AccessDenied' });
    const { code, stdout, stderr } = await verifyBucket([...hours, '--quiet', `s3://${bucket}`], faults);

    expect(code).toBe(2);
    expect(stdout).toContain('unreadable: ');
    expect(stdout).toContain('AccessDenied');
    expect(stderr).toMatch(
      /1 could not be read; indeterminate\nsallyport: these credentials, or the policy of what was asked, do not permit the call\n$/,
    );
  });
});

describe('the command line', () => {
  test.each([
    [[], 'give one folder'],
    [['a', 'b'], 'give one folder'],
    [[''], 'which names none'],
    [['s3://'], 'names no bucket'],
    [['s3://UPPER/a'], 'names no bucket'],
    [['s3:/bucket/a'], 'names no bucket: write s3://bucket/prefix'],
    [['S3://bucket'], 'names no bucket'],
    [['a/AWSLogs/111122223333/CloudTrail/eu-central-1/2026'], 'leads past a region'],
    [['a/AWSLogs/111122223333/Config/'], "leads past a region, or to no trail's files"],
    [['--from', 'yesterday', 'a'], '--from takes 2026-11-21 or'],
    [['--from', '2026-02-30', 'a'], '--from takes 2026-11-21 or'],
    [['--to', '2026-11-21T08:00:00', 'a'], '--to takes 2026-11-21 or'],
    [['--from', '2026-11-22', '--to', '2026-11-21', 'a'], '--from must lie before --to'],
    [['--account', '1', 'a'], '--account takes 12 digits'],
    [['--region', 'Europe', 'a'], '--region takes a region'],
    [
      ['--account', '444455556666', 'a/AWSLogs/111122223333'],
      '--account asks for another one than the path leads to, 111122223333',
    ],
    [
      ['--region', 'us-east-1', 'a/AWSLogs/111122223333/CloudTrail/eu-central-1'],
      '--region asks for another one than the path leads to, eu-central-1',
    ],
    [['--concurrency', '0', 'a'], '--concurrency takes a number'],
    [['--public-keys', 'none.json', '.'], 'the keys of none.json cannot be used: it is not there'],
  ])('%j is refused', async (args, message) => {
    const { code, stdout, stderr } = await run(['trail', 'verify', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  test('a file of keys that is none is refused', async () => {
    for (const content of [{}, [], 'text', { PublicKeyList: [{ Value: '%' }] }]) {
      const file = await keyFile('broken.json', content);
      const { code, stderr } = await run(['trail', 'verify', '--public-keys', file, folder]);
      expect([code, stderr]).toEqual([2, expect.stringContaining('cannot be used')]);
    }
  });

  test('--from and --to on the same day take the whole of it', async () => {
    const { code, stderr } = await verifyBucket([
      '--from',
      '2026-11-20',
      '--to',
      '2026-11-20',
      '--quiet',
      `s3://${bucket}`,
    ]);

    // Four digests cover hours of the day; the chain begins within it.
    expect([code, stderr]).toEqual([1, expect.stringContaining('digests: 4 valid, 0 tampered, 0 missing')]);
    expect(stderr).toContain('1 time is not proven');
  });

  test('tells how it is used', async () => {
    const { code, stdout } = await run(['trail', 'verify', '--help']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('Usage: sallyport trail verify')]);
  });
});
