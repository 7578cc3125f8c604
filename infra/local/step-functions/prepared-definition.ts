import type { StateMachine } from 'aws-local-stepfunctions';

/** One state whose work is done outside of the interpreter. */
export interface PreparedTask {
  /** Absent for a Pass state: its work is its payload. */
  readonly resource?: string;
  /** The state's own `Parameters`; absent where the input is the payload. */
  readonly template?: unknown;
  /** Of a distributed Map: what its children run. Its payload is a `MapRunInput`. */
  readonly mapRun?: PreparedMapRun;
}

export interface PreparedDefinition {
  readonly machine: StateMachine;
  readonly tasks: ReadonlyMap<string, PreparedTask>;
  /** Seconds after which a run is `TIMED_OUT`. */
  readonly timeoutSeconds: number | undefined;
}

/** What the children of a distributed Map run, and how they come by their items. */
export interface PreparedMapRun {
  readonly label: string;
  readonly child: PreparedDefinition;
  /** Absent where each child takes one item, as it is. */
  readonly itemsPerBatch: number | undefined;
  /** Children that run at one time. */
  readonly concurrency: number;
}
