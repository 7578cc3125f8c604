import { setTimeout } from 'node:timers/promises';
import {
  CreateStateMachineCommand,
  SFNClient,
  type SFNClientConfig,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { LocalStepFunctions } from '../../infra/local/step-functions.ts';
import { ManualClock } from '../../src/adapters/memory/manual-clock.ts';
import { systemClock } from '../../src/adapters/node/system-clock.ts';
import type { Clock } from '../../src/ports/clock.ts';

/** A Step Functions to test against. */
export interface StepFunctionsEndpoint {
  readonly client: SFNClient;
  /** The clock by which the endpoint dates its executions. */
  readonly clock: Clock;
  /** Lets that clock run on. */
  wait(milliseconds: number): Promise<void>;
  /** Creates a state machine whose executions run until they are stopped, and gives its ARN. */
  createStateMachine(label: string): Promise<string>;
  abort(stateMachineArn: string, name: string): Promise<void>;
  close(): Promise<void>;
}

/** Waits for longer than any test takes. */
const definition = JSON.stringify({
  StartAt: 'Wait',
  States: { Wait: { Type: 'Wait', Seconds: 86_400, End: true } },
});

/**
 * Starts the local Step Functions; where `SALLYPORT_AWS_ENDPOINT` names another AWS-compatible endpoint, that one is
 * used.
 */
export async function startStepFunctions(): Promise<StepFunctionsEndpoint> {
  const external = process.env['SALLYPORT_AWS_ENDPOINT'];
  const parts = external ? externalParts(external) : await localParts();
  return {
    ...parts,
    abort: async (stateMachineArn, name) => {
      const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
      await parts.client.send(new StopExecutionCommand({ executionArn }));
    },
    close: async () => {
      parts.client.destroy();
      await parts.close();
    },
  };
}

/** A client with made-up credentials, without retries that hide a failure. */
export function stepFunctionsClient(endpoint: string, config: SFNClientConfig = {}): SFNClient {
  return new SFNClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    disableHostPrefix: true,
    ...config,
  });
}

async function localParts(): Promise<Omit<StepFunctionsEndpoint, 'abort'>> {
  const clock = new ManualClock();
  const local = new LocalStepFunctions({
    region: 'us-east-1',
    accountId: '000000000000',
    clock,
    runTask: async () => undefined,
  });
  return {
    client: stepFunctionsClient(await local.listen()),
    clock,
    wait: async milliseconds => clock.advance(milliseconds),
    createStateMachine: async label => {
      const name = `${label}-${crypto.randomUUID()}`;
      const arn = `arn:aws:states:us-east-1:000000000000:stateMachine:${name}`;
      local.createStateMachine({ arn, name, definition });
      return arn;
    },
    close: () => local.stop(),
  };
}

function externalParts(endpoint: string): Omit<StepFunctionsEndpoint, 'abort'> {
  const client = stepFunctionsClient(endpoint);
  return {
    client,
    clock: systemClock,
    // Another's clock runs by itself only.
    wait: milliseconds => setTimeout(milliseconds),
    createStateMachine: async label => {
      const { stateMachineArn } = await client.send(
        new CreateStateMachineCommand({
          name: `${label}-${crypto.randomUUID()}`,
          definition,
          roleArn: 'arn:aws:iam::000000000000:role/contract',
        }),
      );
      return String(stateMachineArn);
    },
    close: async () => undefined,
  };
}
