import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  samplePublicKeys,
  trailPublicKeysContract,
} from '../../../src/adapters/contracts/trail-public-keys-contract.ts';
import { FileTrailPublicKeys } from '../../../src/adapters/node/file-trail-public-keys.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-keys-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function fileOf(content: string): Promise<FileTrailPublicKeys> {
  const file = join(folder, `${crypto.randomUUID()}.json`);
  await writeFile(file, content);
  return new FileTrailPublicKeys({ file });
}

/** As the AWS CLI prints keys, in either of its forms for times. */
const listOf = (time: (text: string) => unknown) => ({
  PublicKeyList: samplePublicKeys.map(({ fingerprint, value, validFrom, validTo }) => ({
    Value: Buffer.from(value).toString('base64'),
    ValidityStartTime: time(validFrom),
    ValidityEndTime: time(validTo),
    Fingerprint: fingerprint,
  })),
});
const iso = (text: string) => text.replace('.000Z', '+00:00');
const epoch = (text: string) => Date.parse(text) / 1000;
const whole = ['2026-10-01T00:00:00.000Z', '2026-12-01T00:00:00.000Z'] as const;

describe.each([
  ['ISO 8601', iso],
  ['seconds', epoch],
])(`the contract of ${trailPublicKeysContract.port}, with times in %s`, (_, time) => {
  test.each(trailPublicKeysContract.cases)('$name', async ({ run }) => {
    const keys = await fileOf(JSON.stringify({ 'eu-central-1': listOf(time) }));
    return run({ keys, region: 'eu-central-1', emptyRegion: 'eu-west-1' });
  });
});

test('one list serves every region', async () => {
  const keys = await fileOf(JSON.stringify(listOf(iso)));

  expect(await keys.ofRegion('eu-central-1', ...whole)).toHaveLength(2);
  expect(await keys.ofRegion('us-east-1', ...whole)).toHaveLength(2);
});

test('a region is not a property of objects', async () => {
  const keys = await fileOf(JSON.stringify({ 'eu-central-1': listOf(iso) }));

  expect(await keys.ofRegion('constructor', ...whole)).toEqual([]);
});

test.each(['', 'null', '[]', '{}', '{"PublicKeyList":{}}', '{"PublicKeyList":[{}]}', '{"eu-central-1":[]}'])(
  'a file that holds %j cannot be used',
  async content => {
    await expect((await fileOf(content)).ofRegion('eu-central-1', ...whole)).rejects.toMatchObject({
      kind: 'permanent',
      code: 'InvalidKeyFile',
    });
  },
);

test('a file that is not there, and a folder, cannot be used', async () => {
  const absent = new FileTrailPublicKeys({ file: join(folder, 'none.json') });
  await expect(absent.ofRegion('eu-central-1', ...whole)).rejects.toMatchObject({
    kind: 'not-found',
    code: 'InvalidKeyFile',
  });
  const unreadable = new FileTrailPublicKeys({ file: folder });
  await expect(unreadable.ofRegion('eu-central-1', ...whole)).rejects.toMatchObject({ code: 'EISDIR' });
});
