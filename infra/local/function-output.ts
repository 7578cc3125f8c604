import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';

/** One line of a function's output. */
export interface LogLine {
  readonly functionName: string;
  readonly line: string;
}

/** The sum of one metric over the run. */
export interface MetricTotal {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly sum: number;
}

interface Output {
  readonly lines: string[];
  readonly file: WriteStream | undefined;
}

/** The last lines kept in memory per function; the files keep all. */
const keptLines = 5_000;

/** Keeps what functions write, as CloudWatch Logs would, and adds up the metrics found in it. */
export class FunctionOutput {
  readonly #outputs = new Map<string, Output>();
  readonly #metrics = new Map<string, MetricTotal>();
  readonly #folder: string | undefined;
  readonly #onLine: (line: LogLine) => void;

  constructor(options: {
    /** Folder of `<function>.log`, begun anew on each run; `undefined` writes none. */
    readonly folder?: string | undefined;
    readonly onLine?: ((line: LogLine) => void) | undefined;
  }) {
    this.#folder = options.folder;
    this.#onLine = options.onLine ?? (() => {});
  }

  /** Takes a line. */
  write(functionName: string, line: string): void {
    const { lines, file } = this.#outputOf(functionName);
    lines.push(line);
    if (lines.length > keptLines) lines.shift();
    file?.write(`${line}\n`);
    this.#addMetrics(line);
    this.#onLine({ functionName, line });
  }

  /** The last lines of a function, oldest first. */
  lines(functionName: string): readonly string[] {
    return [...(this.#outputs.get(functionName)?.lines ?? [])];
  }

  /** Every metric so far, summed up per set of dimensions. */
  metrics(): readonly MetricTotal[] {
    return [...this.#metrics.values()];
  }

  /** Closes the files. */
  async close(): Promise<void> {
    await Promise.all(
      [...this.#outputs.values()].map(
        ({ file }) => new Promise<void>(resolve => (file === undefined ? resolve() : file.end(resolve))),
      ),
    );
  }

  #outputOf(functionName: string): Output {
    const known = this.#outputs.get(functionName);
    if (known !== undefined) return known;
    if (this.#folder !== undefined) mkdirSync(this.#folder, { recursive: true });
    const file =
      this.#folder === undefined ? undefined : createWriteStream(join(this.#folder, `${functionName}.log`));
    // A full disk costs the log file, not the run.
    file?.on('error', () => {});
    const output: Output = { lines: [], file };
    this.#outputs.set(functionName, output);
    return output;
  }

  #addMetrics(line: string): void {
    for (const { namespace, name, dimensions, sum } of readMetrics(line)) {
      const key = JSON.stringify([namespace, name, Object.entries(dimensions).sort()]);
      const before = this.#metrics.get(key)?.sum ?? 0;
      this.#metrics.set(key, { namespace, name, dimensions, sum: before + sum });
    }
  }
}

/**
 * The metrics of one line in CloudWatch's embedded metric format (CloudWatch User Guide, "Specification: Embedded
 * metric format"); none where the line is anything else.
 */
export function readMetrics(line: string): readonly MetricTotal[] {
  if (!line.includes('"_aws"')) return [];
  let record: EmbeddedMetrics;
  try {
    record = JSON.parse(line);
  } catch {
    return [];
  }
  return (record._aws?.CloudWatchMetrics ?? []).flatMap(({ Namespace, Dimensions = [[]], Metrics = [] }) =>
    Dimensions.flatMap(names =>
      Metrics.map(({ Name }) => ({
        namespace: Namespace,
        name: Name,
        dimensions: Object.fromEntries(names.map(dimension => [dimension, String(record[dimension])])),
        sum: [record[Name] ?? []].flat().reduce<number>((sum, value) => sum + Number(value), 0),
      })),
    ),
  );
}

interface EmbeddedMetrics {
  readonly [member: string]: unknown;
  readonly _aws?: {
    readonly CloudWatchMetrics?: readonly {
      readonly Namespace: string;
      readonly Dimensions?: readonly (readonly string[])[];
      readonly Metrics?: readonly { readonly Name: string }[];
    }[];
  };
}
