import { describe, expect, test } from '@jest/globals';
import { FaultInjector, type FaultMoment } from '../../../src/adapters/memory/fault-injection.ts';
import { isPortError } from '../../../src/ports/failure.ts';

class Counter {
  #value = 0;

  get value(): number {
    return this.#value;
  }

  async add(amount: number): Promise<number> {
    this.#value += amount;
    return this.#value;
  }

  async fail(): Promise<void> {
    throw new Error('own fault');
  }

  async *steps(): AsyncGenerator<number> {
    this.#value += 1;
    yield this.#value;
  }
}

async function failureOf(work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  return undefined;
}

async function drain(source: AsyncIterable<number>): Promise<number[]> {
  const seen: number[] = [];
  for await (const item of source) seen.push(item);
  return seen;
}

describe('FaultInjector', () => {
  test('passes calls, answers and properties through and counts the calls of all ports', async () => {
    const faults = new FaultInjector();
    const first = faults.wrap('first', new Counter());
    const second = faults.wrap('second', new Counter());
    expect(await first.add(2)).toBe(2);
    expect(await drain(second.steps())).toEqual([1]);
    expect(first.value).toBe(2);
    expect(faults.calls).toEqual(['first.add', 'second.steps']);
  });

  test.each<[FaultMoment, number]>([
    ['before', 1],
    ['after', 11],
  ])('fails one call %s its effect, and no other', async (moment, expected) => {
    const faults = new FaultInjector();
    const counter = faults.wrap('counter', new Counter());
    faults.failCall(2, moment);
    await counter.add(1);
    const error = await failureOf(() => counter.add(10));
    expect(isPortError(error) && [error.kind, error.code, error.operation]).toEqual([
      'retryable',
      'InjectedFault',
      'counter.add',
    ]);
    expect(counter.value).toBe(expected);
    expect(await counter.add(100)).toBe(expected + 100);
  });

  test.each<[FaultMoment, number]>([
    ['before', 0],
    ['after', 1],
  ])('fails an async iterable %s its effect, at the first item', async (moment, expected) => {
    const faults = new FaultInjector();
    const counter = faults.wrap('counter', new Counter());
    faults.failCall(1, moment);
    const steps = counter.steps();
    expect(isPortError(await failureOf(() => drain(steps)))).toBe(true);
    expect(counter.value).toBe(expected);
  });

  test('counts the calls of one named method, with the kind and code asked for', async () => {
    const faults = new FaultInjector();
    const counter = faults.wrap('counter', new Counter());
    const other = faults.wrap('other', new Counter());
    faults.failCall(2, 'before', { of: 'counter.add', kind: 'throttled', code: 'SlowDown' });
    await counter.add(1);
    await other.add(1);
    await drain(counter.steps());
    const error = await failureOf(() => counter.add(1));
    expect(isPortError(error) && [error.kind, error.code]).toEqual(['throttled', 'SlowDown']);
  });

  test('a fault from a call on lasts, over all ports, until reset', async () => {
    const faults = new FaultInjector();
    const counter = faults.wrap('counter', new Counter());
    const other = faults.wrap('other', new Counter());
    faults.failFrom(2, 'after', { of: 'counter.add' });
    await other.add(1);
    await counter.add(1);
    expect(isPortError(await failureOf(() => counter.add(1)))).toBe(true);
    expect(isPortError(await failureOf(() => other.add(1)))).toBe(true);
    expect(isPortError(await failureOf(() => counter.add(1)))).toBe(true);
    expect([counter.value, other.value]).toEqual([2, 1]);
    faults.reset();
    expect(await counter.add(1)).toBe(3);
    expect(faults.calls).toEqual(['counter.add']);
  });

  test('tells whether the planned call was reached', async () => {
    const faults = new FaultInjector();
    const counter = faults.wrap('counter', new Counter());
    faults.failCall(2, 'before');
    await counter.add(1);
    expect(faults.pending).toBe(1);
    await failureOf(() => counter.add(1));
    expect(faults.pending).toBe(0);
  });

  test('a call that fails by itself shows its own fault', async () => {
    const faults = new FaultInjector();
    const counter = faults.wrap('counter', new Counter());
    faults.failCall(1, 'after');
    expect(await failureOf(() => counter.fail())).toEqual(new Error('own fault'));
  });

  test.each([0, -1, 1.5, Number.NaN])('refuses the ordinal %p', ordinal => {
    expect(() => new FaultInjector().failCall(ordinal, 'before')).toThrow(RangeError);
  });
});
