import type { JsonObject } from './json.ts';

export type WorkflowStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

export interface WorkflowRequest {
  /** Unique per run: 1 to 80 of `A-Z a-z 0-9 - _`. */
  readonly name: string;
  readonly input: JsonObject;
}

export type StartOutcome =
  | { readonly outcome: 'started' }
  /** A run of this name and this input is under way; nothing was started. */
  | { readonly outcome: 'already-running' }
  /** The name belongs to a run that has ended, or that runs with another input; nothing was started. */
  | { readonly outcome: 'name-taken' };

/** Starts long-running workflows under names that identify the work. */
export interface WorkflowEngine {
  start(request: WorkflowRequest): Promise<StartOutcome>;
  /** How the run of that name stands; `undefined` where none is known. */
  status(name: string): Promise<WorkflowStatus | undefined>;
}
