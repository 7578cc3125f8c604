import { PortError } from '../../ports/failure.ts';
import type { JsonObject } from '../../ports/json.ts';
import type {
  StartOutcome,
  WorkflowEngine,
  WorkflowRequest,
  WorkflowStatus,
} from '../../ports/workflow-engine.ts';

/** One run of a workflow. */
export interface MemoryWorkflowRun {
  readonly name: string;
  readonly input: JsonObject;
  readonly status: WorkflowStatus;
}

/**
 * A workflow engine whose runs begin and wait: each stays `RUNNING` until {@link finish} ends it. Names are taken
 * for good, as Step Functions keeps them for 90 days after a run has closed.
 *
 * @example
 * const engine = new MemoryWorkflowEngine();
 * const admitted = await starter.admit(upload);
 * if (admitted.outcome === 'started') engine.finish(admitted.executionName, 'FAILED');
 */
export class MemoryWorkflowEngine implements WorkflowEngine {
  readonly #runs = new Map<string, MemoryWorkflowRun>();

  /** Every run in the order of its start. */
  get runs(): readonly MemoryWorkflowRun[] {
    return structuredClone([...this.#runs.values()]);
  }

  /** Ends a run that is `RUNNING`; throws where there is none of that name. */
  finish(name: string, status: Exclude<WorkflowStatus, 'RUNNING'>): void {
    const run = this.#runs.get(name);
    if (run?.status !== 'RUNNING') throw new Error(`No run named ${JSON.stringify(name)} is under way`);
    this.#runs.set(name, { ...run, status });
  }

  async start(request: WorkflowRequest): Promise<StartOutcome> {
    if (!/^[A-Za-z0-9_-]{1,80}$/.test(request.name)) {
      throw new PortError({
        kind: 'permanent',
        operation: 'WorkflowEngine.start',
        code: 'InvalidName',
        message: 'A run is named by 1 to 80 of A-Z a-z 0-9 - _',
      });
    }
    const run = this.#runs.get(request.name);
    if (run === undefined) {
      this.#runs.set(request.name, { ...structuredClone(request), status: 'RUNNING' });
      return { outcome: 'started' };
    }
    // Inputs are the same where their JSON text is: that is what Step Functions compares.
    const sameInput = JSON.stringify(run.input) === JSON.stringify(request.input);
    return { outcome: run.status === 'RUNNING' && sameInput ? 'already-running' : 'name-taken' };
  }

  async status(name: string): Promise<WorkflowStatus | undefined> {
    return this.#runs.get(name)?.status;
  }
}
