import type { ContainmentCall } from '../../../ports/containment.ts';
import { type FailureKind, PortError } from '../../../ports/failure.ts';
import type { JsonObject, JsonValue } from '../../../ports/json.ts';

/** The failure of a call, with the code that AWS documents for it. */
export function refusal(api: string, kind: FailureKind, code: string, why: string): PortError {
  return new PortError({
    kind,
    operation: 'Containment.perform',
    code,
    message: `Containment.perform on ${api} failed: ${code}: ${why}`,
  });
}

/**
 * The input of a call, read member by member. What is missing, of another type, or not modelled is refused: AWS would
 * ignore a member whose name it does not know, and a test would not see that.
 */
export class CallInput {
  readonly api: string;
  readonly #value: JsonObject;

  constructor(api: string, value: JsonObject, ...members: readonly string[]) {
    this.api = api;
    this.#value = value;
    const unknown = Object.keys(value).find(name => !members.includes(name));
    if (unknown !== undefined) throw this.refuse('permanent', 'NotModelled', `${unknown} is not modelled`);
  }

  static of({ api, input }: ContainmentCall, ...members: readonly string[]): CallInput {
    return new CallInput(api, input, ...members);
  }

  refuse(kind: FailureKind, code: string, why: string): PortError {
    return refusal(this.api, kind, code, why);
  }

  text(name: string): string {
    return this.#required(name, this.optionalText(name));
  }

  optionalText(name: string): string | undefined {
    const value = this.#value[name];
    return value === undefined || typeof value === 'string' ? value : this.#mistyped(name);
  }

  optionalNumber(name: string): number | undefined {
    const value = this.#value[name];
    return value === undefined || typeof value === 'number' ? value : this.#mistyped(name);
  }

  flag(name: string): boolean {
    return this.#required(name, this.optionalFlag(name));
  }

  optionalFlag(name: string): boolean | undefined {
    const value = this.#value[name];
    return value === undefined || typeof value === 'boolean' ? value : this.#mistyped(name);
  }

  /** The texts of a list; empty where it is absent. */
  texts(name: string): string[] {
    return this.#list(name).map(value => (typeof value === 'string' ? value : this.#mistyped(name)));
  }

  /** The objects of a list; empty where it is absent. */
  objects(name: string, ...members: readonly string[]): CallInput[] {
    return this.#list(name).map(value => this.#nested(name, value, members));
  }

  object(name: string, ...members: readonly string[]): CallInput {
    return this.#nested(name, this.#required(name, this.#value[name]), members);
  }

  #list(name: string): readonly JsonValue[] {
    const value = this.#value[name];
    if (value === undefined) return [];
    return Array.isArray(value) ? value : this.#mistyped(name);
  }

  #nested(name: string, value: JsonValue, members: readonly string[]): CallInput {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? new CallInput(this.api, value as JsonObject, ...members) : this.#mistyped(name);
  }

  #required<Value>(name: string, value: Value | undefined): Value {
    if (value === undefined) throw this.refuse('permanent', 'ValidationError', `${name} is missing`);
    return value;
  }

  #mistyped(name: string): never {
    throw this.refuse('permanent', 'ValidationError', `${name} is of another type`);
  }
}
