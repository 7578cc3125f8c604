import { createHash } from 'node:crypto';
import * as z from 'zod';
import { createJsonService, JsonError, readInput } from './json-protocol.ts';
import type { LocalService } from './local-service.ts';
import { pageByName } from './page-by-name.ts';

export interface LocalSecretOptions {
  readonly region: string;
  readonly name: string;
  /** @default six characters that follow from the name */
  readonly suffix?: string;
  /** As it was given. @default the key aws/secretsmanager */
  readonly kmsKeyId?: string;
  /** Resource policy, JSON text. */
  readonly policy?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** When its deletion was asked for. */
  readonly deletedAt?: Date;
}

type LocalSecret = LocalSecretOptions & { readonly arn: string };

/** The secrets of an account, without their values. */
export class LocalSecrets {
  readonly #accountId: string;
  readonly #secrets = new Map<string, LocalSecret>();

  constructor(accountId: string) {
    this.#accountId = accountId;
  }

  /** Adds a secret, or takes the place of the one with its ARN, which it gives. */
  add(options: LocalSecretOptions): string {
    const suffix = options.suffix ?? createHash('sha256').update(options.name).digest('hex').slice(0, 6);
    const { region, name } = options;
    const arn = `arn:aws:secretsmanager:${region}:${this.#accountId}:secret:${name}-${suffix}`;
    this.#secrets.set(arn, { ...options, arn });
    return arn;
  }

  list(region: string): LocalSecret[] {
    return [...this.#secrets.values()].filter(secret => secret.region === region);
  }

  /** A secret by ARN or name. */
  find(region: string, id: string): LocalSecret | undefined {
    return this.list(region).find(({ arn, name }) => arn === id || name === id);
  }
}

const bySecret = z.looseObject({ SecretId: z.string().min(1) });

const page = z.looseObject({
  MaxResults: z.number().int().min(1).max(100).default(100),
  NextToken: z.string().optional(),
  IncludePlannedDeletion: z.boolean().default(false),
});

const invalid = 'InvalidParameterException';

/** What AWS Secrets Manager tells of secrets; it gives no values. */
export function createSecretsManagerService(secrets: LocalSecrets): LocalService {
  const secretOf = (input: unknown, region: string): LocalSecret => {
    const found = secrets.find(region, readInput(bySecret, input, invalid).SecretId);
    if (found !== undefined) return found;
    throw new JsonError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  };

  return createJsonService({
    target: 'secretsmanager',
    actions: {
      ListSecrets: (input, region) => {
        const { MaxResults, NextToken, IncludePlannedDeletion } = readInput(page, input, invalid);
        const listed = secrets
          .list(region)
          .filter(({ deletedAt }) => IncludePlannedDeletion || deletedAt === undefined);
        const { page: found, next } = pageByName(listed, secret => secret.arn, MaxResults, NextToken);
        return { SecretList: found.map(describe), ...(next === undefined ? {} : { NextToken: next }) };
      },
      DescribeSecret: (input, region) => describe(secretOf(input, region)),
      GetResourcePolicy: (input, region) => {
        const { arn, name, policy } = secretOf(input, region);
        return { ARN: arn, Name: name, ...(policy === undefined ? {} : { ResourcePolicy: policy }) };
      },
    },
  });
}

function describe({ arn, name, kmsKeyId, tags = {}, deletedAt }: LocalSecret): object {
  return {
    ARN: arn,
    Name: name,
    ...(kmsKeyId === undefined ? {} : { KmsKeyId: kmsKeyId }),
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    ...(deletedAt === undefined ? {} : { DeletedDate: deletedAt.getTime() / 1000 }),
  };
}
