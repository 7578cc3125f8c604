import { describe, expect, test } from '@jest/globals';
import { FaultInjector } from '../src/adapters/memory/fault-injection.ts';

/** A service on memory adapters whose calls pass through `faults`, and the delivery that is repeated. */
export interface CrashableWorld {
  deliver(): Promise<unknown>;
  /** Asserts what must hold once a delivery has succeeded, however many went before it. */
  verify(): void | Promise<void>;
}

/**
 * Registers one test for each port call that a delivery makes and each moment: the process dies there (every
 * later call fails too), the delivery is repeated, and repeated once more; then nothing is lost or doubled.
 * Awaited at a test file's top level, since the calls are known only after a delivery has been made.
 */
export async function describeEachCrash(
  name: string,
  build: (faults: FaultInjector) => CrashableWorld | Promise<CrashableWorld>,
): Promise<void> {
  const counting = new FaultInjector();
  const counted = await build(counting);
  counting.reset();
  await counted.deliver();
  const calls = [...counting.calls];

  describe(`crashes while ${name}`, () => {
    test('are possible: a delivery calls a port', () => expect(calls.length).toBeGreaterThan(0));

    const strikes = calls.flatMap((call, index) =>
      (['before', 'after'] as const).map(moment => ({ call, ordinal: index + 1, moment })),
    );
    test.each(strikes)(
      '$moment call $ordinal, $call, lose and double nothing',
      async ({ ordinal, moment }) => {
        const faults = new FaultInjector();
        const world = await build(faults);
        faults.reset();
        faults.failFrom(ordinal, moment);
        await expect(world.deliver()).rejects.toMatchObject({ code: 'InjectedFault' });
        faults.reset();
        await world.deliver();
        await world.verify();
        await world.deliver();
        await world.verify();
      },
    );
  });
}
