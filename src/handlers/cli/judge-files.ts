import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { printableText } from '../../domain/kernel/printable-text.ts';
import { LineWriter } from './line-writer.ts';
import type { Operand } from './parse-arguments.ts';
import { printablePath } from './printable-path.ts';
import { ProgressLine } from './progress-line.ts';
import type { Timer } from './timer.ts';
import { type CliStreams, type ExitCode, UsageError } from './verb.ts';

/** What is known of a file before it is judged. */
export type FileContent =
  | { readonly bytes: Uint8Array; readonly size: number }
  /** Larger than is read; `size` is absent where it came on stdin. */
  | { readonly tooLarge: true; readonly size?: number }
  /** It could not be read; the system's reason. */
  | { readonly unreadable: string };

/** What is answered of a file: one line, and whether all is fine (0), something is wrong with it (1), or it could not be judged (2). */
export interface FileAnswer {
  readonly line: string;
  readonly grade: ExitCode;
}

export interface FileJudging {
  readonly operands: readonly Operand[];
  readonly streams: CliStreams;
  readonly timer: Timer;
  /** Bytes of a file that are read at most. */
  readonly maximumBytes: number;
  readonly judge: (file: string, content: FileContent) => Promise<FileAnswer>;
}

/**
 * Judges files one after another: a line of each goes to stdout in the order given, progress to stderr. One that cannot
 * be read is answered too, and leaves the others as they are. Answers the gravest of their grades.
 */
export async function judgeFiles({
  operands,
  streams,
  timer,
  maximumBytes,
  judge,
}: FileJudging): Promise<ExitCode> {
  const counts = { done: 0 };
  let current = '';
  const progress = new ProgressLine(
    streams.stderr,
    timer,
    () => `${counts.done} of ${operands.length} files; reading ${printablePath(current)}`,
  );
  const output = new LineWriter(streams.stdout, () => progress.clear());
  let grade: ExitCode = 0;
  try {
    for (const { value, isStdin } of operands) {
      current = value;
      const content = await readOperand({ value, isStdin }, streams, maximumBytes);
      const answer = await judge(value, content);
      if (answer.grade > grade) grade = answer.grade;
      await output.add(answer.line);
      counts.done += 1;
    }
  } finally {
    progress.stop();
    await output.flush();
  }
  return grade;
}

/** @throws {UsageError} where there is nothing to judge, or stdin twice. */
export function assertFiles(operands: readonly Operand[]): void {
  if (operands.length === 0) throw new UsageError('give files, or - to read stdin');
  if (operands.filter(({ isStdin }) => isStdin).length > 1) {
    throw new UsageError('- can be given once, for stdin can be read once');
  }
}

/** What an operand stands for, whole. */
export function readOperand(
  { value, isStdin }: Operand,
  { stdin }: Pick<CliStreams, 'stdin'>,
  maximumBytes: number,
): Promise<FileContent> {
  return isStdin ? readAll(stdin, maximumBytes) : readFile(value, maximumBytes);
}

async function readFile(path: string, maximumBytes: number): Promise<FileContent> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) return { unreadable: 'is a folder' };
    if (stats.size > maximumBytes) return { tooLarge: true, size: stats.size };
    return await readAll(createReadStream(path), maximumBytes);
  } catch (error) {
    return { unreadable: reasonOf(error as NodeJS.ErrnoException) };
  }
}

async function readAll(source: AsyncIterable<Uint8Array>, maximumBytes: number): Promise<FileContent> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of source) {
      size += chunk.length;
      if (size > maximumBytes) return { tooLarge: true };
      chunks.push(chunk);
    }
  } catch (error) {
    return { unreadable: reasonOf(error as NodeJS.ErrnoException) };
  }
  return { bytes: Buffer.concat(chunks), size };
}

/** Node.js ends the message with the call and the path: `ENOENT: no such file or directory, open '…'`. */
function reasonOf({ message, syscall }: NodeJS.ErrnoException): string {
  return printableText(syscall === undefined ? message : (message.split(`, ${syscall}`)[0] ?? message));
}
