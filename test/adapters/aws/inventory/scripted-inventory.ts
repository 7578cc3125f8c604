import { STSClient } from '@aws-sdk/client-sts';
import type { ServiceAnswer } from '../../../../infra/local/account/local-service.ts';
import { assumedRoleClients } from '../../../../src/adapters/aws/assumed-role-clients.ts';
import { AwsResourceInventory } from '../../../../src/adapters/aws/aws-resource-inventory.ts';
import type {
  Aspect,
  AspectValues,
  InventoryScope,
  ResourceRef,
  ResourceType,
} from '../../../../src/ports/resource-inventory.ts';
import {
  type LocalServicesEndpoint,
  type ServedRequest,
  startLocalServices,
} from '../../../emulators/local-services.ts';

/** An inventory whose services answer what a test says, call by call. */
export interface ScriptedInventory {
  readonly inventory: AwsResourceInventory;
  /** The answers to come, in the order of the calls. */
  answer(...answers: readonly ServiceAnswer[]): void;
  /** What was called since it was last asked, as `service Action {input}`, the input's members by name. */
  calls(): readonly string[];
  /** A header of each call since then. */
  headers(name: string): readonly (string | undefined)[];
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
    headers: name => served.requests.map(({ headers }) => headers[name]),
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

/** The account and region that is asked. */
export const scope: InventoryScope = { account: '111122223333', region: 'eu-central-1' };

export const arns: Readonly<Record<ResourceType, string>> = {
  account: 'arn:aws:iam::111122223333:root',
  's3-bucket': 'arn:aws:s3:::files',
  'dynamodb-table': 'arn:aws:dynamodb:eu-central-1:111122223333:table/files',
  'sns-topic': 'arn:aws:sns:eu-central-1:111122223333:files',
  'sqs-queue': 'arn:aws:sqs:eu-central-1:111122223333:files',
  'kms-key': 'arn:aws:kms:eu-central-1:111122223333:key/files',
  secret: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:files-AbCdEf',
  'log-group': 'arn:aws:logs:eu-central-1:111122223333:log-group:files',
};

export const queueUrl = 'https://sqs.eu-central-1.amazonaws.com/111122223333/files';

/** The one resource of each type, `files`. */
export function refOf(type: ResourceType): ResourceRef {
  const name = type === 'account' ? scope.account : 'files';
  return { type, ...scope, arn: arns[type], name, ...(type === 'sqs-queue' ? { locator: queueUrl } : {}) };
}

/** Errors as S3, the query protocol, and the JSON protocols write them. */
export const s3Error = (code: string, status: number) =>
  xml(`<Error><Code>${code}</Code><Message>x</Message></Error>`, status);
export const queryError = (code: string, status: number) =>
  xml(
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>x</Message></Error></ErrorResponse>`,
    status,
  );
export const jsonError = (code: string, status = 400) => json({ __type: code, message: 'x' }, status);

/** The key of that name, as KMS tells it and as the port does. */
export const keyMetadata = {
  KeyId: 'files',
  Arn: arns['kms-key'],
  AWSAccountId: '111122223333',
  KeyManager: 'CUSTOMER',
  KeyState: 'Enabled',
  KeySpec: 'SYMMETRIC_DEFAULT',
  Origin: 'AWS_KMS',
};
export const keyFacts = {
  arn: arns['kms-key'],
  account: '111122223333',
  manager: 'CUSTOMER',
  keyState: 'Enabled',
  keySpec: 'SYMMETRIC_DEFAULT',
  origin: 'AWS_KMS',
} as const;

/** What a resource is asked, what its services answer, and what is to be read from that, by which calls. */
export type AspectRow = {
  [Name in Aspect]: readonly [
    type: ResourceType,
    aspect: Name,
    value: AspectValues[Name],
    calls: readonly string[],
    ...answers: readonly ServiceAnswer[],
  ];
}[Aspect];
