import { type FailureKind, PortError } from '../../ports/failure.ts';

/** Where in a call the fault strikes: instead of its effect, or once the effect has happened. */
export type FaultMoment = 'before' | 'after';

export interface FaultOptions {
  /** Counts only the calls of this `port.method`, for example `objectStore.put`. Without it every call counts. */
  readonly of?: string;
  /** @default 'retryable' */
  readonly kind?: FailureKind;
  /** @default 'InjectedFault' */
  readonly code?: string;
}

interface PlannedFault extends FaultOptions {
  readonly ordinal: number;
  readonly moment: FaultMoment;
  readonly lasting: boolean;
}

type PortMethod = (...parameters: unknown[]) => unknown;

/**
 * Makes chosen calls of ports fail, for tests that let each call fail in turn. It wraps any port whose methods
 * answer with a promise or an async iterable; a call of an iterable fails at its first `next()`.
 *
 * @example
 * const faults = new FaultInjector();
 * const store = faults.wrap('objectStore', new MemoryObjectStore({ clock, buckets }));
 * faults.failCall(3, 'after');
 * await assert.rejects(service.run(store)); // the third call took effect, the service saw a fault
 * await service.run(store); // the redelivery
 */
export class FaultInjector {
  readonly #calls: string[] = [];
  #planned: PlannedFault[] = [];

  /** The calls since the start or the last `reset`, each as `port.method`, in order. */
  get calls(): readonly string[] {
    return this.#calls;
  }

  /** How many planned faults have not struck yet; zero after a run means that the planned call was reached. */
  get pending(): number {
    return this.#planned.filter(fault => this.#count(fault.of) < fault.ordinal).length;
  }

  /** Puts the port under control of this injector; its calls are named `name.method`. */
  wrap<Port extends object>(name: string, port: Port): Port {
    return new Proxy(port, {
      get: (target, property) => {
        const member: unknown = Reflect.get(target, property, target);
        if (typeof member !== 'function' || typeof property === 'symbol') return member;
        const method = member as PortMethod;
        return (...parameters: unknown[]) =>
          this.#call(`${name}.${property}`, () => method.apply(target, parameters));
      },
    });
  }

  /** Lets the call with this ordinal (from 1, over all wrapped ports) fail once. Plans add up. */
  failCall(ordinal: number, moment: FaultMoment, options: FaultOptions = {}): void {
    this.#plan({ ...options, ordinal, moment, lasting: false });
  }

  /** As a process that dies: the call fails as in `failCall`, every later one before its effect, until `reset`. */
  failFrom(ordinal: number, moment: FaultMoment, options: FaultOptions = {}): void {
    this.#plan({ ...options, ordinal, moment, lasting: true });
  }

  /** Forgets the calls and the planned faults; wrapped ports stay wrapped. */
  reset(): void {
    this.#calls.length = 0;
    this.#planned = [];
  }

  #plan(fault: PlannedFault): void {
    if (!Number.isSafeInteger(fault.ordinal) || fault.ordinal < 1) {
      throw new RangeError(`A call's ordinal is a whole number from 1, not ${fault.ordinal}.`);
    }
    this.#planned.push(fault);
  }

  #count(of: string | undefined): number {
    return of === undefined ? this.#calls.length : this.#calls.filter(call => call === of).length;
  }

  #call(name: string, perform: () => unknown): unknown {
    this.#calls.push(name);
    const fault = this.#faultOf(name);
    if (fault === undefined) return perform();
    const error = new PortError({
      kind: fault.kind ?? 'retryable',
      operation: name,
      code: fault.code ?? 'InjectedFault',
      message: `Injected fault ${fault.moment} the effect of ${name}`,
    });
    return fault.moment === 'before' ? failing(error) : failingAfter(perform(), error);
  }

  #faultOf(name: string): ({ readonly moment: FaultMoment } & FaultOptions) | undefined {
    for (const fault of this.#planned) {
      if (fault.of !== undefined && fault.of !== name && !fault.lasting) continue;
      const count = this.#count(fault.of);
      if (count === fault.ordinal && (fault.of === undefined || fault.of === name)) return fault;
      if (fault.lasting && count >= fault.ordinal) return { ...fault, moment: 'before' };
    }
    return undefined;
  }
}

/** Fails whichever way it is consumed: nothing was called, so what the method answers with is not known. */
function failing(error: PortError): Promise<never> & AsyncIterable<never> {
  const rejected = Promise.reject<never>(error);
  // Consumed as an iterable, the promise itself is nobody's to catch.
  rejected.catch(() => undefined);
  return Object.assign(rejected, {
    [Symbol.asyncIterator]: () => ({ next: () => Promise.reject<IteratorResult<never>>(error) }),
  });
}

function failingAfter(answer: unknown, error: PortError): Promise<never> | AsyncIterable<never> {
  return isAsyncIterable(answer) ? failingAfterFirst(answer, error) : failingAfterPromise(answer, error);
}

async function failingAfterPromise(answer: unknown, error: PortError): Promise<never> {
  // A call that fails by itself shows its own fault.
  await answer;
  throw error;
}

function failingAfterFirst(source: AsyncIterable<unknown>, error: PortError): AsyncIterable<never> {
  return {
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        const iterator = source[Symbol.asyncIterator]();
        await iterator.next();
        await iterator.return?.();
        throw error;
      },
    }),
  };
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
