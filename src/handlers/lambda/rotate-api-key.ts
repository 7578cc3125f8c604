import * as z from 'zod';
import {
  type ApiKeyRotator,
  type RotationResult,
  rotationSteps,
} from '../../domain/credentials/api-key-rotator.ts';
import { measure } from './measure.ts';
import type { Telemetry } from './telemetry.ts';

export interface RotationPorts {
  readonly rotator: Pick<ApiKeyRotator, 'rotate'>;
  /** ARN of the one secret that is rotated here. */
  readonly secretArn: string;
}

/** What Secrets Manager hands over (User Guide, "Rotation by Lambda function"); other fields are of no use here. */
const rotationEvent = z.object({
  Step: z.enum(rotationSteps),
  SecretId: z.string(),
  ClientRequestToken: z.string().min(32).max(64),
});

/** A step that cannot be taken, by `code`: a reason of the rotator's, or `malformed-event`, `other-secret`. */
export class RotationRefusedError extends Error {
  override readonly name = 'RotationRefusedError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Takes one step of the rotation of an API key. What it tells and logs holds ids of versions, and no value.
 *
 * Rejects with {@link RotationRefusedError} or a `PortError`: Secrets Manager then counts the rotation as failed, and
 * tries again.
 */
export async function rotateApiKey(
  event: unknown,
  { rotator, secretArn }: RotationPorts,
  { logger, metrics }: Telemetry,
): Promise<void> {
  const parsed = rotationEvent.safeParse(event);
  if (!parsed.success) {
    const fields = parsed.error.issues.map(({ path }) => path.join('.') || 'event');
    throw new RotationRefusedError(
      'malformed-event',
      `The event is none of a rotation: ${fields.join(', ')}.`,
    );
  }
  const { Step: step, SecretId, ClientRequestToken: version } = parsed.data;
  if (SecretId !== secretArn) {
    throw new RotationRefusedError('other-secret', 'The event is about a secret that is not rotated here.');
  }
  const facts = { step, version, secretArn };
  const result = await rotator.rotate(step, version).catch((error: unknown) => {
    measure(metrics, 'ApiKeyRotationsFailed');
    logger.error('Rotation step failed', { ...facts, error: error as Error });
    throw error;
  });
  if (result.outcome === 'refused') {
    measure(metrics, 'ApiKeyRotationsFailed');
    logger.error('Rotation step refused', { ...facts, reason: result.reason });
    throw new RotationRefusedError(result.reason, `${step} of version ${version}: ${result.reason}.`);
  }
  if (result.outcome === 'finished') measure(metrics, 'ApiKeysRotated');
  const removed = removedBy(result);
  if (removed > 0) measure(metrics, 'ApiKeysRemoved', removed);
  logger.info('Rotation step taken', { ...facts, outcome: result.outcome, removed });
}

function removedBy(result: RotationResult): number {
  return 'removed' in result ? result.removed : 0;
}
