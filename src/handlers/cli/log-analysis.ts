import { printableText } from '../../domain/kernel/printable-text.ts';
import { filterTrailLog, type TrailLogMatches } from '../../domain/trail/filter-trail-log.ts';
import { isTrailLogError } from '../../domain/trail/trail-log-error.ts';
import type { TrailRules } from '../../domain/trail/trail-rules.ts';
import { fileChunks } from './file-chunks.ts';
import { LineWriter } from './line-writer.ts';
import type { Operand } from './parse-arguments.ts';
import { printablePath } from './printable-path.ts';
import { ProgressLine } from './progress-line.ts';
import type { Timer } from './timer.ts';
import type { MatchFormat } from './trail-match-line.ts';
import type { ReportData } from './trail-report/report-data.ts';
import type { TrailReport } from './trail-report/trail-report.ts';
import type { CliStreams, ExitCode } from './verb.ts';
import { type FoundFile, walkLogs } from './walk-logs.ts';

export interface LogAnalysisOptions {
  readonly rules: TrailRules;
  readonly format: MatchFormat;
  readonly streams: CliStreams;
  readonly timer: Timer;
  /** Hears of each match and each file that failed. */
  readonly report?: Pick<TrailReport, 'addMatch' | 'addFailure'>;
}

/** Reads logs one after another: matches go to stdout; faults, progress and a summary to stderr. */
export class LogAnalysis {
  readonly #options: LogAnalysisOptions;
  readonly #startedAt: number;
  readonly #progress: ProgressLine;
  readonly #output: LineWriter;
  /** Of the files that have been read. */
  readonly #counts = { files: 0, records: 0, matched: 0, skipped: 0, failed: 0 };
  #reading: { readonly file: string; readonly matches: TrailLogMatches } | undefined;

  constructor(options: LogAnalysisOptions) {
    const { streams, timer } = options;
    this.#options = options;
    this.#startedAt = timer.now();
    this.#progress = new ProgressLine(streams.stderr, timer, () => this.#describe());
    this.#output = new LineWriter(streams.stdout, () => this.#progress.clear());
  }

  /** What has been read. */
  get counts(): ReportData['counts'] {
    return this.#counts;
  }

  /** Answers 2 where anything could not be read, after all the rest was. Call it once. */
  async run(operands: readonly Operand[]): Promise<ExitCode> {
    try {
      for (const { value, isStdin } of operands) {
        if (isStdin) await this.#read(value, () => this.#options.streams.stdin);
        else for await (const found of walkLogs(value)) await this.#take(found);
      }
    } finally {
      this.#progress.stop();
    }
    const { files, skipped, failed } = this.#counts;
    if (files === skipped) await this.#progress.say(`sallyport: no log was found in ${placeOf(operands)}`);
    await this.#progress.say(this.#totals());
    return failed === 0 ? 0 : 2;
  }

  async #take(found: FoundFile): Promise<void> {
    if (found.found === 'log') {
      await this.#read(found.file, () => fileChunks(found.path));
      return;
    }
    this.#counts.files++;
    if (found.found === 'other') this.#counts.skipped++;
    else await this.#fail(found.file, found.error);
  }

  async #read(file: string, open: () => AsyncIterable<Uint8Array>): Promise<void> {
    const faults: unknown[] = [];
    const matches = untilFault(
      () => this.#open(file, open()),
      error => faults.push(error),
    );
    for await (const match of matches) {
      this.#options.report?.addMatch(match, file);
      await this.#output.add(this.#options.format(match, file));
    }
    await this.#output.flush();
    const progress = this.#reading?.matches.progress;
    this.#reading = undefined;
    this.#counts.files++;
    this.#counts.records += progress?.records ?? 0;
    this.#counts.matched += progress?.matches ?? 0;
    if (faults.length > 0) await this.#fail(file, faults[0]);
    else if (progress?.digest === true) this.#counts.skipped++;
  }

  #open(file: string, source: AsyncIterable<Uint8Array>): TrailLogMatches {
    const matches = filterTrailLog(source, this.#options.rules);
    this.#reading = { file, matches };
    return matches;
  }

  async #fail(file: string, error: unknown): Promise<void> {
    const reason = reasonOf(error);
    this.#counts.failed++;
    this.#options.report?.addFailure(file, reason);
    await this.#progress.say(`sallyport: ${printablePath(file)}: ${printableText(reason)}`);
  }

  #describe(): string {
    if (this.#reading === undefined) return this.#totals();
    const { file, matches } = this.#reading;
    const megabytes = (matches.progress.bytes / 1e6).toFixed(1);
    return `${this.#totals()}; ${megabytes} MB of ${printablePath(file)}`;
  }

  #totals(): string {
    const { files, records, matched, skipped, failed } = this.#counts;
    const { records: moreRecords, matches: moreMatches } = this.#reading?.matches.progress ?? noMore;
    const seconds = ((this.#options.timer.now() - this.#startedAt) / 1000).toFixed(1);
    return (
      `${counted(files, 'file')}, ${counted(records + moreRecords, 'record')}, ${matched + moreMatches} matched, ` +
      `${skipped} skipped, ${failed} failed (${seconds} s)`
    );
  }
}

const noMore = { records: 0, matches: 0 };

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function placeOf(operands: readonly Operand[]): string {
  const [first] = operands;
  if (first === undefined || operands.length > 1) return `the ${operands.length} files and folders given`;
  return first.isStdin ? 'stdin' : printablePath(first.value);
}

/** The items up to a fault, which is told instead of thrown. What the consumer throws stays its own. */
async function* untilFault<T>(
  open: () => AsyncIterable<T>,
  tell: (error: unknown) => void,
): AsyncGenerator<T> {
  try {
    yield* open();
  } catch (error) {
    tell(error);
  }
}

function reasonOf(error: unknown): string {
  if (isTrailLogError(error)) return `${error.code}: ${error.message}`;
  const { message = String(error), syscall } = error as Partial<NodeJS.ErrnoException>;
  // Node.js ends the message with the call and the path: `ENOENT: no such file or directory, open '…'`.
  return syscall === undefined ? message : (message.split(`, ${syscall}`)[0] ?? message);
}
