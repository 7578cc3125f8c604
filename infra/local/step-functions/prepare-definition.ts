import { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import { templateOfPaths } from './payload-template.ts';
import type { PreparedDefinition, PreparedTask } from './prepared-definition.ts';
import { readDistributedMap } from './read-distributed-map.ts';

export type { PreparedDefinition } from './prepared-definition.ts';

/** How long a retrier's wait takes here, in milliseconds, where AWS waits `seconds`. */
export type RetryInterval = (stateName: string, seconds: number) => number;

type State = Readonly<Record<string, unknown>>;
type States = Readonly<Record<string, State>>;

/** The longest that a timer of Node.js can wait. */
const longestTimerSeconds = 2_147_483;

/** Fields that the interpreter ignores in silence: a definition that counts on one would run another way here. */
const notRun = [
  'Arguments',
  'Assign',
  'Credentials',
  'HeartbeatSeconds',
  'HeartbeatSecondsPath',
  'Output',
  'ResultWriter',
  'ToleratedFailureCount',
  'ToleratedFailurePercentage',
];

/**
 * Checks a definition and makes it ready for the interpreter, evening out where that differs from AWS:
 * functions and `$$.State` in `Parameters`, `ResultPath: "$"`, a task's default timeout, Fail without an error.
 * Throws where the definition is invalid, or asks for what is not run here.
 *
 * @param definition The Amazon States Language text, or the object that it says.
 */
export function prepareDefinition(
  definition: string | object,
  retryInterval: RetryInterval = (_state, seconds) => seconds * 1000,
): PreparedDefinition {
  const source = typeof definition === 'string' ? JSON.parse(definition) : definition;
  // Validates, with asl-validator; what follows relies on the shape.
  new StateMachine(source as StateMachineDefinition);
  refuseJsonata('the state machine', source);
  return prepareValidated(source as Record<string, unknown>, retryInterval);
}

function prepareValidated(
  validated: Record<string, unknown>,
  retryInterval: RetryInterval,
): PreparedDefinition {
  const tasks = new Map<string, PreparedTask>();
  const { TimeoutSeconds: timeoutSeconds, ...rest } = prepareMachine(validated, tasks, retryInterval);
  const options = { validationOptions: { noValidate: true } };
  return {
    machine: new StateMachine(rest as unknown as StateMachineDefinition, options),
    tasks,
    timeoutSeconds:
      typeof timeoutSeconds === 'number' ? Math.min(timeoutSeconds, longestTimerSeconds) : undefined,
  };
}

function prepareMachine(
  machine: Record<string, unknown>,
  tasks: Map<string, PreparedTask>,
  retryInterval: RetryInterval,
): Record<string, unknown> {
  const states = Object.entries(machine['States'] as States).map(([name, state]) => {
    refuseUnsupported(name, state);
    const map = readDistributedMap(name, state, machine => prepareValidated(machine, retryInterval));
    if (map === undefined) return [name, prepareState(name, state, tasks, retryInterval)];
    // To the interpreter a distributed Map is one piece of work, whose children run by themselves.
    const prepared = prepareState(name, map.state, tasks, retryInterval);
    tasks.set(name, { template: map.state['Parameters'], mapRun: map.run });
    return [name, prepared];
  });
  return { ...machine, States: Object.fromEntries(states) };
}

function prepareState(
  name: string,
  state: State,
  tasks: Map<string, PreparedTask>,
  retryInterval: RetryInterval,
): State {
  const prepared: Record<string, unknown> = { ...state };
  if (state['ResultPath'] === '$') delete prepared['ResultPath'];
  if (Array.isArray(state['Catch'])) prepared['Catch'] = state['Catch'].map(withoutWholeResultPath);
  if (Array.isArray(state['Retry'])) {
    prepared['Retry'] = state['Retry'].map(retrier => shortenedRetrier(name, retrier, retryInterval));
  }
  const nested = (machine: unknown) =>
    prepareMachine(machine as Record<string, unknown>, tasks, retryInterval);
  if (Array.isArray(state['Branches'])) prepared['Branches'] = state['Branches'].map(nested);
  for (const field of ['Iterator', 'ItemProcessor'])
    if (field in state) prepared[field] = nested(state[field]);

  if (state['Type'] === 'Fail') return { ...withEmptyError(state), ...prepared };
  const isPassOfParameters = state['Type'] === 'Pass' && 'Parameters' in state && !('Result' in state);
  if (state['Type'] !== 'Task' && !isPassOfParameters) return prepared;

  tasks.set(name, {
    ...(isPassOfParameters ? {} : { resource: String(state['Resource']) }),
    ...('Parameters' in state ? { template: state['Parameters'] } : {}),
  });
  if ('Parameters' in state) prepared['Parameters'] = parametersOf(name, state);
  if (!('TimeoutSecondsPath' in state)) {
    prepared['TimeoutSeconds'] = Math.min(Number(state['TimeoutSeconds'] ?? Infinity), longestTimerSeconds);
  }
  // Only a Task's work can be done by a function of ours.
  return { ...prepared, Type: 'Task', Resource: state['Resource'] ?? 'payload' };
}

function parametersOf(name: string, state: State): unknown {
  try {
    return templateOfPaths(state['Parameters']);
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)} (in state ${name})`);
  }
}

function withoutWholeResultPath(catcher: State): State {
  const { ResultPath: path, ...rest } = catcher;
  return path === '$' ? rest : catcher;
}

function shortenedRetrier(name: string, retrier: State, retryInterval: RetryInterval): State {
  const seconds = (value: unknown) => retryInterval(name, Number(value)) / 1000;
  return {
    ...retrier,
    IntervalSeconds: seconds(retrier['IntervalSeconds'] ?? 1),
    ...('MaxDelaySeconds' in retrier ? { MaxDelaySeconds: seconds(retrier['MaxDelaySeconds']) } : {}),
  };
}

/** The interpreter puts words of its own where a Fail state has no error or no cause. */
function withEmptyError(state: State): State {
  return {
    ...('ErrorPath' in state ? {} : { Error: '' }),
    ...('CausePath' in state ? {} : { Cause: '' }),
  };
}

function refuseUnsupported(name: string, state: State): void {
  refuseJsonata(`state ${name}`, state);
  const field = notRun.find(candidate => candidate in state);
  if (field !== undefined) throw new Error(`${field} is not run here (in state ${name})`);
  const resource = state['Resource'];
  if (typeof resource === 'string' && /\.(?:waitForTaskToken|sync(?::\d+)?)$/u.test(resource)) {
    throw new Error(`${resource}: only request and response is run here (in state ${name})`);
  }
  for (const selector of ['ResultSelector', 'ItemSelector', 'ErrorPath', 'CausePath']) {
    if (selector in state && JSON.stringify(state[selector]).includes('"States.')) {
      throw new Error(`Functions are run in Parameters only, not in ${selector} (in state ${name})`);
    }
  }
}

function refuseJsonata(what: string, part: Readonly<Record<string, unknown>>): void {
  if ((part['QueryLanguage'] ?? 'JSONPath') !== 'JSONPath') {
    throw new Error(
      `QueryLanguage ${String(part['QueryLanguage'])} is not run here, only JSONPath (in ${what})`,
    );
  }
}
