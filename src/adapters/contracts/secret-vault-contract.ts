import assert from 'node:assert/strict';
import type { SecretVault } from '../../ports/secret-vault.ts';
import { assertPortError } from './assert-port-error.ts';
import { assertSameJson } from './assert-same-json.ts';
import type { Contract } from './contract.ts';

/** A secret that each case has to itself: set up to be rotated, with one version that is current. */
export interface SecretVaultSubject {
  readonly vault: SecretVault;
  /** Begins a rotation: the version is the pending one and has no value. */
  begin(version: string): Promise<void>;
  /** Gives a version a label of people's own. */
  label(label: string, version: string): Promise<void>;
}

const value = '{"schemaVersion":1,"apiKey":"0123456789abcdefghij"}';

/** What every {@link SecretVault} promises. */
export const secretVaultContract: Contract<SecretVaultSubject> = {
  port: 'SecretVault',
  cases: [
    {
      name: 'a secret has a current version, whose value can be read',
      async run({ vault }) {
        const { rotates, current = '', previous, pending, labelled } = await vault.describe();
        assert.equal(rotates, true);
        assert.deepEqual([previous, pending], [undefined, undefined]);
        assertSameJson(labelled, [current]);
        assert.equal(typeof (await vault.read(current)), 'string');
      },
    },
    {
      name: 'a version that is not there has no value',
      async run({ vault }) {
        assert.equal(await vault.read(crypto.randomUUID()), undefined);
      },
    },
    {
      name: 'a version that a rotation has begun is pending, and has no value',
      async run({ vault, begin }) {
        const version = crypto.randomUUID();
        const { current = '' } = await vault.describe();
        await begin(version);
        const versions = await vault.describe();
        assertSameJson([versions.current, versions.pending], [current, version]);
        assertSameJson([...versions.labelled].sort(), [current, version].sort());
        assert.equal(await vault.read(version), undefined);
      },
    },
    {
      name: 'a value is put once, and stays',
      async run({ vault, begin }) {
        const version = crypto.randomUUID();
        const { current } = await vault.describe();
        await begin(version);
        assertSameJson(await vault.putPending(version, value), { outcome: 'put' });
        assertSameJson(await vault.putPending(version, `${value} `), { outcome: 'present' });
        assert.equal(await vault.read(version), value);
        const versions = await vault.describe();
        assertSameJson([versions.current, versions.pending], [current, version]);
      },
    },
    {
      name: 'the pending version becomes current, and the current one previous',
      async run({ vault, begin }) {
        const { current: first } = await vault.describe();
        const second = crypto.randomUUID();
        await begin(second);
        await vault.putPending(second, value);
        await vault.makeCurrent(second, first);
        const versions = await vault.describe();
        assertSameJson([versions.current, versions.previous], [second, first]);
        assert.equal(await vault.read(second), value);
      },
    },
    {
      name: 'a version that is neither current nor previous any more is labelled no more',
      async run({ vault, begin }) {
        const { current: first = '' } = await vault.describe();
        const [second, third] = [crypto.randomUUID(), crypto.randomUUID()];
        for (const [version, before] of [
          [second, first],
          [third, second],
        ] as const) {
          await begin(version);
          await vault.putPending(version, `${value}${' '.repeat(version === second ? 1 : 2)}`);
          await vault.makeCurrent(version, before);
        }
        const versions = await vault.describe();
        assertSameJson([versions.current, versions.previous], [third, second]);
        assertSameJson([...versions.labelled].sort(), [second, third].sort());
      },
    },
    {
      name: 'a label of people’s own is told',
      async run({ vault, begin, label }) {
        const version = crypto.randomUUID();
        await begin(version);
        await vault.putPending(version, value);
        await label('PINNED', version);
        await begin(crypto.randomUUID());
        assert.ok((await vault.describe()).labelled.includes(version));
      },
    },
    {
      name: 'where another version is current than the caller knows, nothing changes',
      async run({ vault, begin }) {
        const { current } = await vault.describe();
        const version = crypto.randomUUID();
        await begin(version);
        await vault.putPending(version, value);
        await assertPortError(vault.makeCurrent(version, crypto.randomUUID()), {
          kind: 'conflict',
          code: 'OtherVersionCurrent',
        });
        assert.equal((await vault.describe()).current, current);
      },
    },
  ],
};
