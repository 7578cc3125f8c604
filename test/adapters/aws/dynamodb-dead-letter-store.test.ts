import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  DynamoDbDeadLetterStore,
  type DynamoDbDeadLetterStoreOptions,
} from '../../../src/adapters/aws/dynamodb-dead-letter-store.ts';
import { deadLetterStoreContract } from '../../../src/adapters/contracts/dead-letter-store-contract.ts';
import type { DeadLetter, StoredDeadLetter } from '../../../src/ports/dead-letter-store.ts';
import { jsonAnswer, startCannedAnswers } from '../../emulators/canned-answers.ts';
import { startTables, type TablesEndpoint, tablesClient } from '../../emulators/tables.ts';

let tables: TablesEndpoint;
let tableName: string;

beforeAll(async () => {
  tables = await startTables();
  tableName = await tables.createTable('dead-letters', 'id');
});
afterAll(() => tables.close());

function letterStore(options: Partial<DynamoDbDeadLetterStoreOptions> = {}): DynamoDbDeadLetterStore {
  return new DynamoDbDeadLetterStore({ client: tables.client, tableName, ...options });
}

describe(`the contract of ${deadLetterStoreContract.port}`, () => {
  test.each(deadLetterStoreContract.cases)('$name', ({ run }) => run({ store: letterStore() }));
});

describe(`the contract of ${deadLetterStoreContract.port}, two letters a page`, () => {
  const lists = deadLetterStoreContract.cases.filter(({ name }) => name.includes('letters'));
  test.each(lists)('$name', ({ run }) => run({ store: letterStore({ pageSize: 2 }) }));
});

function letterOf(fields: Partial<DeadLetter> = {}): DeadLetter {
  return {
    schemaVersion: 1,
    id: crypto.randomUUID(),
    queueArn: 'arn:aws:sqs:eu-central-1:111122223333:sallyport-trail-dev',
    message: { body: '{"Records":[]}' },
    receiveCount: 4,
    sentAt: '2026-11-21T08:00:00.000Z',
    firstSeenAt: '2026-11-21T08:00:00.250Z',
    lastSeenAt: '2026-11-21T08:30:00.000Z',
    ...fields,
  };
}

async function itemOf(id: string): Promise<Record<string, unknown> | undefined> {
  const { Item } = await tables.client.send(new GetCommand({ TableName: tableName, Key: { id } }));
  return Item;
}

async function listOf(list: AsyncIterable<StoredDeadLetter>): Promise<StoredDeadLetter[]> {
  const letters: StoredDeadLetter[] = [];
  for await (const letter of list) letters.push(letter);
  return letters;
}

const put = (table: string, Item: Record<string, unknown>) =>
  tables.client.send(new PutCommand({ TableName: table, Item }));

describe('items', () => {
  test('hold every fact, the attributes of the message as JSON', async () => {
    const attributes = { kind: { dataType: 'String', value: 'é' } };
    const cause = { code: 'AccessDenied', message: 'x' };
    const letter = letterOf({ message: { body: 'the body', attributes }, cause });
    await letterStore().store(letter);

    const { message: _, ...rest } = letter;
    expect(await itemOf(letter.id)).toEqual({
      ...rest,
      body: 'the body',
      attributes: [{ name: 'kind', dataType: 'String', value: 'é' }],
    });
  });

  describe.each([
    ['markRedriven', 'redrivenAt'],
    ['markDismissed', 'dismissedAt'],
  ] as const)('after %s', (mark, time) => {
    test('expire, by the first time; those that wait do not', async () => {
      const letter = letterOf();
      const store = letterStore();
      await store.store(letter);
      await store.markAnnounced(letter.id, '2026-11-21T09:00:00.000Z');
      expect(await itemOf(letter.id)).not.toHaveProperty('expiresAt');

      await store[mark](letter.id, '2026-11-22T08:00:00.001Z');
      await letterStore({ retentionDays: 1 })[mark](letter.id, '2026-11-23T08:00:00.000Z');

      const expiresAt = Date.UTC(2026, 10, 22, 8, 0, 1) / 1000 + 90 * 86_400;
      expect(await itemOf(letter.id)).toMatchObject({ expiresAt, [time]: '2026-11-22T08:00:00.001Z' });
    });

    test('expire so many days later as is asked', async () => {
      const letter = letterOf();
      await letterStore().store(letter);
      await letterStore({ retentionDays: 2 })[mark](letter.id, '2026-11-22T08:00:00.000Z');

      expect(await itemOf(letter.id)).toMatchObject({ expiresAt: Date.UTC(2026, 10, 24, 8) / 1000 });
    });
  });

  test('keep what UTF-8 can carry of a lone surrogate, and are found under their id', async () => {
    const letter = letterOf({ id: `a\ud800${crypto.randomUUID()}`, message: { body: 'b\udc00' } });
    const store = letterStore();
    await store.store(letter);
    await store.markAnnounced(letter.id, '2026-11-21T09:00:00.000Z');

    expect(await store.find(letter.id)).toMatchObject({
      id: letter.id.toWellFormed(),
      message: { body: 'b\ufffd' },
      announcedAt: '2026-11-21T09:00:00.000Z',
    });
    expect(await store.store(letter)).toMatchObject({ outcome: 'present' });
  });

  test.each<[string, object]>([
    ['of an unknown schema version', { schemaVersion: 2 }],
    ['without a body', { body: undefined }],
    ['with attributes that are no list', { attributes: '[]' }],
    ['with an attribute without a type', { attributes: [{ name: 'a', value: 'b' }] }],
    ['with a receive count that is no number', { receiveCount: '4' }],
  ])('%s are refused for good, by each method that reads them', async (_, attributes) => {
    const table = await tables.createTable('unreadable', 'id');
    const { message, ...letter } = letterOf();
    const Item = { ...letter, body: message.body, ...attributes };
    await put(table, Object.fromEntries(Object.entries(Item).filter(([, value]) => value !== undefined)));
    const store = letterStore({ tableName: table });

    for (const [method, call] of [
      ['find', () => store.find(letter.id)],
      ['store', () => store.store({ ...letter, message })],
      ['waiting', () => listOf(store.waiting())],
    ] as const) {
      await expect(call()).rejects.toMatchObject({
        kind: 'permanent',
        operation: `DeadLetterStore.${method}`,
        code: 'UnreadableItem',
      });
    }
  });

  test('hold up no other letter', async () => {
    const table = await tables.createTable('beside-unreadable', 'id');
    const store = letterStore({ tableName: table });
    const letters = [1, 2, 3, 4, 5].map(() => letterOf());
    for (const letter of letters) await store.store(letter);
    for (const id of ['0', 'zz', 'a']) await put(table, { id, schemaVersion: 2 });
    const read: string[] = [];
    const reading = (async () => {
      for await (const { id } of store.waiting()) read.push(id);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'UnreadableItem' });
    expect(read.toSorted()).toEqual(letters.map(({ id }) => id).toSorted());
  });

  test.each(['"', '\n', '\\', 'ü'])(
    'of the largest message that a queue takes are stored: %j',
    async character => {
      const bytes = 262_144 - 200;
      const value = character.repeat(Math.floor(bytes / Buffer.byteLength(character)));
      const message = { body: '{}', attributes: { text: { dataType: 'String', value } } };
      const letter = { ...letterOf(), message };
      const store = letterStore();
      expect(await store.store(letter)).toEqual({ outcome: 'stored' });
      expect((await store.find(letter.id))?.message).toEqual(message);
    },
  );

  test('without a schema version are of the first', async () => {
    const { message, schemaVersion: _, ...letter } = letterOf();
    await put(tableName, { ...letter, body: message.body });

    expect(await letterStore().find(letter.id)).toEqual({ ...letter, message, schemaVersion: 1 });
  });
});

test('what was stored last is read: a letter that was just sent back or dismissed waits no more', async () => {
  const canned = await startCannedAnswers(jsonAnswer(200, { Items: [] }));
  const client = tablesClient(canned.endpoint);
  const store = letterStore({ client });

  await store.find('a-letter');
  await listOf(store.waiting());

  expect(canned.requests.map(body => JSON.parse(body).ConsistentRead)).toEqual([true, true]);
  client.destroy();
  await canned.close();
});

describe('failures', () => {
  test('a letter above 400 KB is refused for good', async () => {
    const stored = letterStore().store(letterOf({ message: { body: 'x'.repeat(410_000) } }));

    await expect(stored).rejects.toMatchObject({ kind: 'permanent', code: 'ItemTooLarge' });
  });

  const calls: readonly [string, (store: DynamoDbDeadLetterStore) => Promise<unknown>][] = [
    ['store', store => store.store(letterOf())],
    ['markAnnounced', store => store.markAnnounced('a-letter', '2026-11-21T09:00:00.000Z')],
    ['markRedriven', store => store.markRedriven('a-letter', '2026-11-21T09:00:00.000Z')],
    ['markDismissed', store => store.markDismissed('a-letter', '2026-11-21T09:00:00.000Z')],
    ['find', store => store.find('a-letter')],
    ['waiting', store => listOf(store.waiting())],
  ];

  test.each(calls)('an absent table is not-found, on %s', async (method, call) => {
    await expect(call(letterStore({ tableName: 'absent-table' }))).rejects.toMatchObject({
      kind: 'not-found',
      operation: `DeadLetterStore.${method}`,
      code: 'ResourceNotFoundException',
    });
  });

  test('a holder is read by its one key where a failed condition does not show it', async () => {
    const letter = letterOf();
    const refusal = jsonAnswer(400, { __type: 'x#ConditionalCheckFailedException', message: 'x' });
    const canned = await startCannedAnswers(refusal, jsonAnswer(200, {}));
    const client = tablesClient(canned.endpoint);

    const stored = letterStore({ client }).store(letter);

    await expect(stored).rejects.toMatchObject({ kind: 'retryable', code: 'HolderVanished' });
    expect(JSON.parse(String(canned.requests[1]))).toMatchObject({ Key: { id: { S: letter.id } } });
    client.destroy();
    await canned.close();
  });
});
