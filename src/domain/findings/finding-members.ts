import type * as z from 'zod';

/** A member of a finding that is not as AWS documents it. */
export interface FindingFault {
  /** Path within the finding, in camelCase: `resource.instanceDetails.instanceId`. */
  readonly field: string;
  readonly reason: string;
}

/**
 * An object of a finding, read member by member, in whichever case the names begin. `null` and the empty text say nothing:
 * GuardDuty writes them where it has nothing to say, so such a member counts as one that is not there.
 */
export class FindingMembers {
  readonly #members: Readonly<Record<string, unknown>>;
  readonly #path: string;
  readonly #faults: FindingFault[];

  /** @param faults Takes what is not as documented. */
  constructor(value: unknown, path: string, faults: FindingFault[]) {
    this.#members = decapitalised(value);
    this.#path = path;
    this.#faults = faults;
  }

  has(name: string): boolean {
    return isSaid(this.#members[name]);
  }

  /** Whether it has no member that says anything. */
  get isEmpty(): boolean {
    return !Object.values(this.#members).some(isSaid);
  }

  /** Notes that a member is missing. */
  miss(name: string): void {
    this.#fault(name, missing);
  }

  /** The member as the form has it; `undefined` where it is not there, or of another form, which is noted. */
  optional<Value>(name: string, form: z.ZodType<Value>): Value | undefined {
    return this.has(name) ? this.#read(name, form) : undefined;
  }

  /** As {@link optional}, but that it is not there is noted, too. */
  demanded<Value>(name: string, form: z.ZodType<Value>): Value | undefined {
    if (this.has(name)) return this.#read(name, form);
    this.miss(name);
    return undefined;
  }

  /** The object of that name, as {@link optional}; without members where there is none. */
  object(name: string): FindingMembers {
    const value = this.#members[name];
    if (isSaid(value) && !isObject(value)) this.#fault(name, 'is no object');
    return new FindingMembers(value, this.#pathOf(name), this.#faults);
  }

  /** The objects of the list of that name; those that are none are noted, and left out. */
  list(name: string): readonly FindingMembers[] {
    const value = this.#members[name];
    if (!isSaid(value)) return [];
    if (!Array.isArray(value)) {
      this.#fault(name, 'is no list');
      return [];
    }
    if (value.length > mostItems) this.#fault(name, `holds more than ${mostItems}`);
    return value.slice(0, mostItems).flatMap((item: unknown, index) => {
      if (isObject(item)) return [new FindingMembers(item, this.#pathOf(`${name}.${index}`), this.#faults)];
      if (isSaid(item)) this.#fault(`${name}.${index}`, 'is no object');
      return [];
    });
  }

  #pathOf(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }

  #fault(name: string, reason: string): void {
    this.#faults.push({ field: this.#pathOf(name), reason });
  }

  #read<Value>(name: string, form: z.ZodType<Value>): Value | undefined {
    const read = form.safeParse(this.#members[name]);
    if (read.success) return read.data;
    for (const { message } of read.error.issues.slice(0, 1)) this.#fault(name, message);
    return undefined;
  }
}

/** Why a member that is not there is a fault. */
export const missing = 'is missing';

/** Items that are read of one list. */
const mostItems = 1000;

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The members of an object under names that begin with a small letter, without those that are null; none of what is no object. */
export function decapitalised(value: unknown): Readonly<Record<string, unknown>> {
  if (!isObject(value)) return {};
  const members = Object.entries(value).filter(([, member]) => member !== null);
  // Where a name is there in both cases, the one that needs no change counts.
  const small = (name: string) => `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`;
  const inOrder = members.toSorted(([a], [b]) => Number(a === small(a)) - Number(b === small(b)));
  return Object.fromEntries(inOrder.map(([name, member]) => [small(name), member]));
}

function isSaid(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}
