import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { IntegrityTally } from '../../../../src/domain/trail/integrity/integrity-tally.ts';
import { TrailVerifier } from '../../../../src/domain/trail/integrity/trail-verifier.ts';
import type { VerificationBounds } from '../../../../src/domain/trail/integrity/verify-place.ts';
import {
  bucket,
  type DigestJson,
  firstHour,
  otherKey,
  SignedChain,
  sha256,
  signDigest,
  TrailWorld,
  type WrittenDigest,
} from './signed-trail.ts';

const hour = 3_600_000;
const at = (hours: number) => new Date(firstHour + hours * hour).toISOString();

/** Eight hours of two logs each; the fifth digest is the first of the next day. */
async function eightHours() {
  const world = new TrailWorld();
  const chain = new SignedChain(world);
  await chain.deliverHours(8);
  return { world, chain };
}

type Built = Awaited<ReturnType<typeof eightHours>>;

const valid = { tampered: 0, missing: 0, unverifiable: 0 };

test('a chain as CloudTrail writes it is valid, each digest and each log of it', async () => {
  const { world } = await eightHours();

  const { findings, faults, tally } = await world.verify();

  expect(faults).toEqual({});
  expect(tally.digests).toEqual({ ...valid, valid: 8 });
  expect(tally.logs).toEqual({ ...valid, valid: 16 });
  expect([tally.pending, tally.times, tally.outcome]).toEqual([0, 0, 'valid']);
  expect(findings[0]).toEqual({
    kind: 'digest',
    verdict: 'valid',
    bucket,
    key: expect.stringContaining('_20261121T040131Z.json.gz'),
    account: '111122223333',
    region: 'eu-central-1',
  });
});

/** Replaces what stands at a digest's place; the signature stays, unless another one is given. */
function replace({ world }: Built, { key, signature }: WrittenDigest, json: unknown, other = signature) {
  return world.putDigest(key, Buffer.from(JSON.stringify(json)), other);
}

function changed({ json }: WrittenDigest, change: Partial<DigestJson>): DigestJson {
  return { ...json, ...change };
}

/** What becomes of the logs of a digest that is not proven. */
const unproven = ({ logs }: WrittenDigest) =>
  Object.fromEntries(logs.map(key => [key, 'unverifiable digest-not-valid']));
const unnamed = ({ logs }: WrittenDigest) =>
  Object.fromEntries(logs.map(key => [key, 'unverifiable not-in-digest']));

interface Break {
  readonly name: string;
  /** Breaks the chain; answers what is to be found, and nothing else. */
  readonly make: (built: Built) => Promise<Record<string, string>>;
}

const fields: readonly Partial<DigestJson>[] = [
  { awsAccountId: '444455556666' },
  { digestStartTime: '2026-11-20T22:01:30Z' },
  { digestPublicKeyFingerprint: otherKey.fingerprint },
  { newestEventTime: '2026-11-20T22:01:30Z' },
  { previousDigestHashValue: sha256('') },
  { previousDigestSignature: 'ab'.repeat(256) },
  { previousDigestS3Object: 'AWSLogs/elsewhere' },
  { previousDigestS3Bucket: 'elsewhere' },
  { logFiles: [] },
  { more: true },
];

const breaks: readonly Break[] = [
  ...fields.map(
    (change): Break => ({
      name: `a digest with another ${Object.keys(change)}`,
      make: async built => {
        const digest = built.chain.digest(2);
        await replace(built, digest, changed(digest, change));
        const logs = 'logFiles' in change ? unnamed(digest) : unproven(digest);
        return { [digest.key]: 'tampered hash-mismatch', ...logs };
      },
    }),
  ),
  {
    name: 'the last digest with another field, which no next one tells of',
    make: async built => {
      const digest = built.chain.digest(-1);
      await replace(built, digest, changed(digest, { more: true }));
      return { [digest.key]: 'tampered signature-mismatch', ...unproven(digest) };
    },
  },
  {
    name: 'a digest that is signed with a key of someone else, under its fingerprint',
    make: async built => {
      const digest = built.chain.digest(-1);
      const json = changed(digest, { digestPublicKeyFingerprint: otherKey.fingerprint, logFiles: [] });
      await replace(built, digest, json, signDigest(json, Buffer.from(JSON.stringify(json)), otherKey));
      return { [digest.key]: 'unverifiable unknown-key', ...unnamed(digest) };
    },
  },
  {
    name: 'a digest that is signed with a key of someone else, under the fingerprint of CloudTrail',
    make: async built => {
      const digest = built.chain.digest(-1);
      const other = signDigest(digest.json, digest.bytes, otherKey);
      await built.world.putDigest(digest.key, digest.bytes, other);
      return { [digest.key]: 'tampered signature-mismatch', ...unproven(digest) };
    },
  },
  {
    name: 'a digest within the chain that is signed anew by someone else',
    make: async built => {
      const digest = built.chain.digest(3);
      const json = changed(digest, { digestPublicKeyFingerprint: otherKey.fingerprint });
      await replace(built, digest, json, signDigest(json, Buffer.from(JSON.stringify(json)), otherKey));
      return { [digest.key]: 'tampered hash-mismatch', ...unproven(digest) };
    },
  },
  {
    name: 'the signature of a digest, whose content the next one proves',
    make: async built => {
      const digest = built.chain.digest(3);
      await built.world.putDigest(digest.key, digest.bytes, built.chain.digest(2).signature);
      return { [digest.key]: 'tampered signature-mismatch' };
    },
  },
  {
    name: 'the signature of the last digest, made what is no hexadecimal',
    make: async built => {
      const digest = built.chain.digest(-1);
      await built.world.putDigest(digest.key, digest.bytes, `${digest.signature}zz`);
      return { [digest.key]: 'tampered signature-mismatch', ...unproven(digest) };
    },
  },
  {
    name: 'the signature of the last digest, taken away',
    make: async built => {
      const digest = built.chain.digest(-1);
      await built.world.putDigest(digest.key, digest.bytes);
      return { [digest.key]: 'unverifiable no-signature', ...unproven(digest) };
    },
  },
  {
    name: 'the signature of a digest within the chain, taken away: the next one holds it',
    make: async built => {
      const digest = built.chain.digest(3);
      await built.world.putDigest(digest.key, digest.bytes);
      return {};
    },
  },
  {
    name: 'an unknown signature algorithm',
    make: async ({ world, chain }) => {
      const { key, bytes, signature } = chain.digest(3);
      const metadata = { signature, 'signature-algorithm': 'MD5withRSA' };
      await world.objects.put({ bucket, key }, gzipSync(bytes), { metadata });
      return { [key]: 'unverifiable unknown-algorithm' };
    },
  },
  {
    name: 'an old digest in the place of a new one',
    make: async built => {
      const [old, digest] = [built.chain.digest(1), built.chain.digest(5)];
      await built.world.putDigest(digest.key, old.bytes, old.signature);
      return { [digest.key]: 'tampered moved', ...unnamed(digest) };
    },
  },
  {
    name: 'a digest that was written for another bucket',
    make: async built => {
      const digest = built.chain.digest(-1);
      const json = changed(digest, { digestS3Bucket: 'elsewhere' });
      await replace(built, digest, json, signDigest(json, Buffer.from(JSON.stringify(json))));
      return { [digest.key]: 'tampered moved', ...unproven(digest) };
    },
  },
  {
    name: 'a log hashed in a way that is not known, in the last digest',
    make: async built => {
      const digest = built.chain.digest(-1);
      const json = changed(digest, {
        logFiles: digest.json.logFiles.map((log, index) =>
          index === 0 ? { ...log, hashAlgorithm: 'MD5' } : log,
        ),
      });
      await replace(built, digest, json, signDigest(json, Buffer.from(JSON.stringify(json))));
      return { [digest.logs[0] ?? '']: 'unverifiable unknown-algorithm' };
    },
  },
  {
    name: 'the first digest, made to name one before it that there never was',
    make: async built => {
      const digest = built.chain.digest(0);
      const json = changed(digest, {
        previousDigestS3Bucket: bucket,
        previousDigestS3Object: built.chain.digestKey(firstHour),
        previousDigestHashValue: sha256(''),
        previousDigestSignature: 'ab'.repeat(256),
      });
      await replace(built, digest, json);
      return { [digest.key]: 'tampered hash-mismatch', ...unproven(digest) };
    },
  },
  {
    name: 'two digests that have changed places',
    make: async built => {
      const [one, two] = [built.chain.digest(5), built.chain.digest(6)];
      await built.world.putDigest(one.key, two.bytes, two.signature);
      await built.world.putDigest(two.key, one.bytes, one.signature);
      return {
        [one.key]: 'tampered moved',
        [two.key]: 'tampered moved',
        ...unproven(one),
        ...unproven(two),
      };
    },
  },
  {
    name: 'a digest that is cut off',
    make: async ({ world, chain }) => {
      const digest = chain.digest(4);
      const { key, bytes, signature } = digest;
      const metadata = { signature, 'signature-algorithm': 'SHA256withRSA' };
      await world.objects.put({ bucket, key }, gzipSync(bytes).subarray(0, -20), { metadata });
      return { [key]: 'tampered damaged', ...unnamed(digest) };
    },
  },
  ...['', 'null', '[]', '{}', '"text"', '{"Records":[]}', `${'['.repeat(20_000)}`].map(
    (text): Break => ({
      name: `${JSON.stringify(text.slice(0, 20))} instead of a digest`,
      make: async ({ world, chain }) => {
        const digest = chain.digest(4);
        await world.putDigest(digest.key, Buffer.from(text), digest.signature);
        return { [digest.key]: 'tampered damaged', ...unnamed(digest) };
      },
    }),
  ),
  {
    name: 'a digest that names half of the one before it',
    make: async built => {
      const digest = built.chain.digest(4);
      await replace(built, digest, changed(digest, { previousDigestHashValue: null }));
      return { [digest.key]: 'tampered damaged', ...unnamed(digest) };
    },
  },
  {
    name: 'a digest that is deleted',
    make: async ({ world, chain }) => {
      const digest = chain.digest(3);
      await world.remove(digest.key);
      return { [digest.key]: 'missing deleted', ...unnamed(digest) };
    },
  },
  {
    name: 'three digests in a row that are deleted, each counted, over midnight',
    make: async ({ world, chain }) => {
      const digests = [2, 3, 4].map(index => chain.digest(index));
      for (const { key } of digests) await world.remove(key);
      return {
        ...Object.fromEntries(digests.map(({ key }) => [key, 'missing expected'])),
        [chain.digest(4).key]: 'missing deleted',
        ...Object.assign({}, ...digests.map(unnamed)),
      };
    },
  },
  {
    name: 'a deleted digest before one that is tampered with',
    make: async built => {
      const [gone, digest] = [built.chain.digest(3), built.chain.digest(4)];
      await built.world.remove(gone.key);
      await replace(built, digest, changed(digest, { more: true }));
      return {
        [gone.key]: 'missing expected',
        [digest.key]: 'tampered hash-mismatch',
        ...unnamed(gone),
        ...unproven(digest),
      };
    },
  },
  {
    name: 'the first digest of all, deleted: the next one names it',
    make: async ({ world, chain }) => {
      const digest = chain.digest(0);
      await world.remove(digest.key);
      return { [digest.key]: 'missing deleted', ...unnamed(digest) };
    },
  },
  {
    name: 'a log that is deleted',
    make: async ({ world, chain }) => {
      const [key = ''] = chain.digest(5).logs;
      await world.remove(key);
      return { [key]: 'missing deleted' };
    },
  },
  {
    name: 'a log that is changed',
    make: async ({ world, chain }) => {
      const [key = ''] = chain.digest(5).logs;
      await world.objects.put({ bucket, key }, gzipSync('{"Records":[]}'));
      return { [key]: 'tampered hash-mismatch' };
    },
  },
  {
    name: 'a log that is cut off, and one with bytes behind its end',
    make: async ({ world, chain }) => {
      const [key = '', other = ''] = chain.digest(0).logs;
      const whole = gzipSync(JSON.stringify({ Records: [{ eventID: other, eventName: 'ConsoleLogin' }] }));
      await world.objects.put({ bucket, key }, whole.subarray(0, -10));
      await world.objects.put({ bucket, key: other }, Buffer.concat([whole, Buffer.from('more')]));
      return { [key]: 'tampered damaged', [other]: 'tampered damaged' };
    },
  },
  {
    name: 'a log that has moved',
    make: async ({ world, chain }) => {
      const [key = ''] = chain.digest(5).logs;
      const moved = key.replace('.json.gz', 'x.json.gz');
      const head = await world.objects.current({ bucket, key });
      if (head !== undefined) await world.objects.copy(head.ref, { bucket, key: moved });
      await world.remove(key);
      return { [key]: 'missing deleted', [moved]: 'unverifiable not-in-digest' };
    },
  },
  {
    name: 'two logs that have changed places',
    make: async ({ world, chain }) => {
      const [one = '', two = ''] = chain.digest(5).logs;
      const record = (eventID: string) =>
        gzipSync(JSON.stringify({ Records: [{ eventID, eventName: 'ConsoleLogin' }] }));
      await world.objects.put({ bucket, key: one }, record(two));
      await world.objects.put({ bucket, key: two }, record(one));
      return { [one]: 'tampered hash-mismatch', [two]: 'tampered hash-mismatch' };
    },
  },
  {
    name: 'a log that is compressed anew: its content is the same',
    make: async ({ world, chain }) => {
      const [key = ''] = chain.digest(5).logs;
      const text = JSON.stringify({ Records: [{ eventID: key, eventName: 'ConsoleLogin' }] });
      await world.objects.put({ bucket, key }, gzipSync(text, { level: 0 }));
      return {};
    },
  },
  {
    name: 'a log that no digest names',
    make: async ({ chain }) => {
      const { key } = await chain.putLog(firstHour + 2 * hour);
      return { [key]: 'unverifiable not-in-digest' };
    },
  },
  {
    name: 'logs that no digest names, in the folder of a day that is not theirs by name',
    make: async ({ world, chain }) => {
      const [log = ''] = chain.digest(5).logs;
      const keys = ['20990101T0000Z', '19990101T0000Z'].map(stamp =>
        log.replace(/_\d{8}T\d{4}Z_/, `_${stamp}_`),
      );
      for (const key of keys) await world.objects.put({ bucket, key }, gzipSync('{"Records":[]}'));
      return Object.fromEntries(keys.map(key => [key, 'unverifiable not-in-digest']));
    },
  },
  {
    name: 'an old digest that stands under a made-up time between two others, and one behind the last',
    make: async ({ world, chain }) => {
      const { bytes, signature } = chain.digest(2);
      const keys = [firstHour + 5.5 * hour, firstHour + 8.25 * hour].map(end => chain.digestKey(end));
      for (const key of keys) await world.putDigest(key, bytes, signature);
      return Object.fromEntries(keys.map(key => [key, 'tampered moved']));
    },
  },
  {
    name: 'a file among the logs that is not called as they are',
    make: async ({ world, chain }) => {
      const [log = ''] = chain.digest(5).logs;
      const key = `${log.slice(0, log.lastIndexOf('/'))}/sub/folder/notes.txt`;
      await world.objects.put({ bucket, key }, Buffer.from('x'));
      return { [key]: 'unverifiable not-in-digest' };
    },
  },
  {
    name: 'files in the folder of digests that no digest is called like',
    make: async ({ world, chain }) => {
      const { key, bytes, signature } = chain.digest(5);
      for (const other of [key.replace('T', 'X'), key.replace('2026112', '2027112'), `${key}.bak`]) {
        await world.putDigest(other, bytes, signature);
      }
      return {};
    },
  },
];

test.each(breaks)('$name: that is told, and the others are valid', async ({ make }) => {
  const built = await eightHours();
  const expected = await make(built);

  const { faults, tally } = await built.world.verify();

  expect(faults).toEqual(expected);
  const broken = Object.values(expected).some(fault => /^(?:tampered|missing)/.test(fault));
  const clean = Object.keys(expected).length === 0;
  expect(tally.outcome).toBe(broken ? 'broken' : clean ? 'valid' : 'unproven');
});

describe('chains', () => {
  test('of two regions, two trails, two accounts and an organization are judged each by itself', async () => {
    const world = new TrailWorld();
    const chains = [
      new SignedChain(world),
      new SignedChain(world, { region: 'us-east-1' }),
      new SignedChain(world, { trail: 'data_events_eu-west-1' }),
      new SignedChain(world, { account: '444455556666' }),
      new SignedChain(world, { organization: 'o-exampleorg/', account: '444455556666' }),
    ];
    for (const chain of chains) await chain.deliverHours(4);
    const gone = chains.map(chain => chain.digest(2));
    await world.remove(gone[2]?.key ?? '');

    const { faults, tally } = await world.verify();

    expect(faults).toEqual({
      [gone[2]?.key ?? '']: 'missing deleted',
      ...Object.fromEntries((gone[2]?.logs ?? []).map(key => [key, 'unverifiable not-in-digest'])),
    });
    expect([tally.digests.valid, tally.logs.valid]).toEqual([19, 38]);
  });

  test('below a prefix are found there, and nowhere else', async () => {
    const world = new TrailWorld();
    await new SignedChain(world, { prefix: 'a/AWSLogs/b/' }).deliverHours(2);

    expect((await world.verify({ prefix: 'a/AWSLogs/b/' })).tally.outcome).toBe('valid');
    expect((await world.verify()).faults).toEqual({ 'time -': 'unverifiable no-digests' });
  });

  test('that begin anew leave a time of which nothing is proven', async () => {
    const world = new TrailWorld();
    const chain = new SignedChain(world);
    await chain.deliverHours(2);
    await chain.deliver(firstHour + 5 * hour, { restart: true });

    expect((await world.verify()).faults).toEqual({
      [`time ${at(2)}-${at(5)}`]: 'unverifiable chain-restarted',
    });
  });

  test('that go on behind a pause leave a time of which nothing is proven', async () => {
    const world = new TrailWorld();
    const chain = new SignedChain(world);
    await chain.deliverHours(2);
    await chain.deliver(firstHour + 4 * hour);

    expect((await world.verify()).faults).toEqual({ [`time ${at(2)}-${at(4)}`]: 'unverifiable gap' });
  });

  test('that overlap are proven by their own links', async () => {
    const world = new TrailWorld();
    const chain = new SignedChain(world);
    await chain.deliverHours(2);
    await chain.deliver(firstHour + 1.5 * hour, { end: firstHour + 3 * hour });

    expect((await world.verify()).faults).toEqual({});
  });

  test('of backfill digests are chains of their own, in which no hour is expected', async () => {
    const { world, chain } = await eightHours();
    const late = new SignedChain(world);
    await late.deliver(firstHour + hour, { suffix: '_backfill', logs: 1 });
    await late.deliver(firstHour + 5 * hour, { suffix: '_backfill', logs: 1 });
    expect((await world.verify()).faults).toEqual({});
    expect((await world.verify({ from: at(0), to: at(8) })).faults).toEqual({});

    await world.remove(late.digest(0).key);

    expect((await world.verify()).faults).toEqual({
      [late.digest(0).key]: 'missing deleted',
      [late.digest(0).logs[0] ?? '']: 'unverifiable not-in-digest',
    });
    expect(chain.digests).toHaveLength(8);
  });

  test('that come from another bucket are followed to there, and no further', async () => {
    const world = new TrailWorld();
    const before = new SignedChain(world, { bucket: 'elsewhere' });
    await before.deliverHours(1);
    const chain = new SignedChain(world);
    chain.digests.push(before.digest(0));
    await chain.deliver(firstHour + hour);

    expect((await world.verify()).faults).toEqual({});
    expect((await world.verify({ from: at(0), to: at(2) })).faults).toEqual({
      [`time ${at(0)}-${at(1)}`]: 'unverifiable gap',
    });
  });
});

describe('a time', () => {
  test.each([
    { from: 2, to: 5, digests: 3 },
    { from: 2.5, to: 4.5, digests: 3 },
    { from: 3, to: 4, digests: 1 },
    { from: 0, to: 8, digests: 8 },
    // The first hour of the next day.
    { from: 3.98, to: 4.2, digests: 2 },
  ])(
    'from hour $from to $to is proven by the $digests digests that cover it',
    async ({ from, to, digests }) => {
      const { world } = await eightHours();

      const { faults, tally } = await world.verify({ from: at(from), to: at(to) });

      expect(faults).toEqual({});
      expect([tally.digests.valid, tally.logs.valid]).toEqual([digests, 2 * digests]);
    },
  );

  test('does not tell of what lies outside, and the digest behind it proves its last one', async () => {
    const { world, chain } = await eightHours();
    for (const index of [1, 6]) await world.remove(chain.digest(index).key);
    for (const index of [0, 5]) await world.remove(chain.digest(index).logs[0] ?? '');
    const last = chain.digest(4);
    await world.putDigest(last.key, last.bytes);
    expect((await world.verify({ from: at(2), to: at(5) })).faults).toEqual({});

    await world.putDigest(last.key, Buffer.from(JSON.stringify({ ...last.json, more: 1 })), last.signature);

    expect((await world.verify({ from: at(2), to: at(5) })).faults).toEqual({
      [last.key]: 'tampered hash-mismatch',
      ...unproven(last),
    });
  });

  test('whose last digests are deleted counts each one that is due', async () => {
    const { world, chain } = await eightHours();
    for (const index of [5, 6, 7]) await world.remove(chain.digest(index).key);
    const expected = {
      ...Object.assign({}, ...[5, 6, 7].map(index => unnamed(chain.digest(index)))),
      ...Object.fromEntries([5, 6, 7].map(index => [chain.digest(index).key, 'missing expected'])),
    };

    expect((await world.verify({ from: at(0), to: at(8) })).faults).toEqual(expected);
    // Of those that come after, nothing is said where no end is given.
    const open = await world.verify();
    expect(Object.values(open.faults)).toEqual(Array(6).fill('unverifiable not-in-digest'));
  });

  test('that reaches up to now leaves what is not due', async () => {
    const { world, chain } = await eightHours();
    const now = world.clock.now().toISOString();
    await chain.deliverHours(6, firstHour + 8 * hour);

    // The last digest ends at 10:01:31; the next one may come until 13:01:31.
    expect((await world.verify({ from: at(0), to: now })).faults).toEqual({});
    world.clock.advance(2 * hour);
    expect((await world.verify({ from: at(0), to: world.clock.now().toISOString() })).faults).toEqual({
      [chain.digestKey(firstHour + 15 * hour)]: 'missing expected',
    });
  });

  test('whose first digests are deleted counts each one, by the one that stands before the time too', async () => {
    const { world, chain } = await eightHours();
    for (const index of [0, 1, 2]) await world.remove(chain.digest(index).key);
    const { faults } = await world.verify({ from: at(1), to: at(8) });

    expect(faults).toEqual({
      [chain.digest(1).key]: 'missing expected',
      [chain.digest(2).key]: 'missing deleted',
      ...unnamed(chain.digest(1)),
      ...unnamed(chain.digest(2)),
    });
  });

  test('all of whose digests are deleted counts each one, by those that stand days before it', async () => {
    const world = new TrailWorld();
    const chain = new SignedChain(world);
    await chain.deliverHours(30, firstHour - 24 * hour);
    const gone = chain.digests.slice(24);
    for (const { key } of gone) await world.remove(key);

    const { faults } = await world.verify({ from: at(0), to: at(6) });

    expect(faults).toEqual({
      ...Object.fromEntries(gone.map(({ key }) => [key, 'missing expected'])),
      ...Object.assign({}, ...gone.map(unnamed)),
    });
  });

  test('leaves a log that the digest before it names to that, at midnight too', async () => {
    const world = new TrailWorld();
    const chain = new SignedChain(world);
    const midnight = Date.parse('2026-11-21T00:00:00.000Z');
    // The last of twelve logs is delivered in the minute in which the hour ends.
    await chain.deliver(midnight - hour, { logs: 12 });
    await chain.deliver(midnight);
    const window = { from: '2026-11-21T00:00:00.000Z', to: '2026-11-21T01:00:00.000Z' };

    expect((await world.verify(window)).faults).toEqual({});
  });

  test('before a chain begins is not proven', async () => {
    const { world } = await eightHours();

    expect((await world.verify({ from: at(-5), to: at(8) })).faults).toEqual({
      [`time ${at(-5)}-${at(0)}`]: 'unverifiable chain-begins',
    });
  });

  test('before a digest that may hide that the chain begins with it counts each hour', async () => {
    const built = await eightHours();
    const digest = built.chain.digest(0);
    await replace(built, digest, changed(digest, { more: true }));

    expect((await built.world.verify({ from: at(-2), to: at(8) })).faults).toEqual({
      [built.chain.digestKey(firstHour)]: 'missing expected',
      [built.chain.digestKey(firstHour - hour)]: 'missing expected',
      [digest.key]: 'tampered hash-mismatch',
      ...unproven(digest),
    });
  });

  test('of which there is nothing at all is told', async () => {
    const { world } = await eightHours();
    const { faults, tally } = await world.verify({ from: at(-480), to: at(-470) });

    expect(faults).toEqual({ [`time ${at(-480)}-${at(-470)}`]: 'unverifiable no-digests' });
    expect(tally.outcome).toBe('unproven');
  });

  test('leaves logs that are younger than the last digest pending, and for three hours only', async () => {
    const { world, chain } = await eightHours();
    const young = await chain.putLog(firstHour + 15 * hour);
    const old = await chain.putLog(firstHour + 12 * hour);

    const { faults, tally } = await world.verify();

    expect(faults).toEqual({
      [young.key]: 'unverifiable pending',
      [old.key]: 'unverifiable not-in-digest',
    });
    expect([tally.pending, tally.logs.unverifiable]).toEqual([1, 1]);
    await world.remove(old.key);
    expect((await world.verify()).tally.outcome).toBe('valid');
  });
});

test('a log with a name of another day is told of where its folder is part of the time, and not elsewhere', async () => {
  const { world, chain } = await eightHours();
  const key = chain.logKey(firstHour, 'x').replace(/_\d{8}T\d{4}Z_/, '_20990101T0000Z_');
  await world.objects.put({ bucket, key }, gzipSync('{"Records":[]}'));

  expect((await world.verify({ from: at(1), to: at(3) })).faults).toEqual({
    [key]: 'unverifiable not-in-digest',
  });
  expect((await world.verify({ from: at(5), to: at(7) })).faults).toEqual({});
});

test('a log of the last minutes of the last digest may await the next one, for three hours', async () => {
  const { world, chain } = await eightHours();
  await chain.deliverHours(7, firstHour + 8 * hour);
  const { key } = await chain.putLog(firstHour + 14.9 * hour);

  expect((await world.verify()).faults).toEqual({ [key]: 'unverifiable pending' });
  await chain.deliver(firstHour + 15 * hour);
  world.clock.advance(2 * hour);
  expect((await world.verify()).faults).toEqual({ [key]: 'unverifiable not-in-digest' });
});

test('in a copy without signatures, a made-up digest does not keep the one before it from being proven', async () => {
  const { world, chain } = await eightHours();
  for (const { key, bytes } of chain.digests) await world.putDigest(key, bytes);
  const last = chain.digest(7);
  await world.putDigest(last.key, last.bytes, last.signature);
  const key = chain.digestKey(firstHour + 5.5 * hour);
  await world.putDigest(key, chain.digest(2).bytes);

  expect((await world.verify({ isCopy: true })).faults).toEqual({ [key]: 'tampered moved' });
});

test('made-up digests at the ends of time leave those of the chain as they are', async () => {
  const { world, chain } = await eightHours();
  const asked: string[] = [];
  const ofRegion = world.keys.ofRegion.bind(world.keys);
  world.keys.ofRegion = (region, from, to) => {
    asked.push(from, to);
    return ofRegion(region, from, to);
  };
  const { bytes, signature } = chain.digest(2);
  const ends = [Date.parse('0000-01-01T05:00:00Z'), Date.parse('9999-12-31T23:00:00Z')];
  const keys = ends.map(end => chain.digestKey(end));
  for (const key of keys) await world.putDigest(key, bytes, signature);

  const { faults, tally } = await world.verify();

  expect(keys.map(key => faults[key])).toEqual(['tampered moved', 'tampered moved']);
  expect(tally.digests).toEqual({ ...valid, valid: 8, tampered: 2 });
  expect(asked).toEqual(['2015-01-01T00:00:00.000Z', '9999-12-31T00:00:00.000Z']);
});

test('a log of an hour whose digest is there is not pending, however young', async () => {
  const { world, chain } = await eightHours();
  await chain.deliverHours(7, firstHour + 8 * hour);
  const { key } = await chain.putLog(firstHour + 14.5 * hour);

  expect((await world.verify()).faults).toEqual({ [key]: 'unverifiable not-in-digest' });
});

test('a chain that ended weeks ago is not expected to go on: that there is none is told', async () => {
  const world = new TrailWorld();
  await new SignedChain(world).deliverHours(3, firstHour - 480 * hour);

  expect((await world.verify({ from: at(0), to: at(6) })).faults).toEqual({
    [`time ${at(0)}-${at(6)}`]: 'unverifiable no-digests',
  });
});

test('a backfill digest that is deleted is told alone, whatever lies between it and the one before', async () => {
  const { world } = await eightHours();
  const late = new SignedChain(world);
  for (const start of [0, 3, 6])
    await late.deliver(firstHour + start * hour, { suffix: '_backfill', logs: 0 });
  await world.remove(late.digest(1).key);

  expect((await world.verify()).faults).toEqual({ [late.digest(1).key]: 'missing deleted' });
});

describe('accounts and regions that were asked for', () => {
  test('are the only ones that are looked at', async () => {
    const { world } = await eightHours();
    const other = new SignedChain(world, { region: 'us-east-1' });
    await other.deliverHours(2);
    await world.remove(other.digest(0).key);

    expect((await world.verify({ regions: ['eu-central-1'] })).faults).toEqual({});
    expect(
      (await world.verify({ accounts: ['111122223333'], regions: ['us-east-1'] })).tally.of('missing'),
    ).toBe(1);
  });

  test('and are not there, are told', async () => {
    const { world } = await eightHours();

    for (const request of [
      { regions: ['eu-central-1', 'eu-west-1'] },
      { accounts: ['111122223333', '444455556666'] },
    ]) {
      const { tally, findings } = await world.verify(request);
      expect(tally.outcome).toBe('unproven');
      expect(findings.at(-1)).toMatchObject({ kind: 'time', reason: 'no-digests' });
    }
  });
});

describe('bounds', () => {
  const verifierOf = ({ world }: Built, bounds: Partial<VerificationBounds>) =>
    new TrailVerifier({
      listing: world.listing,
      files: world.objects,
      keys: world.keys,
      clock: world.clock,
      bounds,
    });

  async function tallyOf(built: Built, bounds: Partial<VerificationBounds>) {
    const tally = new IntegrityTally();
    const reasons = new Set<string | undefined>();
    for await (const finding of verifierOf(built, bounds).verify({ bucket, prefix: '' })) {
      tally.add(finding);
      reasons.add(finding.reason);
    }
    return { tally, reasons };
  }

  test('on the bytes of digests and logs hold for what comes out of them', async () => {
    const built = await eightHours();
    const digest = built.chain.digest(4);
    const bomb = Buffer.concat([
      digest.bytes.subarray(0, -1),
      Buffer.alloc(4_000_000, ' '),
      Buffer.from('}'),
    ]);
    await built.world.putDigest(digest.key, bomb, digest.signature);
    const { tally, reasons } = await tallyOf(built, { maxDigestBytes: 1_000_000 });

    expect(reasons).toEqual(new Set([undefined, 'too-large', 'not-in-digest']));
    expect([tally.digests.valid, tally.digests.unverifiable, tally.logs.unverifiable]).toEqual([7, 1, 2]);
    const small = await tallyOf(await eightHours(), { maxLogBytes: 50 });
    expect(small.tally.logs).toEqual({ ...valid, valid: 0, unverifiable: 16 });
  });

  test('on the files of a day hold, and are told', async () => {
    const { tally } = await tallyOf(await eightHours(), { mostFilesADay: 5 });

    expect([tally.outcome, tally.unreadable]).toEqual(['indeterminate', 1]);
  });

  test('on missing digests keep a digest of the far future from being endless', async () => {
    const built = await eightHours();
    const { chain, world } = built;
    const { bytes, signature } = chain.digest(7);
    const planted = chain.digestKey(Date.parse('9999-12-31T20:00:00.000Z'));
    await world.putDigest(planted, bytes, signature);

    expect((await world.verify()).faults).toEqual({
      [planted]: 'tampered moved',
      [`time ${at(8)}-9999-12-31T19:00:00.000Z`]: 'unverifiable gap',
    });
    expect((await world.verify({ from: at(0), to: at(8) })).faults).toEqual({});
  });
});

describe('a copy', () => {
  /** Digests without metadata, as in a folder, but for the last one. */
  async function copied() {
    const built = await eightHours();
    for (const { key, bytes } of built.chain.digests.slice(0, -1)) await built.world.putDigest(key, bytes);
    return built;
  }

  test('is proven by the signatures that the next digests hold', async () => {
    const { world } = await copied();

    expect((await world.verify({ isCopy: true })).tally.digests).toEqual({ ...valid, valid: 8 });
  });

  test('need not stand in the bucket, nor below the prefix, that CloudTrail delivered to', async () => {
    const world = new TrailWorld();
    const chain = new SignedChain(world, { prefix: 'archive/', bucket: 'elsewhere' });
    await chain.deliverHours(3);
    for (const { ref, metadata } of world.objects.list('elsewhere')) {
      await world.objects.copy(ref, { bucket, key: ref.key.replace('archive/', 'case-7/') }, { metadata });
    }
    const place = { bucket, prefix: 'case-7/' };

    const { tally, findings } = await world.verify({ ...place, isCopy: true });

    expect([tally.outcome, tally.digests.valid, tally.logs.valid]).toEqual(['valid', 3, 6]);
    expect(findings.every(finding => finding.kind !== 'time' && finding.key.startsWith('case-7/'))).toBe(
      true,
    );
    expect((await world.verify(place)).tally.digests).toEqual({
      valid: 0,
      tampered: 3,
      missing: 0,
      unverifiable: 0,
    });
  });

  test('in which digests have changed places is told so', async () => {
    const { world, chain } = await eightHours();
    const [one, two] = [chain.digest(5), chain.digest(6)];
    await world.putDigest(one.key, two.bytes, two.signature);
    await world.putDigest(two.key, one.bytes, one.signature);

    expect((await world.verify({ isCopy: true })).faults).toEqual({
      [one.key]: 'tampered moved',
      [two.key]: 'tampered moved',
      ...unproven(one),
      ...unproven(two),
    });
  });

  test('does not take the word of a digest that is tampered with against the one before it', async () => {
    const built = await copied();
    const [before, digest] = [built.chain.digest(-2), built.chain.digest(-1)];
    await replace(built, digest, changed(digest, { previousDigestSignature: 'ab'.repeat(256) }));

    expect((await built.world.verify({ isCopy: true })).faults).toEqual({
      [digest.key]: 'tampered signature-mismatch',
      [before.key]: 'unverifiable no-signature',
      ...unproven(digest),
      ...unproven(before),
    });
  });
});

test('a defect of a port is not taken for a fault of a file', async () => {
  const { world } = await eightHours();
  const { listing, objects, keys, clock } = world;
  const verifier = new TrailVerifier({
    listing,
    files: {
      current: target => objects.current(target),
      read: () => Promise.reject(new TypeError('a defect')),
    },
    keys,
    clock,
  });

  await expect(async () => {
    for await (const _ of verifier.verify({ bucket, prefix: '' }));
  }).rejects.toThrow('a defect');
});
