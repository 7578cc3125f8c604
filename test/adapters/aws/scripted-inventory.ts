import { STSClient } from '@aws-sdk/client-sts';
import type { ServiceAnswer } from '../../../infra/local/account/local-service.ts';
import { assumedRoleClients } from '../../../src/adapters/aws/assumed-role-clients.ts';
import { AwsResourceInventory } from '../../../src/adapters/aws/aws-resource-inventory.ts';
import {
  type LocalServicesEndpoint,
  type ServedRequest,
  startLocalServices,
} from '../../emulators/local-services.ts';

/** An inventory whose services answer what a test says, call by call. */
export interface ScriptedInventory {
  readonly inventory: AwsResourceInventory;
  /** The answers to come, in the order of the calls. */
  answer(...answers: readonly ServiceAnswer[]): void;
  /** What was called since it was last asked, as `service Action {input}`, the input's members by name. */
  calls(): readonly string[];
  close(): Promise<void>;
}

const services = ['dynamodb', 'kms', 'logs', 's3', 's3-control', 'secretsmanager', 'sns', 'sqs'];

/** Starts an endpoint for all services, and an inventory that calls it as account 111122223333. */
export async function startScriptedInventory(): Promise<ScriptedInventory> {
  let answers: ServiceAnswer[] = [];
  const next = () => answers.shift() ?? { status: 500, body: 'The test has no answer left' };
  const served: LocalServicesEndpoint = await startLocalServices(
    Object.fromEntries(services.map(service => [service, next])),
  );
  const clientsOf = assumedRoleClients({
    ownAccount: '111122223333',
    roleName: 'reader',
    sts: new STSClient({ region: 'eu-central-1' }),
    settings: {
      endpoint: served.endpoint,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    },
  });
  return {
    inventory: new AwsResourceInventory({ clientsOf }),
    answer: (...given) => {
      answers = [...given];
    },
    calls: () => served.requests.splice(0).map(described),
    close: served.close,
  };
}

function described({ service, method, url, target, body }: ServedRequest): string {
  if (target !== '') return `${service} ${target.replace(/^.*\./, '')} ${ordered(JSON.parse(body))}`;
  if (service !== 'sns') return `${service} ${method} ${url}`;
  const { Action, Version: _, ...input } = Object.fromEntries(new URLSearchParams(body));
  return `${service} ${Action} ${ordered(input)}`;
}

/** In what order the SDK sends the members of an input is its own affair. */
function ordered(input: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(Object.fromEntries(Object.entries(input).sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** An answer in JSON. */
export function json(body: object, status = 200): ServiceAnswer {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: JSON.stringify(body) };
}

/** An answer in XML. */
export function xml(body: string, status = 200): ServiceAnswer {
  return { status, headers: { 'content-type': 'application/xml' }, body: `<?xml version="1.0"?>${body}` };
}
