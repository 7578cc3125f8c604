import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { backfillLedgerContract } from '../../../src/adapters/contracts/backfill-ledger-contract.ts';
import { FileBackfillLedger } from '../../../src/adapters/node/file-backfill-ledger.ts';
import type { BackfillEntry } from '../../../src/ports/backfill-ledger.ts';

let folder: string;
let path: string;
const opened: FileBackfillLedger[] = [];

async function openLedger(): Promise<FileBackfillLedger> {
  const ledger = await FileBackfillLedger.open(path);
  opened.push(ledger);
  return ledger;
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-ledger-'));
  path = join(folder, 'backfill.jsonl');
});
afterEach(async () => {
  for (const ledger of opened.splice(0)) await ledger.close();
  await rm(folder, { recursive: true });
});

describe(`the contract of ${backfillLedgerContract.port}`, () => {
  test.each(backfillLedgerContract.cases)('$name', async ({ run }) => run({ ledger: await openLedger() }));
});

const entryOf = (key: string, fields: Partial<BackfillEntry> = {}): BackfillEntry => ({
  ...{ schemaVersion: 1, backfill: 'b', bucket: 'logs', etag: 'e', work: 'w', outcome: 'analyzed' },
  ...{ key, tally: { bytes: 1, records: 1, matches: 0, stored: 0, alerts: 0 } },
  at: '2026-11-21T08:00:00.000Z',
  ...fields,
});

const outcomesIn = async (ledger: FileBackfillLedger) => {
  const outcomes: Record<string, string> = {};
  for await (const { key, outcome } of ledger.entries({ backfill: 'b', bucket: 'logs' }))
    outcomes[key] = outcome;
  return outcomes;
};

test('what was noted is there when the file is opened again, by its last word', async () => {
  const first = await openLedger();
  await first.note(entryOf('a', { outcome: 'failed' }));
  await first.note(entryOf('b'));
  await first.note(entryOf('a'));
  await first.close();

  const again = await openLedger();

  expect(await outcomesIn(again)).toEqual({ a: 'analyzed', b: 'analyzed' });
  expect(await again.find(entryOf('a'))).toEqual(entryOf('a'));
});

test('it is in the file once it is noted, whatever becomes of the process', async () => {
  const ledger = await openLedger();
  await ledger.note(entryOf('a'));

  expect((await readFile(path, 'utf8')).split('\n')).toEqual([
    '{"sallyport":"backfill-ledger","schemaVersion":1}',
    JSON.stringify(entryOf('a')),
    '',
  ]);
});

test('wherever a crash breaks the file off, what stands before is kept, and what follows has a line of its own', async () => {
  const whole = await openLedger();
  await whole.note(entryOf('a'));
  await whole.note(entryOf('b'));
  await whole.close();
  const text = await readFile(path, 'utf8');
  const endOfA = text.lastIndexOf('\n', text.length - 2) + 1;

  for (let length = endOfA; length < text.length; length += 7) {
    await writeFile(path, text);
    await truncate(path, length);
    const ledger = await openLedger();
    expect(await outcomesIn(ledger)).toEqual({ a: 'analyzed' });
    await ledger.note(entryOf('c'));
    await ledger.close();
    expect(await outcomesIn(await openLedger())).toEqual({ a: 'analyzed', c: 'analyzed' });
  }
});

test('lines that say nothing are passed over: what they were to say is done again', async () => {
  const ledger = await openLedger();
  await ledger.note(entryOf('a'));
  await ledger.close();
  await appendFile(
    path,
    `[]\n{"key":"b"}\n\n${JSON.stringify(entryOf('c', { outcome: 'done' as 'failed' }))}\n`,
  );

  expect(await outcomesIn(await openLedger())).toEqual({ a: 'analyzed' });
});

test.each([
  ['a rules file', '{"monitoredEvents":["ConsoleLogin"]}\n'],
  ['a line of text', 'hello'],
  ['an empty line', '\n'],
])('%s is refused, and stays as it is', async (_, text) => {
  await writeFile(path, text);

  await expect(FileBackfillLedger.open(path)).rejects.toMatchObject({
    kind: 'permanent',
    code: 'NotALedger',
  });
  expect(await readFile(path, 'utf8')).toBe(text);
});

test('a folder that is not there is refused, and so is a folder in the place of the file', async () => {
  await expect(FileBackfillLedger.open(join(folder, 'absent', 'file'))).rejects.toMatchObject({
    kind: 'permanent',
    code: 'ENOENT',
    operation: 'BackfillLedger.open',
  });
  await expect(FileBackfillLedger.open(folder)).rejects.toMatchObject({ kind: 'permanent', code: 'EISDIR' });
});

test('a line that cannot be written is told, and is not in the ledger', async () => {
  const ledger = await FileBackfillLedger.open(path);
  await ledger.close();

  await expect(ledger.note(entryOf('a'))).rejects.toMatchObject({
    kind: 'permanent',
    operation: 'BackfillLedger.note',
  });
  expect(await ledger.find(entryOf('a'))).toBeUndefined();
});
