import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { objectListingContract } from '../../../src/adapters/contracts/object-listing-contract.ts';
import { FolderObjects } from '../../../src/adapters/node/folder-objects.ts';
import type { ObjectBody, ObjectStore } from '../../../src/ports/object-store.ts';

let above: string;
let folder: string;
let objects: FolderObjects;

beforeEach(async () => {
  above = await mkdtemp(join(tmpdir(), 'sallyport-folder-'));
  folder = join(above, 'root');
  await mkdir(folder);
  objects = new FolderObjects({ folder, bucket: 'files' });
});

afterEach(async () => {
  await rm(above, { recursive: true });
});

async function put(key: string, bytes: Uint8Array | string = 'x'): Promise<void> {
  await mkdir(dirname(join(folder, key)), { recursive: true });
  await writeFile(join(folder, key), bytes);
}

/** What writes the objects that the contract lists. */
const store: Pick<ObjectStore, 'current' | 'put'> = {
  current: target => objects.current(target),
  async put({ bucket, key }, body: ObjectBody) {
    await put(key, body instanceof Uint8Array ? body : '');
    return { outcome: 'stored', ref: { bucket, key, versionId: 'null' }, etag: '' };
  },
};

describe(`the contract of ${objectListingContract.port}`, () => {
  test.each(objectListingContract.cases)('$name', ({ run }) =>
    run({
      listing: objects,
      store,
      bucket: 'files',
      absentBucket: 'others',
      uniquePrefix: () => `${crypto.randomUUID()}/`,
      hide: ({ key }) => rm(join(folder, key)),
    }),
  );
});

async function keysOf(prefix: string): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const { key } of objects.list({ bucket: 'files', prefix })) keys.push(key);
  return keys;
}

async function bytesOf(key: string, range?: { first: number; last: number }): Promise<string | undefined> {
  const content = await objects.read(
    { bucket: 'files', key, versionId: 'null' },
    range === undefined ? {} : { range },
  );
  if (content === undefined) return undefined;
  const chunks: Uint8Array[] = [];
  for await (const chunk of content.body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

test('a file is read, whole or in part', async () => {
  await put('a/b.txt', 'content');

  expect(await bytesOf('a/b.txt')).toBe('content');
  expect(await bytesOf('a/b.txt', { first: 1, last: 3 })).toBe('ont');
  expect(await objects.read({ bucket: 'files', key: 'a/b.txt', versionId: 'v1' })).toBeUndefined();
});

test('the signature beside a file is in its metadata', async () => {
  await put('a.json.gz');
  await put('a.json.gz.signature', ' 0a0b\n');
  await put('b.json.gz');
  await put('c.json.gz');
  await put('c.json.gz.signature', 'a'.repeat(5000));
  const metadata = async (key: string) => (await objects.current({ bucket: 'files', key }))?.metadata;

  expect(await metadata('a.json.gz')).toEqual({ signature: '0a0b' });
  expect(await metadata('b.json.gz')).toEqual({});
  expect(await metadata('c.json.gz')).toEqual({});
});

test.each(['../secret', 'a/../../secret', '/etc/passwd', 'a//b', './a', 'a/.', 'a\0', '', 'a/', 'a'])(
  'the key %j names nothing',
  async key => {
    await put('a/b');
    await writeFile(join(above, 'secret'), 'x');
    expect(await objects.current({ bucket: 'files', key })).toBeUndefined();
    expect(await objects.read({ bucket: 'files', key, versionId: 'null' })).toBeUndefined();
  },
);

test('links are followed, but no folder is listed twice, nor one outside by a hostile prefix', async () => {
  await put('real/a');
  await mkdir(join(folder, 'more'));
  await symlink(join(folder, 'real'), join(folder, 'more', 'linked'));
  await symlink(folder, join(folder, 'real', 'loop'));
  await symlink(join(folder, 'nowhere'), join(folder, 'dangling'));

  expect(await keysOf('real/')).toEqual(['real/a', 'real/loop/more/linked/a']);
  expect(await keysOf('')).toHaveLength(1);
  expect(await keysOf('../')).toEqual([]);
});

test('a folder that is not there is an absent bucket, and so is a file', async () => {
  await put('file');
  for (const [at, bucket] of [
    [join(folder, 'none'), 'files'],
    [join(folder, 'file'), 'files'],
    [folder, 'others'],
  ] as const) {
    const subject = new FolderObjects({ folder: at, bucket: 'files' });
    await expect(subject.current({ bucket, key: 'a' })).rejects.toMatchObject({
      kind: 'not-found',
      code: 'NoSuchBucket',
    });
  }
});

test('what may not be read is denied', async () => {
  await put('closed/a');
  await chmod(join(folder, 'closed'), 0o000);
  const denied = { kind: 'denied', code: 'EACCES' };
  try {
    // Whoever may do everything is let in.
    if (process.getuid?.() === 0) expect(await keysOf('closed/')).toEqual(['closed/a']);
    else await expect(keysOf('closed/')).rejects.toMatchObject(denied);
  } finally {
    await chmod(join(folder, 'closed'), 0o700);
  }
});
