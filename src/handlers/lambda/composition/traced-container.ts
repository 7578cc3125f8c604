import { Container } from 'inversify';
import type { Telemetry } from '../telemetry.ts';

export interface TracedContainer {
  readonly container: Container;
  /** The client, traced where tracing is on. */
  readonly traced: <Client>(client: Client) => Client;
}

/** What every function's object graph begins with: nothing in it is built before it is asked for, and then once. */
export function tracedContainer({ tracer }: Pick<Telemetry, 'tracer'>): TracedContainer {
  return {
    container: new Container({ defaultScope: 'Singleton' }),
    traced: client => tracer?.captureAWSv3Client(client) ?? client,
  };
}
