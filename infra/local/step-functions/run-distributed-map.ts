import { randomUUID } from 'node:crypto';
import type { PreparedDefinition, PreparedMapRun } from './prepared-definition.ts';
import { itemReaderResource } from './read-distributed-map.ts';
import type { Run, RunOutcome, RunRequest } from './run.ts';

/** The evaluated fields of a distributed Map. */
export interface MapRunInput {
  /** For {@link itemReaderResource}. */
  readonly reader: unknown;
  readonly batchInput?: unknown;
}

/** An error of a Map run: `name` and `message` are `Error` and `Cause` of the state's failure. */
class MapRunFailure extends Error {
  override readonly name = 'States.ExceedToleratedFailureThreshold';
}

/**
 * Runs a child for each batch of the items that the Map lists, and gives their outputs in the order of the batches. No
 * failure is tolerated: the first child that fails ends the others.
 *
 * @param stopped Rejects when the run that the Map belongs to is over.
 */
export async function runDistributedMap(
  { label, child, itemsPerBatch, concurrency }: PreparedMapRun,
  { reader, batchInput }: MapRunInput,
  request: RunRequest & { readonly stateName: string },
  start: (child: PreparedDefinition, request: RunRequest) => Run,
  stopped: Promise<never>,
): Promise<readonly unknown[]> {
  const { stateName, ...shared } = request;
  const listed = await request.runTask({ stateName, resource: itemReaderResource, input: reader });
  if (!Array.isArray(listed)) throw new Error(`The items of ${stateName} are no list`);
  const inputs = itemsPerBatch === undefined ? listed : batchesOf(listed, itemsPerBatch, batchInput);
  const running = new Set<Run>();
  const outputs: unknown[] = [];
  let failure: RunOutcome | undefined;
  const waiting = inputs.entries();
  const lane = async (): Promise<void> => {
    for (const [index, input] of waiting) {
      if (failure !== undefined) return;
      const run = start(child, { ...shared, input, execution: childExecution(request, label, input) });
      running.add(run);
      const outcome = await run.outcome;
      running.delete(run);
      if (outcome.status === 'SUCCEEDED') outputs[index] = outcome.output;
      else failure ??= outcome;
    }
  };
  const lanes = Promise.all(Array.from({ length: Math.min(concurrency, inputs.length) }, lane));
  try {
    await Promise.race([lanes, stopped]);
  } finally {
    if (failure === undefined && running.size > 0) failure = { status: 'ABORTED' };
    for (const run of running) run.abort();
  }
  if (failure !== undefined) {
    throw new MapRunFailure(
      `The specified tolerated failure threshold was exceeded: ${JSON.stringify(failure)}`,
    );
  }
  return outputs;
}

function batchesOf(items: readonly unknown[], size: number, batchInput: unknown): readonly unknown[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => ({
    Items: items.slice(index * size, (index + 1) * size),
    ...(batchInput === undefined ? {} : { BatchInput: batchInput }),
  }));
}

/** A child is an execution of its own: `…:execution:<machine>/<label>:<name>`. */
function childExecution(
  { execution, stateMachine }: RunRequest,
  label: string,
  input: unknown,
): Readonly<Record<string, unknown>> {
  const name = randomUUID();
  const machine = String(stateMachine['Id']).replace(':stateMachine:', ':execution:');
  return { ...execution, Id: `${machine}/${label}:${name}`, Name: name, Input: input };
}
