import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { createJsonService, JsonError, readInput } from './json-protocol.ts';
import {
  type LocalSecret,
  type LocalSecrets,
  type LocalSecretVersion,
  labelsOf,
  moveLabel,
  putVersion,
  rotateSecret,
  unfinishedRotation,
} from './local-secrets.ts';
import type { LocalService } from './local-service.ts';
import { pageByName } from './page-by-name.ts';

const bySecret = z.looseObject({ SecretId: z.string().min(1) });

const page = z.looseObject({
  MaxResults: z.number().int().min(1).max(100).default(100),
  NextToken: z.string().optional(),
  IncludePlannedDeletion: z.boolean().default(false),
});

const token = z.string().min(32).max(64);

const byVersion = bySecret.extend({
  VersionId: token.optional(),
  VersionStage: z.string().min(1).max(256).optional(),
});

const newValue = bySecret.extend({
  ClientRequestToken: token.default(() => randomUUID()),
  SecretString: z.string().max(65_536),
  VersionStages: z.array(z.string().min(1).max(256)).min(1).default(['AWSCURRENT']),
});

const move = bySecret.extend({
  VersionStage: z.string().min(1).max(256),
  MoveToVersionId: token.optional(),
  RemoveFromVersionId: token.optional(),
});

/** Strict: settings of a rotation come from the template. */
const rotation = z.strictObject({
  SecretId: z.string().min(1),
  ClientRequestToken: token.default(() => randomUUID()),
  RotateImmediately: z.literal(true).optional(),
});

const invalid = 'InvalidParameterException';

/**
 * The secrets that AWS Secrets Manager keeps, with values that are text, versions, staging labels and rotation. Values
 * are kept as they are: nothing is encrypted here.
 */
export function createSecretsManagerService(secrets: LocalSecrets): LocalService {
  const secretOf = (input: unknown, region: string): LocalSecret => {
    const found = secrets.find(region, readInput(bySecret, input, invalid).SecretId);
    if (found !== undefined) return found;
    throw new JsonError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  };
  const usableSecretOf = (input: unknown, region: string): LocalSecret => {
    const secret = secretOf(input, region);
    if (secret.deletedAt === undefined) return secret;
    throw new JsonError(
      'InvalidRequestException',
      "You can't perform this operation on the secret because it was marked for deletion.",
    );
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
      DescribeSecret: (input, region) => {
        const secret = secretOf(input, region);
        return { ...describe(secret), VersionIdsToStages: versionsOf(secret) };
      },
      GetResourcePolicy: (input, region) => {
        const { arn, name, policy } = secretOf(input, region);
        return { ARN: arn, Name: name, ...(policy === undefined ? {} : { ResourcePolicy: policy }) };
      },
      GetSecretValue: (input, region) => {
        const secret = usableSecretOf(input, region);
        const { id, value, createdAt } = versionOf(secret, input);
        return { ...answerOf(secret, id), SecretString: value, CreatedDate: createdAt.getTime() / 1000 };
      },
      PutSecretValue: (input, region) => {
        const secret = usableSecretOf(input, region);
        return put(secret, readInput(newValue, input, invalid));
      },
      UpdateSecretVersionStage: (input, region) => {
        const secret = usableSecretOf(input, region);
        moveStage(secret, readInput(move, input, invalid));
        return { ARN: secret.arn, Name: secret.name };
      },
      RotateSecret: (input, region) => rotate(usableSecretOf(input, region), input),
    },
  });
}

function versionOf(secret: LocalSecret, input: unknown): LocalSecretVersion & { readonly value: string } {
  const { VersionId, VersionStage } = readInput(byVersion, input, invalid);
  const staged = secret.labels.get(VersionStage ?? 'AWSCURRENT') ?? '';
  const id = VersionId ?? staged;
  const version = secret.versions.get(id);
  const isOther = VersionId !== undefined && VersionStage !== undefined && staged !== VersionId;
  if (version?.value !== undefined && !isOther) return { ...version, value: version.value };
  throw new JsonError(
    'ResourceNotFoundException',
    `Secrets Manager can't find the specified secret value for ${VersionId === undefined ? `staging label: ${VersionStage ?? 'AWSCURRENT'}` : `VersionId: ${VersionId}`}`,
  );
}

function put(secret: LocalSecret, given: z.infer<typeof newValue>): object {
  const { ClientRequestToken: id, SecretString, VersionStages } = given;
  const value = secret.versions.get(id)?.value;
  if (value !== undefined && value !== SecretString) {
    throw new JsonError(
      'ResourceExistsException',
      `A resource with the ID you requested already exists: version ${id}.`,
    );
  }
  // The first version is current whatever it is to be (API Reference, PutSecretValue).
  const isFirst = !secret.labels.has('AWSCURRENT');
  // A repetition with the same value changes nothing.
  if (value === undefined) {
    putVersion(secret, id, SecretString, isFirst ? ['AWSCURRENT', ...VersionStages] : VersionStages);
  }
  return answerOf(secret, id);
}

function moveStage(secret: LocalSecret, given: z.infer<typeof move>): void {
  const { VersionStage, MoveToVersionId, RemoveFromVersionId } = given;
  const holder = secret.labels.get(VersionStage);
  const isMoved = holder !== undefined && holder !== MoveToVersionId;
  if (isMoved && RemoveFromVersionId !== holder) {
    throw new JsonError(
      invalid,
      `The staging label ${VersionStage} is currently attached to version ${holder}, so you must explicitly reference that version in RemoveFromVersionId.`,
    );
  }
  if (holder === undefined && RemoveFromVersionId !== undefined) {
    throw new JsonError(invalid, `No version has the staging label ${VersionStage}.`);
  }
  if (MoveToVersionId !== undefined && !secret.versions.has(MoveToVersionId)) {
    throw new JsonError('ResourceNotFoundException', `There is no version ${MoveToVersionId}.`);
  }
  if (MoveToVersionId === undefined && VersionStage === 'AWSCURRENT') {
    throw new JsonError(invalid, 'AWSCURRENT can be moved, and not removed.');
  }
  moveLabel(secret, VersionStage, MoveToVersionId);
}

/** Begins a rotation, and answers before it is over, as AWS does. One that is unfinished is attempted again. */
function rotate(secret: LocalSecret, input: unknown): object {
  const { ClientRequestToken } = readInput(rotation, input, invalid);
  const { rotation: settings } = secret;
  if (settings === undefined) {
    throw new JsonError('InvalidRequestException', 'No Lambda rotation function ARN is associated.');
  }
  const unfinished = unfinishedRotation(secret);
  const version = unfinished ?? ClientRequestToken;
  settings.track(
    rotateSecret(secret, settings, version).catch((error: unknown) => settings.onFault(String(error))),
  );
  if (unfinished !== undefined) {
    throw new JsonError(
      'InvalidRequestException',
      "A previous rotation isn't complete. That rotation will be reattempted.",
    );
  }
  return { ARN: secret.arn, Name: secret.name, VersionId: version };
}

function answerOf(secret: LocalSecret, version: string): object {
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version,
    VersionStages: labelsOf(secret, version),
  };
}

/** Versions without a label are deprecated, and not described. */
function versionsOf(secret: LocalSecret): Record<string, string[]> {
  const labelled = new Set(secret.labels.values());
  return Object.fromEntries([...labelled].map(version => [version, labelsOf(secret, version)]));
}

function describe(secret: LocalSecret): object {
  const { arn, name, kmsKeyId, tags = {}, deletedAt, rotation: settings, lastRotatedAt } = secret;
  return {
    ARN: arn,
    Name: name,
    ...(kmsKeyId === undefined ? {} : { KmsKeyId: kmsKeyId }),
    ...(settings === undefined
      ? {}
      : {
          RotationEnabled: true,
          RotationLambdaARN: settings.functionArn,
          RotationRules: { AutomaticallyAfterDays: settings.days },
          ...(lastRotatedAt === undefined ? {} : { LastRotatedDate: lastRotatedAt.getTime() / 1000 }),
        }),
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    ...(deletedAt === undefined ? {} : { DeletedDate: deletedAt.getTime() / 1000 }),
  };
}
