/** How a run ended. */
export type RunOutcome =
  | { readonly status: 'SUCCEEDED'; readonly output: unknown }
  | { readonly status: 'FAILED'; readonly error?: string; readonly cause?: string }
  | { readonly status: 'TIMED_OUT' }
  | { readonly status: 'ABORTED' };

export interface RunRequest {
  readonly input: unknown;
  /** What `$$.Execution` holds. */
  readonly execution: Readonly<Record<string, unknown>>;
  /** What `$$.StateMachine` holds. */
  readonly stateMachine: Readonly<Record<string, unknown>>;
  /** @default the machine's clock */
  readonly now?: () => Date;
  /** Does a task's work; rejects with an `Error` whose name is the error type and whose message is the cause. */
  readonly runTask: (task: {
    readonly stateName: string;
    readonly resource: string;
    readonly input: unknown;
  }) => Promise<unknown>;
}

export interface Run {
  /** Never rejects. */
  readonly outcome: Promise<RunOutcome>;
  abort(): void;
}
