import { createGunzip } from 'node:zlib';
import { TrailLogError } from './trail-log-error.ts';

/** So much is inflated at a time. Deflate makes at most 1032 bytes of one, 32 MiB of a slice. */
const sliceBytes = 32 * 1024;
const outputBytes = 256 * 1024;

/**
 * Inflates a stream of gzip members, slice by slice; one is inflated while the one before it is being used.
 *
 * @param head The first bytes; `rest` follows them.
 * @throws {TrailLogError} `damaged-gzip` or `truncated`, after what was inflated before it.
 */
export async function* inflateStream(
  head: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  const slices = inflatedSlices(head, rest);
  try {
    let ahead = settled(slices.next());
    for (let step = await ahead; ; step = await ahead) {
      if ('error' in step) throw step.error;
      if (step.value.done === true) return;
      ahead = settled(slices.next());
      yield* step.value.value;
    }
  } finally {
    await slices.return();
  }
}

/** Its failure waits to be asked for: a promise that nobody awaits any more must not end the process. */
function settled<T>(promise: Promise<T>): Promise<{ readonly value: T } | { readonly error: unknown }> {
  return promise.then(
    value => ({ value }),
    (error: unknown) => ({ error }),
  );
}

async function* inflatedSlices(
  head: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly Uint8Array[], void> {
  const inflater = new Inflater();
  try {
    for await (const slice of sliced(head, rest)) {
      yield await inflater.inflate(slice);
      inflater.throwFault();
    }
    yield await inflater.end();
    inflater.throwFault();
  } finally {
    inflater.close();
  }
}

async function* sliced(head: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  yield* slicesOf(head);
  for await (const chunk of rest) yield* slicesOf(chunk);
}

function* slicesOf(chunk: Uint8Array): Generator<Uint8Array, void> {
  for (let at = 0; at < chunk.length; at += sliceBytes) yield chunk.subarray(at, at + sliceBytes);
}

/** zlib's stream, told bytes one after the other; what comes out is handed over before a fault is told. */
class Inflater {
  readonly #gunzip = createGunzip({ chunkSize: outputBytes });
  #output: Uint8Array[] = [];
  #fed = 0;
  #fault: TrailLogError | undefined;
  #answered: () => void = () => {};

  constructor() {
    this.#gunzip.on('data', (chunk: Uint8Array) => this.#output.push(chunk));
    this.#gunzip.on('end', () => this.#answered());
    this.#gunzip.on('error', (error: NodeJS.ErrnoException) => {
      this.#fault ??=
        error.code === 'Z_BUF_ERROR'
          ? new TrailLogError('truncated', `The compressed bytes end too early, after ${this.#fed} of them`)
          : new TrailLogError('damaged-gzip', `The compressed bytes are damaged before byte ${this.#fed}`);
      this.#answered();
    });
  }

  async inflate(slice: Uint8Array): Promise<readonly Uint8Array[]> {
    const past = this.#fed - this.#gunzip.bytesWritten;
    this.#fed += slice.length;
    // zlib stops at zeros behind a member, and says nothing of what follows them.
    if (past === 0) await this.#answer(done => this.#gunzip.write(slice, done));
    const unread = Math.min(slice.length, this.#fed - this.#gunzip.bytesWritten);
    if (this.#fault === undefined && slice.subarray(slice.length - unread).some(byte => byte !== 0)) {
      const place = this.#gunzip.bytesWritten;
      this.#fault = new TrailLogError(
        'damaged-gzip',
        `Other bytes follow the compressed ones, at byte ${place}`,
      );
    }
    return this.#take();
  }

  async end(): Promise<readonly Uint8Array[]> {
    if (this.#fed === this.#gunzip.bytesWritten) await this.#answer(() => this.#gunzip.end());
    return this.#take();
  }

  throwFault(): void {
    if (this.#fault !== undefined) throw this.#fault;
  }

  close(): void {
    this.#gunzip.close();
  }

  #answer(ask: (done: () => void) => void): Promise<void> {
    return new Promise(resolve => {
      this.#answered = resolve;
      ask(resolve);
    });
  }

  #take(): readonly Uint8Array[] {
    const output = this.#output;
    this.#output = [];
    return output;
  }
}
