import { DeleteObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SignedChain, TrailWorld, trailKey } from '../../domain/trail/integrity/signed-trail.ts';
import { type S3Endpoint, startS3 } from '../../emulators/local-s3.ts';
import { type LocalServicesEndpoint, startLocalServices } from '../../emulators/local-services.ts';
import { sallyport } from './sallyport-process.ts';

let s3: S3Endpoint;
let client: S3Client;
let cloudTrail: LocalServicesEndpoint;

beforeAll(async () => {
  s3 = await startS3();
  client = s3.client();
  cloudTrail = await startLocalServices({
    cloudtrail: ({ region }) => ({
      status: 200,
      headers: { 'content-type': 'application/x-amz-json-1.1' },
      body: JSON.stringify({
        PublicKeyList:
          region === 'eu-central-1'
            ? [
                {
                  Fingerprint: trailKey.fingerprint,
                  Value: Buffer.from(trailKey.value).toString('base64'),
                  ValidityStartTime: Date.parse('2020-01-01') / 1000,
                  ValidityEndTime: Date.parse('2999-01-01') / 1000,
                },
              ]
            : [],
      }),
    }),
  });
});

afterAll(async () => {
  client?.destroy();
  await cloudTrail?.close();
  await s3?.close();
});

const hour = 3_600_000;

/** Four hours of a trail in a bucket of S3, of which the last ends six hours ago: what is there is due. */
async function delivered() {
  const name = await s3.createBucket('trail-logs');
  const world = new TrailWorld([name]);
  const chain = new SignedChain(world, { bucket: name, prefix: 'a/prefix/' });
  const start = Math.floor((Date.now() - 10 * hour) / 1000) * 1000;
  await chain.deliverHours(4, start);
  for (const head of world.objects.list(name)) {
    const content = await world.objects.read(head.ref);
    const chunks: Uint8Array[] = [];
    for await (const chunk of content?.body ?? []) chunks.push(chunk);
    await client.send(
      new PutObjectCommand({
        Bucket: name,
        Key: head.ref.key,
        Body: Buffer.concat(chunks),
        Metadata: { ...head.metadata },
      }),
    );
  }
  const verify = (...args: readonly string[]) =>
    sallyport(
      [
        ...['trail', 'verify', '--json', '--from', new Date(start).toISOString()],
        ...['--to', new Date(start + 4 * hour).toISOString(), ...args, `s3://${name}/a/prefix`],
      ],
      {
        env: {
          AWS_REGION: 'us-east-1',
          AWS_ACCESS_KEY_ID: 'test',
          AWS_SECRET_ACCESS_KEY: 'test',
          AWS_MAX_ATTEMPTS: '1',
          AWS_ENDPOINT_URL_S3: s3.endpoint,
          AWS_ENDPOINT_URL_CLOUDTRAIL: cloudTrail.endpoint,
        },
      },
    );
  return { name, chain, verify };
}

describe('on S3 and CloudTrail, the process', () => {
  test('proves each file by the signatures in the metadata and the keys of the region', async () => {
    const { verify, chain } = await delivered();

    const { code, stdout, stderr } = await verify();

    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/digests: 4 valid.*logs: 8 valid.*; valid\n$/s),
    });
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(lines).toHaveLength(12);
    expect(lines[0]).toMatchObject({ verdict: 'valid', kind: 'digest', key: chain.digest(-1).key });
    expect(cloudTrail.requests.at(-1)).toMatchObject({
      region: 'eu-central-1',
      target: expect.stringMatching(/\.ListPublicKeys$/),
    });
  });

  test('tells of a digest that is deleted, and of a region that is not there', async () => {
    const { name, verify, chain } = await delivered();
    await client.send(new DeleteObjectCommand({ Bucket: name, Key: chain.digest(1).key }));

    const { code, stdout } = await verify('--quiet');

    expect(code).toBe(1);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(lines.map(line => [line.verdict, line.reason])).toEqual([
      ['missing', 'deleted'],
      ['unverifiable', 'not-in-digest'],
      ['unverifiable', 'not-in-digest'],
    ]);
    expect((await verify('--region', 'us-east-1')).code).toBe(1);
  });
});

test('without a region, the process says what is missing', async () => {
  const env = {
    AWS_REGION: undefined,
    AWS_DEFAULT_REGION: undefined,
    AWS_PROFILE: undefined,
    HOME: '/nonexistent',
  };
  const { code, stderr } = await sallyport(['trail', 'verify', 's3://trail-logs'], { env });

  expect([code, stderr]).toEqual([2, expect.stringContaining('name a region: AWS_REGION')]);
});
