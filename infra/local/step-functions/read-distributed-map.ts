import { isRecord } from './payload-template.ts';
import type { PreparedDefinition, PreparedMapRun } from './prepared-definition.ts';

/** What lists the items of a distributed Map: objects of a bucket. */
export const itemReaderResource = 'arn:aws:states:::s3:listObjectsV2';

type State = Readonly<Record<string, unknown>>;

/** Fields of a Map that nothing is made of here. */
const notRead = ['ItemSelector', 'Parameters', 'ItemsPath', 'Items', 'MaxConcurrencyPath'];

/** The most children that run at one time: https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html */
const mostChildren = 10_000;

/**
 * A distributed Map, as the state that stands for it in the interpreter: a Task whose payload are the Map's evaluated
 * fields. Nothing where the state is none. Throws where the Map asks for what is not run here.
 *
 * @param prepare Makes the machine of the children ready.
 */
export function readDistributedMap(
  name: string,
  state: State,
  prepare: (machine: Record<string, unknown>) => PreparedDefinition,
): { readonly state: State; readonly run: PreparedMapRun } | undefined {
  const { ItemProcessor: processor, ItemReader: reader, ItemBatcher: batcher, Label: label, ...rest } = state;
  const { MaxConcurrency: concurrency, ...task } = rest;
  const config = isRecord(processor) ? processor['ProcessorConfig'] : undefined;
  if (!isRecord(processor) || !isRecord(config) || config['Mode'] !== 'DISTRIBUTED') {
    const field = ['ItemReader', 'ItemBatcher'].find(candidate => candidate in state);
    if (field !== undefined) throw new Error(`${field} is for a distributed Map (in state ${name})`);
    return undefined;
  }
  if (!isRecord(reader) || reader['Resource'] !== itemReaderResource || 'ReaderConfig' in reader) {
    throw new Error(`A distributed Map takes its items by ${itemReaderResource} here (in state ${name})`);
  }
  const field = notRead.find(candidate => candidate in state);
  if (field !== undefined)
    throw new Error(`${field} of a distributed Map is not run here (in state ${name})`);
  const batching = isRecord(batcher) ? batcher : undefined;
  const itemsPerBatch = batching?.['MaxItemsPerBatch'];
  if (batching !== undefined && typeof itemsPerBatch !== 'number') {
    throw new Error(`ItemBatcher is run here by MaxItemsPerBatch only (in state ${name})`);
  }
  const { ProcessorConfig: _, ...machine } = processor;
  return {
    state: {
      ...task,
      Type: 'Task',
      Resource: itemReaderResource,
      Parameters: {
        reader: reader['Parameters'] ?? {},
        ...(batching?.['BatchInput'] === undefined ? {} : { batchInput: batching['BatchInput'] }),
      },
    },
    run: {
      label: typeof label === 'string' ? label : name,
      child: prepare(machine),
      itemsPerBatch: typeof itemsPerBatch === 'number' ? itemsPerBatch : undefined,
      concurrency: typeof concurrency === 'number' && concurrency > 0 ? concurrency : mostChildren,
    },
  };
}
