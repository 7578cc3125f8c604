import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import {
  type RotationResult,
  type RotationStep,
  rotationSteps,
} from '../../../src/domain/credentials/api-key-rotator.ts';
import { rotateApiKey } from '../../../src/handlers/lambda/rotate-api-key.ts';
import { failureKinds, PortError } from '../../../src/ports/failure.ts';
import { rotationWorld } from '../../domain/credentials/rotation-world.ts';
import { type RecordedTelemetry, recordedTelemetry } from './recorded-telemetry.ts';

const secretArn =
  'arn:aws:secretsmanager:eu-central-1:111122223333:secret:sallyport-document-api-key-dev-a1b2c3';
const version = '3d1f6a7e-1111-4222-8333-444455556666';

let telemetry: RecordedTelemetry;
beforeEach(async () => {
  jest.restoreAllMocks();
  telemetry = await recordedTelemetry();
});

const eventOf = (Step: string, ClientRequestToken = version) => ({
  Step,
  SecretId: secretArn,
  ClientRequestToken,
  RotationToken: 'given-to-roles-of-other-accounts',
});
const answering = (result: RotationResult) => ({
  rotate: jest.fn(async (_step: RotationStep, _version: string) => result),
});

describe('a step of a rotation', () => {
  test.each(rotationSteps)('%s is handed on', async step => {
    const rotator = answering({ outcome: 'done' });
    await rotateApiKey(eventOf(step), { rotator, secretArn }, telemetry);
    expect(rotator.rotate).toHaveBeenCalledWith(step, version);
    expect(telemetry.logs()).toContainEqual(
      expect.objectContaining({ message: 'Rotation step taken', step, version, outcome: 'done', removed: 0 }),
    );
  });

  test.each([
    [{ outcome: 'done' }, [], []],
    [{ outcome: 'finished', removed: 0 }, [1], []],
    [{ outcome: 'finished', removed: 2 }, [1], [2]],
    [{ outcome: 'already-current', removed: 0 }, [], []],
    [{ outcome: 'already-current', removed: 1 }, [], [1]],
  ] as const)(
    'that ends with %j counts rotations %j and removed keys %j',
    async (result, rotated, removed) => {
      await rotateApiKey(eventOf('finishSecret'), { rotator: answering(result), secretArn }, telemetry);
      expect(telemetry.metricsOf('ApiKeysRotated').map(({ value }) => value)).toEqual(rotated);
      expect(telemetry.metricsOf('ApiKeysRemoved').map(({ value }) => value)).toEqual(removed);
      expect(telemetry.metricsOf('ApiKeyRotationsFailed')).toEqual([]);
    },
  );

  test('that is refused fails, so that Secrets Manager hears of it', async () => {
    const rotator = answering({ outcome: 'refused', reason: 'key-not-admitted' });
    await expect(
      rotateApiKey(eventOf('testSecret'), { rotator, secretArn }, telemetry),
    ).rejects.toMatchObject({ name: 'RotationRefusedError', code: 'key-not-admitted' });
    expect(telemetry.metricsOf('ApiKeyRotationsFailed')).toMatchObject([{ value: 1 }]);
    expect(telemetry.logs()).toContainEqual(
      expect.objectContaining({
        level: 'ERROR',
        message: 'Rotation step refused',
        reason: 'key-not-admitted',
      }),
    );
  });

  test.each([...failureKinds])('that a port fails with %s fails with it', async kind => {
    const failure = new PortError({ kind, operation: 'SecretVault.read', code: 'Code', message: 'said' });
    const rotator = { rotate: async () => Promise.reject(failure) };
    await expect(rotateApiKey(eventOf('setSecret'), { rotator, secretArn }, telemetry)).rejects.toBe(failure);
    expect(telemetry.metricsOf('ApiKeyRotationsFailed')).toMatchObject([{ value: 1 }]);
    expect(telemetry.logs()).toContainEqual(
      expect.objectContaining({ message: 'Rotation step failed', step: 'setSecret', version }),
    );
  });

  test.each([
    [null, 'malformed-event', 'event'],
    [{}, 'malformed-event', 'Step, SecretId, ClientRequestToken'],
    [{ ...eventOf('createSecret'), Step: 'rollBack' }, 'malformed-event', 'Step'],
    [{ ...eventOf('createSecret'), ClientRequestToken: 'short' }, 'malformed-event', 'ClientRequestToken'],
    [{ ...eventOf('createSecret'), SecretId: `${secretArn}x` }, 'other-secret', 'not rotated here'],
  ])('that is none, %j, is refused', async (event, code, said) => {
    const rotator = answering({ outcome: 'done' });
    await expect(rotateApiKey(event, { rotator, secretArn }, telemetry)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(said),
    });
    expect(rotator.rotate).not.toHaveBeenCalled();
  });
});

test('no value of a key, old or new, is logged or told, whatever happens', async () => {
  const { rotator, vault, faults, keyIn } = rotationWorld();
  const told: string[] = [];
  const tokens = ['1', '2'].map(digit => digit.repeat(32));
  for (const token of tokens) {
    vault.begin(token);
    for (const step of rotationSteps) {
      const deliver = () => rotateApiKey(eventOf(step, token), { rotator, secretArn }, telemetry);
      faults.reset();
      faults.failCall(2, 'after');
      await deliver().catch((error: Error) => told.push(JSON.stringify([error, error.message, error.stack])));
      faults.reset();
      await deliver();
    }
  }
  const logged = JSON.stringify([telemetry.logs(), telemetry.allMetrics(), told]);
  expect(told.length).toBeGreaterThan(4);
  for (const token of tokens) {
    expect(logged).toContain(token);
    expect(logged).not.toContain(await keyIn(token));
  }
  expect(logged).not.toContain('given-to-roles-of-other-accounts');
});
