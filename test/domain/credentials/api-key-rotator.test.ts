import { describe, expect, test } from '@jest/globals';
import {
  type RotationResult,
  type RotationStep,
  rotationSteps,
} from '../../../src/domain/credentials/api-key-rotator.ts';
import { renderApiKeySecret } from '../../../src/domain/credentials/api-key-secret.ts';
import { PortError } from '../../../src/ports/failure.ts';
import { describeEachCrash } from '../../each-crash.ts';
import fc from '../../seeded-properties.ts';
import { rotationWorld, templateVersion } from './rotation-world.ts';

const done = { outcome: 'done' };
const refusal = (reason: string) => ({ outcome: 'refused', reason });

describe('a rotation', () => {
  test('the first, of what the template generated, gives the secret a key that lets its bearer in', async () => {
    const { rotate, vault, lets, versionsWithKeys } = rotationWorld();
    expect(await rotate('one')).toEqual([done, done, done, { outcome: 'finished', removed: 0 }]);
    expect(await vault.describe()).toMatchObject({ current: 'one', previous: templateVersion });
    expect(await lets('one')).toBe(true);
    expect(await versionsWithKeys()).toEqual(['one']);
  });

  test('leaves the key before valid until the rotation after, and then ends it', async () => {
    const { rotate, lets } = rotationWorld();
    await rotate('one');
    await rotate('two');
    expect([await lets('one'), await lets('two')]).toEqual([true, true]);
    const results = await rotate('three');
    expect(results.at(-1)).toEqual({ outcome: 'finished', removed: 1 });
    expect([await lets('one'), await lets('two'), await lets('three')]).toEqual([false, true, true]);
  });

  test('gives each version a key of its own', async () => {
    const { rotate, keyIn } = rotationWorld();
    await rotate('one');
    await rotate('two');
    expect(await keyIn('one')).toMatch(/^[0-9a-f]{64}$/);
    expect(await keyIn('two')).not.toBe(await keyIn('one'));
  });

  test('before its end clients are given the key before', async () => {
    const { rotate, rotator, vault, lets } = rotationWorld();
    await rotate('one');
    vault.begin('two');
    for (const step of rotationSteps.slice(0, 3)) await rotator.rotate(step, 'two');
    expect((await vault.describe()).current).toBe('one');
    expect([await lets('one'), await lets('two')]).toEqual([true, true]);
  });

  test('never touches a key of somebody else’s', async () => {
    const { rotate, registry } = rotationWorld();
    registry.addForeign('f'.repeat(40));
    for (const version of ['one', 'two', 'three', 'four']) await rotate(version);
    expect(registry.lets('f'.repeat(40))).toBe(true);
  });

  test('leaves the key of a version that people have labelled', async () => {
    const { rotate, vault, lets } = rotationWorld();
    await rotate('one');
    vault.label('PINNED', 'one');
    for (const version of ['two', 'three', 'four']) await rotate(version);
    expect([await lets('one'), await lets('two'), await lets('three')]).toEqual([true, false, true]);
  });

  test('after a value that was put by hand leaves the keys that clients may bear, until the next', async () => {
    const { rotate, vault, lets } = rotationWorld();
    await rotate('one');
    await rotate('two');
    await vault.putPending('by hand', renderApiKeySecret({ apiKey: 'h'.repeat(40) }));
    await vault.makeCurrent('by hand', 'two');
    expect((await rotate('three')).at(-1)).toEqual({ outcome: 'finished', removed: 0 });
    expect([await lets('one'), await lets('two'), await lets('three')]).toEqual([true, true, true]);
    expect((await rotate('four')).at(-1)).toEqual({ outcome: 'finished', removed: 2 });
    expect(await Promise.all(['one', 'two', 'three', 'four'].map(lets))).toEqual([false, false, true, true]);
  });

  test.each(['createSecret', 'setSecret', 'testSecret'] as const)(
    'that was given up after %s leaves no key once the next has ended',
    async last => {
      const { rotate, rotator, vault, registry, versionsWithKeys } = rotationWorld();
      await rotate('one');
      vault.begin('given up');
      for (const step of rotationSteps.slice(0, rotationSteps.indexOf(last) + 1)) {
        await rotator.rotate(step, 'given up');
      }
      await rotate('two');
      expect(await versionsWithKeys()).toEqual(['one', 'two']);
      expect(registry.ids()).toHaveLength(2);
    },
  );

  test('stores which key has the value', async () => {
    const { rotate, registry, keyIn, keyIdIn } = rotationWorld();
    await rotate('one');
    expect(await registry.examine(await keyIdIn('one'), await keyIn('one'))).toBe('admitted');
  });
});

describe('a new key that cannot be let in', () => {
  test('is removed, and the next delivery makes another', async () => {
    const { rotator, vault, registry, faults, lets } = rotationWorld();
    vault.begin('one');
    faults.reset();
    faults.failCall(1, 'before', { of: 'registry.admit' });
    await expect(rotator.rotate('createSecret', 'one')).rejects.toMatchObject({ code: 'InjectedFault' });
    expect(registry.ids()).toEqual([]);
    expect(await vault.read('one')).toBeUndefined();
    expect(await rotator.rotate('createSecret', 'one')).toEqual(done);
    expect(await lets('one')).toBe(true);
  });

  test('and that a delivery without an end left behind, lets nobody in, and hinders nothing', async () => {
    const { rotate, registry, versionsWithKeys } = rotationWorld();
    await registry.create('one', 'l'.repeat(40));
    expect((await rotate('one')).at(-1)).toEqual({ outcome: 'finished', removed: 0 });
    expect(registry.lets('l'.repeat(40))).toBe(false);
    expect(await versionsWithKeys()).toEqual(['one']);
  });
});

test('a key that the secret has, though the vault tells of an earlier value, stays', async () => {
  const { rotate, vault, lets } = rotationWorld();
  const put = vault.putPending.bind(vault);
  vault.putPending = async (version, value) => {
    await put(version, value);
    return { outcome: 'present' };
  };
  expect((await rotate('one')).at(-1)).toEqual({ outcome: 'finished', removed: 0 });
  expect(await lets('one')).toBe(true);
});

test('a key that was let in for the version, and not stored, ends with the rotation', async () => {
  const { rotate, registry, lets, versionsWithKeys } = rotationWorld();
  await rotate('zero');
  const made = await registry.create('one', 'l'.repeat(40));
  await registry.admit(made.outcome === 'created' ? made.key.id : '');
  expect((await rotate('one')).at(-1)).toEqual({ outcome: 'finished', removed: 1 });
  expect(registry.lets('l'.repeat(40))).toBe(false);
  expect([await lets('zero'), await lets('one')]).toEqual([true, true]);
  expect(await versionsWithKeys()).toEqual(['zero', 'one']);
});

describe('a step that comes again', () => {
  test.each(rotationSteps.map((step, index) => [step, index] as const))(
    '%s changes nothing more',
    async (step, index) => {
      const { rotate, rotator, vault, keyIn, versionsWithKeys } = rotationWorld();
      await rotate('one');
      vault.begin('two');
      for (const earlier of rotationSteps.slice(0, index + 1)) await rotator.rotate(earlier, 'two');
      const before = [await vault.describe(), await keyIn('two'), await versionsWithKeys()];
      const again = await rotator.rotate(step, 'two');
      expect(again).toEqual(step === 'finishSecret' ? { outcome: 'already-current', removed: 0 } : done);
      expect([await vault.describe(), await keyIn('two'), await versionsWithKeys()]).toEqual(before);
    },
  );

  test.each(rotationSteps)('%s, once the version is current, is no fault', async step => {
    const { rotate, rotator } = rotationWorld();
    await rotate('one');
    expect(await rotator.rotate(step, 'one')).toEqual({ outcome: 'already-current', removed: 0 });
  });

  test('createSecret makes no key where the version has its value', async () => {
    const { rotator, vault, faults } = rotationWorld();
    vault.begin('one');
    await rotator.rotate('createSecret', 'one');
    faults.reset();
    await rotator.rotate('createSecret', 'one');
    expect(faults.calls).toEqual(['vault.describe', 'vault.read']);
  });

  test('finishSecret leaves the key of a version whose text it does not know', async () => {
    const { rotator, vault, registry } = rotationWorld();
    const made = await registry.create('later', 'l'.repeat(40));
    await registry.admit(made.outcome === 'created' ? made.key.id : '');
    await vault.putPending('later', JSON.stringify({ schemaVersion: 2, apiKey: 'l'.repeat(40) }));
    await vault.makeCurrent('later', templateVersion);
    expect(await rotator.rotate('finishSecret', 'later')).toEqual({ outcome: 'already-current', removed: 0 });
    expect(registry.lets('l'.repeat(40))).toBe(true);
  });

  test('finishSecret removes what an earlier delivery left', async () => {
    const { rotate, rotator, faults, versionsWithKeys } = rotationWorld();
    await rotate('one');
    await rotate('two');
    faults.reset();
    faults.failCall(1, 'before', { of: 'registry.remove' });
    await expect(rotate('three')).rejects.toThrow(PortError);
    expect(await versionsWithKeys()).toEqual(['one', 'two', 'three']);
    expect(await rotator.rotate('finishSecret', 'three')).toEqual({ outcome: 'already-current', removed: 1 });
    expect(await versionsWithKeys()).toEqual(['two', 'three']);
  });

  test('finishSecret leaves alone what the next rotation has made by then', async () => {
    const { rotate, rotator, vault, lets } = rotationWorld();
    await rotate('one');
    await rotate('two');
    vault.begin('three');
    await rotator.rotate('createSecret', 'three');
    await rotator.rotate('setSecret', 'three');
    expect(await rotator.rotate('finishSecret', 'two')).toEqual({ outcome: 'already-current', removed: 0 });
    expect([await lets('one'), await lets('two'), await lets('three')]).toEqual([true, true, true]);
  });
});

describe('a step is refused', () => {
  test.each(rotationSteps)('%s of a secret that is not set up to be rotated', async step => {
    const { vault, rotator } = rotationWorld();
    vault.begin('one');
    vault.rotates = false;
    expect(await rotator.rotate(step, 'one')).toEqual(refusal('rotation-off'));
  });

  test.each(rotationSteps)('%s of a version that no rotation makes', async step => {
    const { rotate, rotator, vault, versionsWithKeys } = rotationWorld();
    await rotate('one');
    await rotate('two');
    await rotate('three');
    vault.begin('four');
    for (const version of ['unknown', 'one', 'two', templateVersion]) {
      expect(await rotator.rotate(step, version)).toEqual(refusal('not-pending'));
    }
    expect(await versionsWithKeys()).toEqual(['two', 'three']);
  });

  test.each(rotationSteps.slice(1))('%s before createSecret', async step => {
    const { rotator, vault } = rotationWorld();
    vault.begin('one');
    expect(await rotator.rotate(step, 'one')).toEqual(refusal('no-value'));
    expect((await vault.describe()).current).toBe(templateVersion);
  });

  const unreadable = ['{"password":"hunter2"}', renderApiKeySecret({ apiKey: 'x'.repeat(40) })];
  test.each(rotationSteps.slice(1).flatMap(step => unreadable.map(text => [step, text] as const)))(
    '%s of what no rotation stores: %s',
    async (step, text) => {
      const { rotator, vault, versionsWithKeys } = rotationWorld();
      await vault.putPending('one', text);
      expect(await rotator.rotate('createSecret', 'one')).toEqual(done);
      expect(await rotator.rotate(step, 'one')).toEqual(refusal('unreadable-value'));
      expect(await versionsWithKeys()).toEqual([]);
    },
  );

  test('createSecret where some key has the value that is drawn; the next delivery draws another', async () => {
    const { rotator, vault, registry, lets } = rotationWorld();
    registry.addForeign('01'.repeat(32));
    vault.begin('one');
    expect(await rotator.rotate('createSecret', 'one')).toEqual(refusal('value-in-use'));
    expect(await vault.read('one')).toBeUndefined();
    expect(await rotator.rotate('createSecret', 'one')).toEqual(done);
    expect(await lets('one')).toBe(true);
  });

  const steps = ['testSecret', 'finishSecret'] as const;
  test.each(steps)('%s where the key is not let in, until setSecret lets it in again', async step => {
    const { rotator, vault, registry, keyIdIn } = rotationWorld();
    vault.begin('one');
    await rotator.rotate('createSecret', 'one');
    registry.dismiss(await keyIdIn('one'));
    expect(await rotator.rotate(step, 'one')).toEqual(refusal('key-not-admitted'));
    expect((await vault.describe()).current).toBe(templateVersion);
    await rotator.rotate('setSecret', 'one');
    expect(await rotator.rotate(step, 'one')).toMatchObject({
      outcome: step === 'testSecret' ? 'done' : 'finished',
    });
  });

  test.each(steps)('%s where somebody has removed the key', async step => {
    const { rotator, vault, registry, keyIdIn } = rotationWorld();
    vault.begin('one');
    await rotator.rotate('createSecret', 'one');
    await registry.remove(await keyIdIn('one'));
    await expect(rotator.rotate('setSecret', 'one')).rejects.toMatchObject({ kind: 'not-found' });
    expect(await rotator.rotate(step, 'one')).toEqual(refusal('key-not-admitted'));
  });

  test.each(steps)('%s where the key has another value', async step => {
    const { rotator, vault, registry } = rotationWorld();
    const made = await registry.create('one', 'o'.repeat(40));
    const id = made.outcome === 'created' ? made.key.id : '';
    await registry.admit(id);
    await vault.putPending('one', renderApiKeySecret({ apiKey: 'x'.repeat(40), apiKeyId: id }));
    expect(await rotator.rotate(step, 'one')).toEqual(refusal('key-of-other-value'));
  });
});

describe('what is done by then', () => {
  test('is not undone by another step than finishSecret', async () => {
    const { rotate, rotator, faults, versionsWithKeys } = rotationWorld();
    await rotate('one');
    await rotate('two');
    faults.reset();
    faults.failCall(1, 'before', { of: 'registry.remove' });
    await expect(rotate('three')).rejects.toThrow(PortError);
    for (const step of rotationSteps.slice(0, 3)) {
      expect(await rotator.rotate(step, 'three')).toEqual({ outcome: 'already-current', removed: 0 });
    }
    expect(await versionsWithKeys()).toEqual(['one', 'two', 'three']);
  });

  test('by people, who make another version current meanwhile, stays', async () => {
    const { rotate, rotator, vault, registry } = rotationWorld();
    await rotate('one');
    vault.begin('two');
    for (const step of rotationSteps.slice(0, 3)) await rotator.rotate(step, 'two');
    const examine = registry.examine.bind(registry);
    registry.examine = async (id, value) => {
      await vault.putPending('by hand', renderApiKeySecret({ apiKey: 'h'.repeat(40) }));
      await vault.makeCurrent('by hand', 'one');
      return examine(id, value);
    };
    await expect(rotator.rotate('finishSecret', 'two')).rejects.toMatchObject({ kind: 'conflict' });
    expect((await vault.describe()).current).toBe('by hand');
  });

  test('by a rotation that begins while finishSecret looks for keys, stays', async () => {
    const { rotate, rotator, vault, registry, lets } = rotationWorld();
    await rotate('one');
    const admitted = registry.admitted.bind(registry);
    let begun = false;
    registry.admitted = async function* () {
      if (!begun) {
        begun = true;
        vault.begin('three');
        await rotator.rotate('createSecret', 'three');
      }
      yield* admitted();
    };
    await rotate('two');
    expect(begun).toBe(true);
    expect([await lets('one'), await lets('two'), await lets('three')]).toEqual([true, true, true]);
  });

  test('tells, each time, that the current version has no key any more, and ends no other', async () => {
    const { rotate, rotator, vault, registry, keyIdIn, lets, versionsWithKeys } = rotationWorld();
    await rotate('zero');
    await rotate('one');
    vault.begin('two');
    for (const step of rotationSteps.slice(0, 3)) await rotator.rotate(step, 'two');
    // As where the rotation is cancelled, and a late step of the one before ends the key, once it was tested.
    const makeCurrent = vault.makeCurrent.bind(vault);
    vault.makeCurrent = async (version, current) => {
      await registry.remove(await keyIdIn('two'));
      return makeCurrent(version, current);
    };
    for (let delivery = 0; delivery < 2; delivery += 1) {
      expect(await rotator.rotate('finishSecret', 'two')).toEqual(refusal('key-not-admitted'));
    }
    expect(await versionsWithKeys()).toEqual(['zero', 'one']);
    vault.makeCurrent = makeCurrent;
    await rotate('three');
    expect(await lets('three')).toBe(true);
  });

  test('by people, who cancel a rotation after a value of their own, takes no key from clients', async () => {
    const { rotate, rotator, vault, lets } = rotationWorld();
    await rotate('one');
    await vault.putPending('by hand', renderApiKeySecret({ apiKey: 'h'.repeat(40) }));
    await vault.makeCurrent('by hand', 'one');
    expect(await rotator.rotate('finishSecret', 'by hand')).toEqual({
      outcome: 'already-current',
      removed: 0,
    });
    vault.begin('cancelled');
    await rotator.rotate('createSecret', 'cancelled');
    await rotate('two');
    expect([await lets('one'), await lets('two')]).toEqual([true, true]);
  });
});

describe('two deliveries at once', () => {
  test.each(rotationSteps)('of %s come to one end', async step => {
    const { rotate, rotator, vault, registry, lets, versionsWithKeys } = rotationWorld();
    await rotate('one');
    vault.begin('two');
    for (const other of rotationSteps) {
      const deliveries = Array.from({ length: other === step ? 2 : 1 }, () => rotator.rotate(other, 'two'));
      const settled = await Promise.allSettled(deliveries);
      const values = settled.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []));
      // The one that is late at the end finds that another version is current than it was.
      if (other === 'finishSecret') expect(values).toEqual([{ outcome: 'finished', removed: 0 }]);
      else expect(values).toEqual(deliveries.map(() => done));
    }
    expect((await vault.describe()).current).toBe('two');
    expect([await lets('one'), await lets('two')]).toEqual([true, true]);
    expect((await versionsWithKeys()).sort()).toEqual(['one', 'two']);
    expect(registry.ids()).toHaveLength(2);
  });
});

test('whatever comes in whatever order, clients are always given a key that lets them in', async () => {
  const deliveries = fc.array(
    fc.record({ step: fc.constantFrom(...rotationSteps), version: fc.constantFrom('b', 'c', 'd') }),
    { maxLength: 30 },
  );
  await fc.assert(
    fc.asyncProperty(deliveries, async steps => {
      const { rotate, rotator, vault, lets, versionsWithKeys } = rotationWorld();
      await rotate('a');
      const begun = new Set<string>();
      let current = 'a';
      for (const { step, version } of steps) {
        const { pending } = await vault.describe();
        // Secrets Manager begins no rotation before the one before has ended.
        if (!begun.has(version) && pending === current) {
          vault.begin(version);
          begun.add(version);
        }
        const result: RotationResult = await rotator.rotate(step as RotationStep, version);
        if (result.outcome === 'finished') {
          expect(await lets(current)).toBe(true);
          current = version;
        }
        expect((await vault.describe()).current).toBe(current);
        expect(await lets(current)).toBe(true);
        expect((await versionsWithKeys()).length).toBeLessThanOrEqual(3);
      }
    }),
  );
});

for (const step of rotationSteps) {
  await describeEachCrash(`at ${step}`, async faults => {
    const { rotate, rotator, vault, keyIn, lets, versionsWithKeys } = rotationWorld(faults);
    await rotate('zero');
    await rotate('one');
    vault.begin('two');
    for (const earlier of rotationSteps.slice(0, rotationSteps.indexOf(step))) {
      await rotator.rotate(earlier, 'two');
    }
    return {
      deliver: () => rotator.rotate(step, 'two'),
      verify: async () => {
        const finished = step === 'finishSecret';
        expect(await keyIn('two')).not.toBe('');
        expect((await vault.describe()).current).toBe(finished ? 'two' : 'one');
        expect([await lets('one'), await lets('two')]).toEqual([true, true]);
        // Before the end, a key that a delivery without an end made may be there, too.
        const versions = new Set(await versionsWithKeys());
        expect([...versions]).toEqual([...(finished ? [] : ['zero']), 'one', 'two']);
      },
    };
  });
}

await describeEachCrash('anywhere in a rotation', async faults => {
  const { rotate, rotator, vault, registry, keyIdIn, lets, versionsWithKeys } = rotationWorld(faults);
  await rotate('zero');
  await rotate('one');
  vault.begin('two');
  return {
    deliver: async () => {
      for (const step of rotationSteps) await rotator.rotate(step, 'two');
    },
    verify: async () => {
      expect((await vault.describe()).current).toBe('two');
      expect([await lets('one'), await lets('two')]).toEqual([true, true]);
      expect(await versionsWithKeys()).toEqual(['one', 'two']);
      // A crash between the making of a key and its admission leaves one that lets nobody in.
      const known = [await keyIdIn('one'), await keyIdIn('two')];
      expect(registry.ids().filter(id => !known.includes(id)).length).toBeLessThanOrEqual(1);
    },
  };
});
