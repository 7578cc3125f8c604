import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DynamoDbDeadLetterStore } from '../../../src/adapters/aws/dynamodb-dead-letter-store.ts';
import type { DeadLetter } from '../../../src/ports/dead-letter-store.ts';
import { type MessagingEndpoint, startMessaging } from '../../emulators/messaging.ts';
import { startTables, type TablesEndpoint } from '../../emulators/tables.ts';
import { temporaryFolder } from '../../infra/local/fixtures/temporary-folder.ts';
import { sallyport } from './sallyport-process.ts';

let tables: TablesEndpoint;
let messaging: MessagingEndpoint;
let env: Record<string, string>;

beforeAll(async () => {
  tables = await startTables();
  messaging = await startMessaging();
  env = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_MAX_ATTEMPTS: '1',
    AWS_ENDPOINT_URL_DYNAMODB: await urlOf(tables.client),
    AWS_ENDPOINT_URL_SQS: await urlOf(messaging.sqs),
  };
});

afterAll(async () => {
  await tables?.close();
  await messaging?.close();
});

async function urlOf({ config }: DynamoDBDocumentClient | SQSClient): Promise<string> {
  const { protocol, hostname, port } = (await config.endpoint?.()) ?? {};
  return `${protocol}//${hostname}:${port}`;
}

const letterOf = (id: string, queueArn: string): DeadLetter => ({
  schemaVersion: 1,
  id,
  queueArn,
  message: { body: `body of ${id}`, attributes: { kind: { dataType: 'String', value: 'é' } } },
  receiveCount: 6,
  sentAt: '2026-11-21T08:00:00.000Z',
  firstSeenAt: '2026-11-21T08:00:01.000Z',
  lastSeenAt: '2026-11-21T08:30:00.000Z',
  cause: { code: 'AccessDenied', message: 'ObjectStore.read was denied' },
});

describe('on DynamoDB and SQS, the process', () => {
  test('sends each letter back once, whole, and those that it can', async () => {
    const table = await tables.createTable('letters', 'id');
    const queue = await messaging.createQueue('trail');
    const letters = new DynamoDbDeadLetterStore({ client: tables.client, tableName: table });
    for (const id of ['a', 'b']) await letters.store(letterOf(id, queue.queueArn));
    await letters.store(letterOf('c', `${queue.queueArn.slice(0, -1)}_`));
    const redrive = (...args: string[]) =>
      sallyport(['trail', 'redrive', '--table', table, ...args], { env });

    const shown = await redrive('--dry-run');
    expect([shown.code, shown.stderr]).toEqual([
      0,
      '3 would be sent, 0 sent before, 0 dismissed before, 0 unknown, 0 failed\n',
    ]);
    expect(await queue.received()).toEqual([]);

    const first = await redrive();
    expect(first.stderr).toMatch(
      /^sallyport: c: .*QueueDoesNotExist.*\n2 sent, 0 sent before, 0 dismissed before, 0 unknown, 1 failed\n$/,
    );
    expect(first.code).toBe(2);
    expect((await redrive('--id', 'a', '--id', 'b')).stderr).toBe(
      '0 sent, 2 sent before, 0 dismissed before, 0 unknown, 0 failed\n',
    );
    const received = await queue.received();
    expect(received.map(({ Body }) => Body).sort()).toEqual(['body of a', 'body of b']);
    expect(received[0]?.MessageAttributes).toMatchObject({ kind: { DataType: 'String', StringValue: 'é' } });
  });

  test('dismisses letters, which are then never sent', async () => {
    const table = await tables.createTable('dismissed', 'id');
    const queue = await messaging.createQueue('dismissed');
    const letters = new DynamoDbDeadLetterStore({ client: tables.client, tableName: table });
    for (const id of ['a', 'b', 'c']) await letters.store(letterOf(id, queue.queueArn));
    const redrive = (...args: string[]) =>
      sallyport(['trail', 'redrive', '--table', table, ...args], { env });

    const byId = await redrive('--dismiss', '--id', 'a', '--json');
    expect([byId.code, byId.stdout.slice(0, 30)]).toEqual([0, '{"outcome":"dismissed","id":"a']);
    expect((await redrive('--id', 'a')).stderr).toBe(
      '0 sent, 0 sent before, 1 dismissed before, 0 unknown, 0 failed\n',
    );
    const byCause = await redrive('--dismiss', '--cause', 'AccessDenied');
    expect([byCause.code, byCause.stderr]).toEqual([
      0,
      '2 dismissed, 0 sent before, 0 dismissed before, 0 unknown, 0 failed\n',
    ]);
    expect((await redrive()).stdout).toBe('');
    expect(await queue.received()).toEqual([]);
  });

  test.each([[[]], [['--id', 'a']]])('asks, with %j, whether it is the right table', async args => {
    const table = await tables.createTable('uploads', 'id');
    await tables.client.send(new PutCommand({ TableName: table, Item: { id: 'a', upload: 'b' } }));
    const { code, stdout, stderr } = await sallyport(['trail', 'redrive', '--table', table, ...args], {
      env,
    });
    expect([code, stdout, stderr.split('\n')]).toEqual([
      2,
      '',
      [
        '0 sent, 0 sent before, 0 dismissed before, 0 unknown, 0 failed',
        `sallyport: ${table} holds an item that is no dead letter: is it the table of dead letters (output TrailDeadLettersTableName)?`,
        '',
      ],
    ]);
  });

  test.each<[string, Record<string, string | undefined>, RegExp]>([
    ['a table that is not there', {}, /ResourceNotFoundException/],
    ['no region', { AWS_REGION: undefined }, /Region is missing/],
    ['nobody at the endpoint', { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9' }, /ECONNREFUSED/],
  ])('tells of %s', async (_, variables, message) => {
    const { code, stdout, stderr } = await sallyport(['trail', 'redrive', '--table', 'no-such-table'], {
      env: { ...env, AWS_CONFIG_FILE: '/dev/null', ...variables },
    });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^0 sent, .+\nsallyport: .+\n$/);
  });
});

test('without the AWS SDK says what to install, and everything else works', async () => {
  const folder = temporaryFolder('no-sdk');
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  cpSync(join(root, 'src'), join(folder, 'src'), { recursive: true });
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(
    join(dirname(fileURLToPath(import.meta.resolve('zod/package.json')))),
    join(folder, 'node_modules/zod'),
  );
  const main = join(folder, 'src/handlers/cli/main.ts');

  const { code, stdout, stderr } = await sallyport(['trail', 'redrive', '--table', 'letters'], { env, main });
  expect([code, stdout, stderr]).toEqual([
    2,
    '',
    'sallyport: trail redrive needs the AWS SDK: npm install @aws-sdk/client-dynamodb @aws-sdk/lib-dynamodb @aws-sdk/client-sqs\n',
  ]);
  expect((await sallyport(['trail', 'redrive', '--help'], { main })).code).toBe(0);
  const analyzed = await sallyport(['trail', 'analyze', '-'], { main, stdin: '{"Records":[]}' });
  expect(analyzed.code).toBe(0);
});
