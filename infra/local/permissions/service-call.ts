import type { LocalAccount } from '../account/local-account.ts';
import type { ServiceRequest } from '../account/local-service.ts';
import type { KeyFacts } from './key-use.ts';
import type { NeededPermission } from './needed-permission.ts';

/** A call to a service other than S3, its body read. */
export interface ServiceCall extends ServiceRequest {
  /** By the name in the credential scope, as the gateway routes it. */
  readonly service: string;
}

/** What the permissions of a call depend on beside the call; the region is the call's. */
export interface ResourceFacts extends KeyFacts {
  readonly account: LocalAccount;
  /** The key that a table, queue or topic is encrypted under. */
  readonly keyOf: (resourceArn: string) => string | undefined;
  /** ARN of a role of the templates, with its path. */
  readonly roleArn: (roleName: string) => string | undefined;
  /** Who may take on a role of the templates. */
  readonly trustOf: (roleArn: string) => object | undefined;
}

/** What a call needs; `undefined` of one that nobody has taught the local run. */
export type NeedsOf = (call: ServiceCall, facts: ResourceFacts) => readonly NeededPermission[] | undefined;

/** The operation's name in `X-Amz-Target`. */
export function operationOf({ headers }: ServiceCall): string {
  const target = headers['x-amz-target'] ?? '';
  return target.slice(target.lastIndexOf('.') + 1);
}

/** The members of a JSON body; of one that is none, no members: the service says what is wrong with it. */
export function membersOf({ body }: ServiceCall): Readonly<Record<string, unknown>> {
  try {
    return asMembers(JSON.parse(body === '' ? '{}' : body));
  } catch {
    return {};
  }
}

export function asMembers(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** A member of a JSON body that is a list, each as its members. */
export function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.map(asMembers) : [];
}

/** What a table says of a name that came over the wire. */
export function lookUp<Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
