import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ListKeysCommand } from '@aws-sdk/client-kms';
import { GetBucketVersioningCommand, HeadBucketCommand } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { LocalService, ServiceAnswer } from '../../../infra/local/account/local-service.ts';
import { createStsService } from '../../../infra/local/account/sts.ts';
import {
  type AssumedRoleClientsOptions,
  assumedRoleClients,
} from '../../../src/adapters/aws/assumed-role-clients.ts';
import { AwsResourceInventory } from '../../../src/adapters/aws/aws-resource-inventory.ts';
import { ManualClock } from '../../../src/adapters/memory/manual-clock.ts';
import { type LocalServicesEndpoint, startLocalServices } from '../../emulators/local-services.ts';

const own = { account: '111122223333', region: 'eu-central-1' };
const other = { account: '444455556666', region: 'eu-central-1' };
const start = '2026-11-21T08:00:00.000Z';

let clock: ManualClock;
let served: LocalServicesEndpoint;
let sts: STSClient;
let answerOfSts: LocalService;
let answerOfKms: LocalService;
/** Roles that may be assumed. */
let trusted: Set<string>;

beforeEach(async () => {
  clock = new ManualClock(start);
  trusted = new Set(['arn:aws:iam::444455556666:role/reader']);
  answerOfSts = createStsService({
    accountId: own.account,
    mayAssume: roleArn => trusted.has(roleArn),
    clock: () => clock.now(),
  });
  const empty = async (): Promise<ServiceAnswer> => ({ status: 200, body: '{}' });
  answerOfKms = empty;
  served = await startLocalServices({
    sts: request => answerOfSts(request),
    kms: request => answerOfKms(request),
    s3: empty,
    dynamodb: empty,
  });
  sts = new STSClient({
    region: 'eu-central-1',
    endpoint: served.endpoint,
    credentials: { accessKeyId: 'own', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
});

afterEach(async () => {
  sts.destroy();
  await served.close();
});

function settings() {
  return {
    endpoint: served.endpoint,
    credentials: { accessKeyId: 'own', secretAccessKey: 'test' },
    maxAttempts: 1,
  };
}

function clients(options: Partial<AssumedRoleClientsOptions> = {}) {
  return assumedRoleClients({
    ownAccount: own.account,
    roleName: 'reader',
    sts,
    clock,
    settings: settings(),
    ...options,
  });
}

const assumed = () =>
  served.requests
    .filter(({ service }) => service === 'sts')
    .map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
const callers = (service: string) =>
  served.requests.filter(request => request.service === service).map(({ accessKeyId }) => accessKeyId);

describe('clients', () => {
  test('of the own account call with its own credentials, and assume no role', async () => {
    await clients()(own).kms.send(new ListKeysCommand({}));

    expect(callers('kms')).toEqual(['own']);
    expect(assumed()).toEqual([]);
  });

  test('of another account call with those of the named role there', async () => {
    await clients()(other).kms.send(new ListKeysCommand({}));

    expect(assumed()).toEqual([
      {
        Action: 'AssumeRole',
        Version: '2011-06-15',
        RoleArn: 'arn:aws:iam::444455556666:role/reader',
        RoleSessionName: 'sallyport-compliance',
      },
    ]);
    expect(callers('kms')).toEqual([expect.stringMatching(/^ASIA/)]);
  });

  test('name the session and the external id that they are given, and the partition of the region', async () => {
    const china = { account: '444455556666', region: 'cn-north-1' };
    trusted.add('arn:aws-cn:iam::444455556666:role/audit/reader');
    const options = { roleName: 'audit/reader', sessionName: 'nightly', externalId: 'secret-word' };

    await clients(options)(china).kms.send(new ListKeysCommand({}));

    expect(assumed()).toEqual([
      expect.objectContaining({
        RoleArn: 'arn:aws-cn:iam::444455556666:role/audit/reader',
        RoleSessionName: 'nightly',
        ExternalId: 'secret-word',
      }),
    ]);
  });

  test('are the same for the same account and region, and ask nothing until they are used', () => {
    const clientsOf = clients();

    expect(clientsOf(other)).toBe(clientsOf({ ...other }));
    expect(clientsOf(other).kms).toBe(clientsOf(other).kms);
    expect(clientsOf(other)).not.toBe(clientsOf({ ...other, region: 'us-east-1' }));
    expect(clientsOf(other)).not.toBe(clientsOf(own));
    expect(served.requests).toEqual([]);
  });

  test('of all services and regions of an account share a session, also where all begin at once', async () => {
    const clientsOf = clients();
    const regions = ['eu-central-1', 'us-east-1'].map(region => clientsOf({ ...other, region }));

    await Promise.all(
      regions.flatMap(({ kms, dynamoDb }) => [
        kms.send(new ListKeysCommand({})),
        dynamoDb.send(new ListTablesCommand({})),
      ]),
    );

    expect(assumed()).toHaveLength(1);
    expect(new Set([...callers('kms'), ...callers('dynamodb')]).size).toBe(1);
    expect(
      served.requests
        .filter(({ service }) => service === 'kms')
        .map(({ region }) => region)
        .sort(),
    ).toEqual(['eu-central-1', 'us-east-1']);
  });

  /** Answers each call only when so many are there at one time. */
  function together(count: number): LocalService {
    let arrived = 0;
    let release = () => {};
    const all = new Promise<void>(resolve => {
      release = resolve;
    });
    return async () => {
      arrived += 1;
      if (arrived === count) release();
      await all;
      return { status: 200, body: '{}' };
    };
  }

  test('have sockets for all calls of the resources that are looked at, at one time', async () => {
    answerOfKms = together(80);
    const requestHandler = { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true };
    const { kms } = clients({ settings: { ...settings(), requestHandler }, concurrency: 10 })(own);

    await Promise.all(Array.from({ length: 80 }, () => kms.send(new ListKeysCommand({}))));

    expect(callers('kms')).toHaveLength(80);
  });

  test('keep connections open, but to buckets, each of which has its own host', async () => {
    let connections = 0;
    const server = createServer(({ headers }, outgoing) => {
      outgoing.end(headers['x-amz-target'] === undefined ? '<VersioningConfiguration/>' : '{}');
    });
    server.on('connection', () => {
      connections += 1;
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { kms, s3 } = clients({ settings: { ...settings(), endpoint } })(own);

    for (let call = 0; call < 3; call += 1) await kms.send(new ListKeysCommand({}));
    expect(connections).toBe(1);
    for (let call = 0; call < 3; call += 1) {
      await s3.send(new GetBucketVersioningCommand({ Bucket: 'files' }));
    }
    expect(connections).toBe(4);
    kms.destroy();
    await new Promise(resolve => server.close(resolve));
  });

  test('leave a request handler of choice as it is', async () => {
    const requestHandler = {
      handle: async () => {
        throw new Error('by the handler of choice');
      },
    };
    const { kms, s3 } = clients({ settings: { ...settings(), requestHandler } })(own);
    for (const call of [kms.send(new ListKeysCommand({})), s3.send(new HeadBucketCommand({ Bucket: 'b' }))]) {
      await expect(call).rejects.toThrow('by the handler of choice');
    }
  });

  test.each([
    ['for an answer', 1, { requestTimeout: 50, throwOnRequestTimeout: true }, 'ETIMEDOUT'],
    ['for a socket', 9, { connectionTimeout: 50 }, 'TimeoutError'],
  ])('that wait too long %s are throttled', async (_, calls, requestHandler, code) => {
    answerOfKms = together(calls + 1);
    const clientsOf = clients({ settings: { ...settings(), requestHandler }, concurrency: 1 });
    const inventory = new AwsResourceInventory({ clientsOf });

    const readings = Array.from({ length: calls }, () => inventory.list(own, 'kms-key'));

    expect(await Promise.race(readings)).toEqual({
      state: 'unreadable',
      reason: 'throttled',
      api: 'kms:ListKeys',
      code,
    });
    await Promise.all([served.close(), ...readings]);
  });

  test('have a new session five minutes before the old one ends', async () => {
    const clientsOf = clients();
    const callIn = (region: string) => clientsOf({ ...other, region }).kms.send(new ListKeysCommand({}));
    await callIn('eu-central-1');

    clock.advance(54 * 60_000);
    await callIn('us-east-1');
    expect(assumed()).toHaveLength(1);
    clock.advance(60_000);
    await callIn('eu-west-1');

    expect(assumed()).toHaveLength(2);
    const [first, second, third] = callers('kms');
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });
});

describe('an account whose role cannot be assumed', () => {
  const stranger = { account: '777788889999', region: 'eu-central-1' };

  test('is denied by sts:AssumeRole, and the others are read', async () => {
    const inventory = new AwsResourceInventory({ clientsOf: clients() });
    const denied = { state: 'unreadable', reason: 'denied', api: 'sts:AssumeRole', code: 'AccessDenied' };
    const secret = { type: 'secret', ...stranger, arn: 'arn:x', name: 'x' } as const;

    expect(await inventory.list(stranger, 'dynamodb-table')).toEqual(denied);
    expect(await inventory.describe(secret, ['encryption', 'policy'])).toEqual({
      encryption: denied,
      policy: denied,
    });
    expect(await inventory.describeKey(stranger, 'alias/x')).toEqual(denied);
    expect((await inventory.list(other, 'dynamodb-table')).state).toBe('read');
    expect((await inventory.list(own, 'dynamodb-table')).state).toBe('read');
  });

  test('is read once it may be', async () => {
    const inventory = new AwsResourceInventory({ clientsOf: clients() });
    await inventory.list(stranger, 'dynamodb-table');

    trusted.add('arn:aws:iam::777788889999:role/reader');

    expect((await inventory.list(stranger, 'dynamodb-table')).state).toBe('read');
  });

  test.each([
    ['Throttling', 400, 'throttled'],
    ['ExpiredToken', 403, 'denied'],
    ['RegionDisabledException', 403, 'denied'],
    ['InternalFailure', 500, 'failed'],
  ])('for %s is %s', async (code, status, reason) => {
    const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>x</Message></Error>`;
    answerOfSts = () => ({ status, body: `<ErrorResponse>${error}</ErrorResponse>` });
    const inventory = new AwsResourceInventory({ clientsOf: clients() });

    expect(await inventory.list(other, 'dynamodb-table')).toEqual({
      state: 'unreadable',
      reason,
      api: 'sts:AssumeRole',
      code,
    });
  });

  test('for an answer without credentials is not read with none', async () => {
    answerOfSts = () => ({
      status: 200,
      body: '<AssumeRoleResponse><AssumeRoleResult></AssumeRoleResult></AssumeRoleResponse>',
    });
    const inventory = new AwsResourceInventory({ clientsOf: clients() });

    expect(await inventory.list(other, 'dynamodb-table')).toEqual({
      state: 'unreadable',
      reason: 'failed',
      api: 'sts:AssumeRole',
      code: 'UnexpectedAnswer',
    });
    expect(callers('dynamodb')).toEqual([]);
  });
});
