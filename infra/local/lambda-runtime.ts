import type { LineListener } from './lambda-function.ts';
import { type FunctionSpecification, type Invocation, LambdaFunction } from './lambda-function.ts';

/** Runs the functions of the templates. */
export class LambdaRuntime {
  readonly #functions = new Map<string, LambdaFunction>();
  readonly #maximumWorkers: number;
  readonly #onLine: LineListener;

  constructor(options: {
    /** Execution environments a function may have at once; on Lambda the account's concurrency. */
    readonly maximumWorkers: number;
    readonly onLine: LineListener;
  }) {
    this.#maximumWorkers = options.maximumWorkers;
    this.#onLine = options.onLine;
  }

  /** Makes a function invocable; no worker starts before its first event. */
  createFunction(specification: FunctionSpecification): void {
    this.#functions.set(
      specification.name,
      new LambdaFunction(specification, this.#maximumWorkers, this.#onLine),
    );
  }

  /** Whether `name` (or ARN) is a function of this run. */
  has(name: string): boolean {
    return this.#functions.has(functionNameOf(name));
  }

  /** Runs a function, given by name or ARN, on one event. Rejects only where there is no such function. */
  async invoke(name: string, event: unknown): Promise<Invocation> {
    const target = this.#functions.get(functionNameOf(name));
    if (target === undefined) throw new Error(`Function not found: ${name}`);
    return target.invoke(event);
  }

  /** Ends every worker. */
  async stop(): Promise<void> {
    await Promise.all([...this.#functions.values()].map(each => each.stop()));
  }
}

/** `arn:aws:lambda:<region>:<account>:function:<name>[:<qualifier>]` or the bare name. */
export function functionNameOf(name: string): string {
  return name.startsWith('arn:') ? (name.split(':')[6] ?? name) : name;
}
