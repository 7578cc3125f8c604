import { Writable } from 'node:stream';
import { runCli } from '../../../src/handlers/cli/cli.ts';

/** A stream that keeps what it is given. */
export class Collector extends Writable {
  text = '';

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** Runs a command line in this process. */
export async function run(args: readonly string[], stdin: Iterable<Uint8Array | string> = []) {
  const stdout = new Collector();
  const stderr = new Collector();
  const code = await runCli(args, { stdin: chunksOf(stdin), stdout, stderr });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

export async function* chunksOf(chunks: Iterable<Uint8Array | string>): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk;
}
