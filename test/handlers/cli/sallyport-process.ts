import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../../src/handlers/cli/main.ts', import.meta.url));

export interface ProcessOptions {
  readonly stdin?: string;
  /** Closes stdout after so many characters. @defaultValue reads on to the end */
  readonly closeAfter?: number;
  /** Beside the variables of this process; undefined takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The file that is run. @defaultValue the one of this repository */
  readonly main?: string;
}

/** Runs the real process. */
export async function sallyport(args: readonly string[], options: ProcessOptions = {}) {
  const child = spawn(process.execPath, ['--no-warnings', options.main ?? main, ...args], {
    stdio: 'pipe',
    env: { ...process.env, ...options.env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    if (stdout.length >= (options.closeAfter ?? Number.POSITIVE_INFINITY)) child.stdout.destroy();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  // A child that has ended early no longer reads.
  child.stdin.on('error', () => {});
  child.stdin.end(options.stdin ?? '');
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.on('close', resolve);
  return { code: await promise, stdout, stderr };
}
