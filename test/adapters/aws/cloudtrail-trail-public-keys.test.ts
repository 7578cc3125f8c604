import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { afterEach, describe, expect, test } from '@jest/globals';
import { CloudTrailTrailPublicKeys } from '../../../src/adapters/aws/cloudtrail-trail-public-keys.ts';
import {
  samplePublicKeys,
  trailPublicKeysContract,
} from '../../../src/adapters/contracts/trail-public-keys-contract.ts';
import {
  type CannedAnswer,
  type CannedEndpoint,
  jsonAnswer,
  startCannedAnswers,
} from '../../emulators/canned-answers.ts';
import { type LocalServicesEndpoint, startLocalServices } from '../../emulators/local-services.ts';

const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function clientOf(endpoint: string, region: string): CloudTrailClient {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new CloudTrailClient({ region, endpoint, credentials, maxAttempts: 1 });
  closing.push(() => client.destroy());
  return client;
}

const listed = (key: (typeof samplePublicKeys)[number]) => ({
  Fingerprint: key.fingerprint,
  Value: Buffer.from(key.value).toString('base64'),
  ValidityStartTime: Date.parse(key.validFrom) / 1000,
  ValidityEndTime: Date.parse(key.validTo) / 1000,
});

/** ListPublicKeys by its documented behaviour, in one region, a key on each page. */
async function startCloudTrail(): Promise<LocalServicesEndpoint> {
  const served = await startLocalServices({
    cloudtrail: ({ body, region }) => {
      const { StartTime, EndTime, NextToken = '0' } = JSON.parse(body);
      const keys = samplePublicKeys
        .map(listed)
        .filter(key => key.ValidityStartTime <= EndTime && key.ValidityEndTime >= StartTime);
      const page = region === 'eu-central-1' ? keys.slice(Number(NextToken), Number(NextToken) + 1) : [];
      const next =
        Number(NextToken) + 1 < keys.length && page.length > 0 ? `${Number(NextToken) + 1}` : undefined;
      return {
        status: 200,
        headers: { 'content-type': 'application/x-amz-json-1.1' },
        body: JSON.stringify({ PublicKeyList: page, NextToken: next }),
      };
    },
  });
  closing.push(() => served.close());
  return served;
}

describe(`the contract of ${trailPublicKeysContract.port}`, () => {
  test.each(trailPublicKeysContract.cases)('$name', async ({ run }) => {
    const { endpoint } = await startCloudTrail();
    const keys = new CloudTrailTrailPublicKeys({ clientOf: region => clientOf(endpoint, region) });
    await run({ keys, region: 'eu-central-1', emptyRegion: 'eu-west-1' });
  });
});

async function answering(
  ...answers: readonly CannedAnswer[]
): Promise<[CloudTrailTrailPublicKeys, CannedEndpoint]> {
  const canned = await startCannedAnswers(...answers);
  closing.push(() => canned.close());
  const keys = new CloudTrailTrailPublicKeys({ clientOf: region => clientOf(canned.endpoint, region) });
  return [keys, canned];
}

const time = ['2026-10-05T00:00:00.000Z', '2026-10-06T00:00:00.000Z'] as const;

test('a request names the time, and the page', async () => {
  const keyOnPage = listed(
    samplePublicKeys[0] ?? { fingerprint: '', value: new Uint8Array(), validFrom: '', validTo: '' },
  );
  const [keys, canned] = await answering(
    jsonAnswer(200, { PublicKeyList: [keyOnPage], NextToken: 'next' }),
    jsonAnswer(200, {}),
  );

  expect(await keys.ofRegion('eu-central-1', ...time)).toHaveLength(1);
  expect(canned.requests.map(body => JSON.parse(body))).toEqual([
    { StartTime: Date.parse(time[0]) / 1000, EndTime: Date.parse(time[1]) / 1000 },
    { StartTime: Date.parse(time[0]) / 1000, EndTime: Date.parse(time[1]) / 1000, NextToken: 'next' },
  ]);
});

test('a key that lacks a fact is left out, and the others are told', async () => {
  const whole = samplePublicKeys.map(listed);
  const poor = ['Fingerprint', 'Value', 'ValidityStartTime', 'ValidityEndTime'].map(name =>
    Object.fromEntries(Object.entries(whole[0] ?? {}).filter(([field]) => field !== name)),
  );
  const [keys] = await answering(jsonAnswer(200, { PublicKeyList: [...poor, ...whole] }));

  expect(await keys.ofRegion('eu-central-1', ...time)).toHaveLength(2);
});

test('a page that names itself as the next one is a fault', async () => {
  const [keys, canned] = await answering(jsonAnswer(200, { PublicKeyList: [], NextToken: 'again' }));

  await expect(keys.ofRegion('eu-central-1', ...time)).rejects.toMatchObject({
    kind: 'retryable',
    code: 'UnexpectedAnswer',
  });
  expect(canned.requests).toHaveLength(2);
});

test.each([
  ['AccessDeniedException', 400, 'denied'],
  ['ThrottlingException', 400, 'throttled'],
  ['InternalFailure', 500, 'retryable'],
  ['InvalidTimeRangeException', 400, 'permanent'],
])('%s is %s', async (code, status, kind) => {
  const [keys] = await answering(jsonAnswer(status, { __type: code, message: 'x' }));

  await expect(keys.ofRegion('eu-central-1', ...time)).rejects.toMatchObject({
    kind,
    code,
    operation: 'TrailPublicKeys.ofRegion',
  });
});
