import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  InvalidParameterException,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { PortError } from '../../ports/failure.ts';
import type { PutPendingOutcome, SecretVault, SecretVersions } from '../../ports/secret-vault.ts';
import { translateFailure } from './translate-failure.ts';

export interface SecretsManagerSecretVaultOptions {
  readonly client: SecretsManagerClient;
  /** ARN of the secret, whole. */
  readonly secretArn: string;
}

/** The labels that Secrets Manager moves by itself (User Guide, "What's in a Secrets Manager secret?"). */
const [current, previous, pending] = ['AWSCURRENT', 'AWSPREVIOUS', 'AWSPENDING'];

/**
 * One secret in AWS Secrets Manager, its values text. A secret that waits for its deletion fails as `permanent`
 * (`InvalidRequestException`).
 *
 * Needs `secretsmanager:DescribeSecret`, `GetSecretValue`, `PutSecretValue` and `UpdateSecretVersionStage` on the
 * secret, and `kms:Decrypt` and `kms:GenerateDataKey` on its key, through Secrets Manager.
 *
 * @example
 * new SecretsManagerSecretVault({ client: new SecretsManagerClient(), secretArn });
 */
export class SecretsManagerSecretVault implements SecretVault {
  readonly #client: SecretsManagerClient;
  readonly #secretArn: string;

  constructor(options: SecretsManagerSecretVaultOptions) {
    this.#client = options.client;
    this.#secretArn = options.secretArn;
  }

  async describe(): Promise<SecretVersions> {
    const { RotationEnabled = false, VersionIdsToStages = {} } = await this.#asking('describe', () =>
      this.#client.send(new DescribeSecretCommand({ SecretId: this.#secretArn })),
    );
    const labels = Object.entries(VersionIdsToStages);
    const holder = (label: string | undefined): string | undefined =>
      labels.find(([, stages]) => label !== undefined && stages.includes(label))?.[0];
    const [isCurrent, wasCurrent, isPending] = [holder(current), holder(previous), holder(pending)];
    return {
      rotates: RotationEnabled,
      ...(isCurrent === undefined ? {} : { current: isCurrent }),
      ...(wasCurrent === undefined ? {} : { previous: wasCurrent }),
      ...(isPending === undefined ? {} : { pending: isPending }),
      labelled: labels.filter(([, stages]) => stages.length > 0).map(([version]) => version),
    };
  }

  async read(version: string): Promise<string | undefined> {
    try {
      const { SecretString } = await this.#client.send(
        new GetSecretValueCommand({ SecretId: this.#secretArn, VersionId: version }),
      );
      return SecretString;
    } catch (error) {
      // A version without a value is answered like one that is not there.
      if (error instanceof ResourceNotFoundException) return undefined;
      throw this.#fault(error, 'read');
    }
  }

  async putPending(version: string, value: string): Promise<PutPendingOutcome> {
    try {
      await this.#client.send(
        new PutSecretValueCommand({
          SecretId: this.#secretArn,
          ClientRequestToken: version,
          SecretString: value,
          VersionStages: ['AWSPENDING'],
        }),
      );
      return { outcome: 'put' };
    } catch (error) {
      if (error instanceof ResourceExistsException) return { outcome: 'present' };
      throw this.#fault(error, 'putPending');
    }
  }

  async makeCurrent(version: string, isCurrent: string | undefined): Promise<void> {
    try {
      await this.#client.send(
        new UpdateSecretVersionStageCommand({
          SecretId: this.#secretArn,
          VersionStage: 'AWSCURRENT',
          MoveToVersionId: version,
          ...(isCurrent === undefined ? {} : { RemoveFromVersionId: isCurrent }),
        }),
      );
    } catch (error) {
      if (!(error instanceof InvalidParameterException)) throw this.#fault(error, 'makeCurrent');
      // Where the label is, has to be said when it is moved (UpdateSecretVersionStage, `RemoveFromVersionId`).
      throw new PortError({
        kind: 'conflict',
        operation: 'SecretVault.makeCurrent',
        code: 'OtherVersionCurrent',
        message: `Version ${isCurrent ?? '(none)'} of ${this.#secretArn} is not the current one`,
        cause: error,
      });
    }
  }

  async #asking<Answer>(operation: keyof SecretVault, ask: () => Promise<Answer>): Promise<Answer> {
    try {
      return await ask();
    } catch (error) {
      throw this.#fault(error, operation);
    }
  }

  #fault(error: unknown, operation: keyof SecretVault): PortError {
    return translateFailure(error, `SecretVault.${operation}`, this.#secretArn);
  }
}
