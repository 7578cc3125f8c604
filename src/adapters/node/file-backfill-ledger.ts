import { type FileHandle, open } from 'node:fs/promises';
import * as z from 'zod';
import {
  type BackfillEntry,
  type BackfillLedger,
  type BackfillObject,
  type BackfillScope,
  backfillOutcomes,
  settledBackfillOutcomes,
} from '../../ports/backfill-ledger.ts';
import { PortError } from '../../ports/failure.ts';
import { translateFileFailure } from './file-failure.ts';

const header = { sallyport: 'backfill-ledger', schemaVersion: 1 } as const;

const count = z.int().min(0);

const line = z.object({
  schemaVersion: z.literal(1),
  backfill: z.string(),
  bucket: z.string(),
  key: z.string(),
  etag: z.string(),
  work: z.string(),
  outcome: z.enum(backfillOutcomes),
  fault: z.object({ code: z.string(), message: z.string() }).exactOptional(),
  tally: z.object({ bytes: count, records: count, matches: count, stored: count, alerts: count }),
  at: z.string(),
});

/**
 * What backfills of one machine have done, as a file of JSON lines. What was noted is in the file before `note` resolves; a
 * line that a crash broke off is as if it had not been noted. All entries are held in memory, some 500 bytes each: a
 * backfill of millions of objects takes a table.
 *
 * One process at a time. Two do no harm, but do not see what the other does.
 *
 * @example
 * const ledger = await FileBackfillLedger.open('backfill.jsonl'); // made if it is not there
 * await ledger.close();
 */
export class FileBackfillLedger implements BackfillLedger {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #entries: Map<string, BackfillEntry>;
  /** Whether the last line has its end. */
  #ended: boolean;
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(
    path: string,
    file: FileHandle,
    { entries, ended }: { readonly entries: Map<string, BackfillEntry>; readonly ended: boolean },
  ) {
    this.#path = path;
    this.#file = file;
    this.#entries = entries;
    this.#ended = ended;
  }

  /** Rejects with a `PortError`: `permanent`, `NotALedger`, where the file holds something else, which stays as it is. */
  static async open(path: string): Promise<FileBackfillLedger> {
    const operation = 'BackfillLedger.open';
    const file = await open(path, 'a+', 0o600).catch((error: unknown) => {
      throw translateFileFailure(error, operation, path);
    });
    try {
      const content = await readEntries(file, path, operation);
      const ledger = new FileBackfillLedger(path, file, content);
      if (content.isNew) await ledger.#inTurn(operation, () => ledger.#append(header));
      return ledger;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async find(object: BackfillObject): Promise<BackfillEntry | undefined> {
    return structuredClone(this.#entries.get(nameOf(object)));
  }

  async note(entry: BackfillEntry): Promise<void> {
    const name = nameOf(entry);
    const copy = structuredClone(entry);
    await this.#inTurn('BackfillLedger.note', async () => {
      const noted = this.#entries.get(name);
      if (noted !== undefined && standsAgainst(noted, copy)) return;
      await this.#append(copy);
      this.#entries.set(name, copy);
    });
  }

  async *entries({ backfill, bucket }: BackfillScope): AsyncGenerator<BackfillEntry> {
    for (const entry of [...this.#entries.values()]) {
      if (entry.backfill === backfill && entry.bucket === bucket) yield structuredClone(entry);
    }
  }

  async close(): Promise<void> {
    await this.#writing.catch(() => undefined);
    await this.#file.close();
  }

  /** One after the other: two writes at a time may mix, and what stands is known once the one before is done. */
  async #inTurn(operation: string, work: () => Promise<void>): Promise<void> {
    const turn = this.#writing.catch(() => undefined).then(work);
    this.#writing = turn;
    await turn.catch((error: unknown) => {
      throw translateFileFailure(error, operation, this.#path);
    });
  }

  async #append(content: object): Promise<void> {
    const text = `${this.#ended ? '' : '\n'}${JSON.stringify(content)}\n`;
    this.#ended = false;
    await this.#file.appendFile(text);
    this.#ended = true;
  }
}

interface LedgerContent {
  readonly entries: Map<string, BackfillEntry>;
  readonly ended: boolean;
  readonly isNew: boolean;
}

async function readEntries(file: FileHandle, path: string, operation: string): Promise<LedgerContent> {
  const entries = new Map<string, BackfillEntry>();
  let number = 0;
  try {
    for await (const text of file.readLines({ start: 0, autoClose: false, encoding: 'utf8' })) {
      number += 1;
      if (number === 1) requireHeader(text, path, operation);
      const entry = number === 1 ? undefined : entryOf(text);
      if (entry !== undefined) entries.set(nameOf(entry), entry);
    }
    const { size } = await file.stat();
    const last = size === 0 ? '\n' : await lastCharacter(file, size);
    return { entries, ended: last === '\n', isNew: size === 0 };
  } catch (error) {
    throw error instanceof PortError ? error : translateFileFailure(error, operation, path);
  }
}

/** Before anything is written into a file that was meant for something else. */
function requireHeader(text: string, path: string, operation: string): void {
  if (text === JSON.stringify(header)) return;
  throw new PortError({
    kind: 'permanent',
    operation,
    code: 'NotALedger',
    message: `${path} is no ledger of a backfill: its first line is not ${JSON.stringify(header)}`,
  });
}

/** Nothing for a line that a crash broke off: what it was to say is done again. */
function entryOf(text: string): BackfillEntry | undefined {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return undefined;
  }
  return line.safeParse(content).data;
}

async function lastCharacter(file: FileHandle, size: number): Promise<string> {
  const { buffer } = await file.read({ buffer: Buffer.alloc(1), position: size - 1 });
  return buffer.toString('latin1');
}

function standsAgainst(noted: BackfillEntry, entry: BackfillEntry): boolean {
  const isSettled = ({ outcome }: BackfillEntry) =>
    settledBackfillOutcomes.some(settled => settled === outcome);
  return isSettled(noted) && !isSettled(entry) && noted.etag === entry.etag && noted.work === entry.work;
}

function nameOf({ backfill, bucket, key }: BackfillObject): string {
  return JSON.stringify([backfill, bucket, key]);
}
