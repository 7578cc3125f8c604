import { createReadStream } from 'node:fs';
import { printableText } from '../../domain/kernel/printable-text.ts';
import { type RecordFileLimits, RecordFileReading } from '../../domain/records/record-file-reading.ts';
import { assertFiles } from './judge-files.ts';
import { LineWriter } from './line-writer.ts';
import { type Operand, parseArguments } from './parse-arguments.ts';
import { printablePath } from './printable-path.ts';
import { ProgressLine } from './progress-line.ts';
import { type RecordLines, recordLinesAsJson, recordLinesAsText } from './record-lines.ts';
import { systemTimer, type Timer } from './timer.ts';
import { type CliStreams, type ExitCode, UsageError, type Verb } from './verb.ts';

/** Bytes of a file that are read at a time. */
const chunkSize = 512 * 2 ** 10;
/** Each record is remembered, in some 64 bytes of memory. */
const mostRecords = 50_000_000;

/** The verb `sallyport records check`. */
export const checkRecords: Verb = checkRecordsBy(systemTimer);

/** The verb, by a clock of choice. */
export function checkRecordsBy(timer: Timer): Verb {
  return {
    help: helpText(),

    async run(args, streams) {
      const { values, operands } = parseArguments(args, {
        json: { type: 'boolean', default: false },
        'max-records': { type: 'string', default: '500000' },
      });
      assertFiles(operands);
      const limits = { maximumRecords: wholeNumber('--max-records', values['max-records']) };
      const lines = values.json ? recordLinesAsJson : recordLinesAsText;
      return new RecordCheck(streams, timer, lines, limits).run(operands);
    },
  };
}

/** Checks files one after another: a line of each reject and one of each file go to stdout, progress to stderr. */
class RecordCheck {
  readonly #streams: CliStreams;
  readonly #lines: RecordLines;
  readonly #limits: RecordFileLimits;
  readonly #progress: ProgressLine;
  readonly #output: LineWriter;
  #current: { readonly file: string; readonly reading: RecordFileReading } | undefined;

  constructor(streams: CliStreams, timer: Timer, lines: RecordLines, limits: RecordFileLimits) {
    this.#streams = streams;
    this.#lines = lines;
    this.#limits = limits;
    this.#progress = new ProgressLine(streams.stderr, timer, () => this.#describe());
    this.#output = new LineWriter(streams.stdout, () => this.#progress.clear());
  }

  /** Answers the gravest of what is to be said of the files. */
  async run(operands: readonly Operand[]): Promise<ExitCode> {
    let grade: ExitCode = 0;
    try {
      for (const { value, isStdin } of operands) {
        const source = isStdin ? this.#streams.stdin : createReadStream(value, { highWaterMark: chunkSize });
        const answer = await this.#check(value, source);
        if (answer > grade) grade = answer;
      }
    } finally {
      this.#progress.stop();
    }
    await this.#output.flush();
    return grade;
  }

  async #check(file: string, source: AsyncIterable<Uint8Array>): Promise<ExitCode> {
    const reading = new RecordFileReading(readable(source), this.#limits);
    this.#current = { file, reading };
    try {
      for await (const findings of reading.findings()) {
        for (const finding of findings) {
          if (finding.kind === 'rejected') await this.#output.add(this.#lines.reject(file, finding));
        }
      }
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      await this.#output.add(this.#lines.unreadable(file, error.message));
      return 2;
    }
    await this.#output.add(this.#lines.summary(file, reading.tally));
    return reading.tally.rejected === 0 ? 0 : 1;
  }

  #describe(): string {
    if (this.#current === undefined) return 'reading';
    const { file, reading } = this.#current;
    const { bytes, records, rejected } = reading.tally;
    return `${printablePath(file)}: ${(bytes / 1e6).toFixed(1)} MB, ${records} records, ${rejected} rejected`;
  }
}

/** A file could not be read; the message is the system's reason. */
class UnreadableError extends Error {}

/** The chunks of a source, whose failure can be told from that of the output. */
async function* readable(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* source;
  } catch (error) {
    const { message, syscall } = error as NodeJS.ErrnoException;
    // Node.js ends the message with the call and the path: `ENOENT: no such file or directory, open '…'`.
    const reason = syscall === undefined ? message : message.split(`, ${syscall}`)[0];
    throw new UnreadableError(printableText(reason ?? message));
  }
}

/** @throws {UsageError} unless it is a whole number from 1 to what can be remembered. */
function wholeNumber(option: string, value: string): number {
  const number = /^\d{1,8}$/.test(value) ? Number(value) : 0;
  if (number >= 1 && number <= mostRecords) return number;
  throw new UsageError(`${option} takes a whole number from 1 to ${mostRecords}`);
}

function helpText(): string {
  return `Usage: sallyport records check [options] <file>...

Tells which records of JSON files the pipeline would write into its table, and why it would reject the others.
Works on local files; needs no account. Files are streamed: their size does not matter.
A file is an array of objects, one object, or a record a line; gzip or plain. A record has a device_id, a timestamp
(ISO 8601, with its zone) and a value (a number). Nothing of a record is shown.
- stands for a file on stdin. A file that begins with - goes after --.

Options:
  --max-records <n>  A file of more records is too large. Without it: 500000
  --json             Lines of JSON: one for each reject, {"file","position":{"index","byte"},"reasons":[{"code",
                     "field?","explanation"}]}, and after them one for each file, {"file","verdict","bytes",
                     "inflatedBytes","records","valid","duplicates","rejected"}. The verdict is valid, rejects,
                     too-large, or unreadable (then with "reason" alone).
  -h, --help         Show this text

Positions count records from 0, and bytes from 0 after decompression. Progress goes to stderr, every two seconds.

Exit codes: 0 all records are valid, 1 any is rejected, 2 wrong usage or a file that could not be read, after all the
others were; 141 whoever read the output has gone away.`;
}
