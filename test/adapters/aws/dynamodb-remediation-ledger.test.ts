import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  DynamoDbRemediationLedger,
  type DynamoDbRemediationLedgerOptions,
} from '../../../src/adapters/aws/dynamodb-remediation-ledger.ts';
import { remediationLedgerContract } from '../../../src/adapters/contracts/remediation-ledger-contract.ts';
import type { Remediation } from '../../../src/ports/remediation-ledger.ts';
import { jsonAnswer, startCannedAnswers } from '../../emulators/canned-answers.ts';
import { startTables, type TablesEndpoint, tablesClient } from '../../emulators/tables.ts';

let tables: TablesEndpoint;
let tableName: string;

beforeAll(async () => {
  tables = await startTables();
  tableName = await tables.createTable('remediations', 'pk', 'sk');
});
afterAll(() => tables.close());

function ledgerOf(options: Partial<DynamoDbRemediationLedgerOptions> = {}): DynamoDbRemediationLedger {
  return new DynamoDbRemediationLedger({ client: tables.client, tableName, ...options });
}

const generation = '2026-11-21T08:00:00.000Z';
const decidedAt = '2026-11-21T08:00:01.000Z';
const later = '2026-11-21T08:15:00.000Z';

function remediationOf(fields: Partial<Remediation> = {}): Remediation {
  return {
    schemaVersion: 1,
    findingId: crypto.randomUUID(),
    generation,
    decidedAt,
    target: `instance/${crypto.randomUUID()}`,
    plan: { steps: [] },
    ...fields,
  };
}

async function itemOf(pk: string, sk: string): Promise<Record<string, unknown> | undefined> {
  const { Item } = await tables.client.send(
    new GetCommand({ TableName: tableName, Key: { pk, sk }, ConsistentRead: true }),
  );
  return Item;
}

async function listOf<Item>(list: AsyncIterable<Item>): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of list) items.push(item);
  return items;
}

describe(`the contract of ${remediationLedgerContract.port}`, () => {
  test.each(remediationLedgerContract.cases)('$name', ({ run }) => run({ ledger: ledgerOf() }));
});

describe(`the contract of ${remediationLedgerContract.port}, one item a page`, () => {
  const lists = remediationLedgerContract.cases.filter(({ name }) => /generations|findings on/.test(name));
  test.each(lists)('$name', ({ run }) => run({ ledger: ledgerOf({ pageSize: 1 }) }));
});

describe('items', () => {
  test('stand under their finding and their target', async () => {
    const ledger = ledgerOf();
    const remediation = remediationOf();
    const { findingId, target = '' } = remediation;
    await ledger.open(remediation);
    await ledger.noteStep(findingId, generation, { stepId: 'tag', status: 'begun', at: decidedAt });
    await ledger.hold(findingId, { since: later, by: 'kim', reason: 'false alarm' });
    await ledger.lease(target, 'me', decidedAt, later);

    expect(await itemOf(`finding#${findingId}`, `generation#${generation}`)).toEqual({
      ...{ pk: `finding#${findingId}`, sk: `generation#${generation}` },
      ...remediation,
      plan: '{"steps":[]}',
      steps: { 'step#tag': JSON.stringify({ stepId: 'tag', status: 'begun', at: decidedAt }) },
    });
    expect(await itemOf(`finding#${findingId}`, 'hold')).toMatchObject({ schemaVersion: 1, by: 'kim' });
    expect(await itemOf(`target#${target}`, `finding#${findingId}`)).toMatchObject({ findingId });
    expect(await itemOf(`target#${target}`, 'lease')).toMatchObject({
      owner: 'me',
      until: later,
      expiresAt: Date.parse(later) / 1000 + 86_400,
    });
  });

  test('expire where it is asked, a remediation and the link to it together; a hold never does', async () => {
    const ledger = ledgerOf({ retentionDays: 2 });
    const remediation = remediationOf();
    const { findingId, target = '' } = remediation;
    await ledger.open(remediation);
    await ledger.hold(findingId, { since: later, by: 'kim', reason: 'false alarm' });

    const expiresAt = Date.parse(decidedAt) / 1000 + 2 * 86_400;
    expect(await itemOf(`finding#${findingId}`, `generation#${generation}`)).toMatchObject({ expiresAt });
    expect(await itemOf(`target#${target}`, `finding#${findingId}`)).toMatchObject({ expiresAt });
    expect(await itemOf(`finding#${findingId}`, 'hold')).not.toHaveProperty('expiresAt');
  });

  test.each<[string, object]>([
    ['of an unknown schema version', { schemaVersion: 2 }],
    ['whose plan is no JSON', { plan: '{' }],
    ['whose plan is a list', { plan: '[]' }],
    ['with an unknown outcome', { outcome: 'contained?' }],
    ['with a step that is no JSON', { steps: { 'step#a': 'x' } }],
    ['with a step of an unknown status', { steps: { 'step#a': '{"stepId":"a","status":"?","at":""}' } }],
  ])('%s are refused for good, by each method that reads them', async (_, attributes) => {
    const remediation = remediationOf();
    const { findingId } = remediation;
    const key = { pk: `finding#${findingId}`, sk: `generation#${generation}` };
    const Item = { ...key, ...remediation, plan: '{}', steps: {}, ...attributes };
    await tables.client.send(new PutCommand({ TableName: tableName, Item }));
    const ledger = ledgerOf();

    for (const [method, call] of [
      ['find', () => ledger.find(findingId, generation)],
      ['open', () => ledger.open(remediation)],
      ['ofFinding', () => listOf(ledger.ofFinding(findingId))],
    ] as const) {
      await expect(call()).rejects.toMatchObject({
        kind: 'permanent',
        operation: `RemediationLedger.${method}`,
        code: 'UnreadableItem',
      });
    }
  });

  test('a lone surrogate is stored, and found under the same id', async () => {
    const ledger = ledgerOf();
    const remediation = remediationOf({ findingId: `a\ud800${crypto.randomUUID()}`, target: 'x\udc00' });
    await ledger.open(remediation);
    const { findingId } = remediation;
    await ledger.hold(findingId, { since: later, by: '\ud800', reason: '\ud800' });

    expect(await ledger.find(findingId, generation)).toMatchObject({ target: 'x\ufffd' });
    expect(await listOf(ledger.findingsOn('x\udc00'))).toContain(findingId.toWellFormed());
    expect(await ledger.holdOf(findingId)).toMatchObject({ by: '\ufffd' });
  });
});

describe('requests', () => {
  test('read what was written last', async () => {
    const canned = await startCannedAnswers(jsonAnswer(200, { Items: [] }));
    const client = tablesClient(canned.endpoint);
    const ledger = ledgerOf({ client });

    await ledger.find('a', generation);
    await ledger.holdOf('a');
    await listOf(ledger.ofFinding('a'));
    await listOf(ledger.findingsOn('a'));

    expect(canned.requests.map(body => JSON.parse(body).ConsistentRead)).toEqual([true, true, true, true]);
    client.destroy();
    await canned.close();
  });

  test('a lease that is released while it is asked for is busy until now', async () => {
    const refusal = jsonAnswer(400, { __type: 'x#ConditionalCheckFailedException', message: 'x' });
    const canned = await startCannedAnswers(refusal, jsonAnswer(200, {}));
    const client = tablesClient(canned.endpoint);

    const outcome = await ledgerOf({ client }).lease('a', 'me', decidedAt, later);

    expect(outcome).toEqual({ outcome: 'busy', until: decidedAt });
    client.destroy();
    await canned.close();
  });
});

describe('failures', () => {
  test('a plan above 400 KB is refused for good', async () => {
    const opened = ledgerOf().open(remediationOf({ plan: { text: 'x'.repeat(410_000) } }));

    await expect(opened).rejects.toMatchObject({ kind: 'permanent', code: 'ItemTooLarge' });
  });

  const calls: readonly [string, (ledger: DynamoDbRemediationLedger) => Promise<unknown>][] = [
    ['open', ledger => ledger.open(remediationOf())],
    ['find', ledger => ledger.find('a', generation)],
    ['ofFinding', ledger => listOf(ledger.ofFinding('a'))],
    ['findingsOn', ledger => listOf(ledger.findingsOn('a'))],
    ['noteStep', ledger => ledger.noteStep('a', generation, { stepId: 'a', status: 'done', at: later })],
    ['conclude', ledger => ledger.conclude('a', generation, 'failed', later)],
    ['markAnnounced', ledger => ledger.markAnnounced('a', generation, later)],
    ['lease', ledger => ledger.lease('a', 'me', decidedAt, later)],
    ['release', ledger => ledger.release('a', 'me')],
    ['hold', ledger => ledger.hold('a', { since: later, by: 'kim', reason: 'x' })],
    ['holdOf', ledger => ledger.holdOf('a')],
    ['liftHold', ledger => ledger.liftHold('a')],
  ];

  test.each(calls)('an absent table is not-found, on %s', async (method, call) => {
    await expect(call(ledgerOf({ tableName: 'absent-table' }))).rejects.toMatchObject({
      kind: 'not-found',
      operation: `RemediationLedger.${method}`,
      code: 'ResourceNotFoundException',
    });
  });
});
