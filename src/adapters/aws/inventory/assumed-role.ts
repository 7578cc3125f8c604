import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import type { Clock } from '../../../ports/clock.ts';
import { required } from './reading-of.ts';
import { RoleNotAssumedError } from './role-not-assumed-error.ts';

export interface AssumedRoleOptions {
  readonly sts: STSClient;
  readonly roleArn: string;
  readonly sessionName: string;
  readonly externalId: string | undefined;
  readonly clock: Clock;
}

interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** Milliseconds before their end in which credentials are renewed; the SDK asks for new ones as early. */
const renewal = 5 * 60 * 1000;

/** The credentials of a role, assumed when they are first needed and again before they expire. */
export class AssumedRole {
  readonly #options: AssumedRoleOptions;
  #current: SessionCredentials | undefined;
  #underWay: Promise<SessionCredentials> | undefined;

  constructor(options: AssumedRoleOptions) {
    this.#options = options;
  }

  /** Calls at one time share one request. Rejects with {@link RoleNotAssumedError}; the next call asks again. */
  async credentials(): Promise<SessionCredentials> {
    const current = this.#current;
    const now = this.#options.clock.now().getTime();
    if (current !== undefined && current.expiration.getTime() - now > renewal) return current;
    this.#underWay ??= this.#assume().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  async #assume(): Promise<SessionCredentials> {
    const { sts, roleArn, sessionName, externalId } = this.#options;
    try {
      const { Credentials: given } = await sts.send(
        new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: sessionName, ExternalId: externalId }),
      );
      this.#current = {
        accessKeyId: required(given?.AccessKeyId, 'AccessKeyId'),
        secretAccessKey: required(given?.SecretAccessKey, 'SecretAccessKey'),
        sessionToken: required(given?.SessionToken, 'SessionToken'),
        expiration: required(given?.Expiration, 'Expiration'),
      };
      return this.#current;
    } catch (error) {
      throw new RoleNotAssumedError(roleArn, error);
    }
  }
}
