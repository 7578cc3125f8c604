import { createHash, randomUUID } from 'node:crypto';

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
  /** The text of its first version. @default it has no version */
  readonly value?: string;
}

/** A version of a secret; one that a rotation has begun has no value yet. */
export interface LocalSecretVersion {
  readonly id: string;
  value: string | undefined;
  readonly createdAt: Date;
}

/** How a secret is rotated. */
export interface LocalRotation {
  readonly functionArn: string;
  /** Days between rotations; no clock begins one here. */
  readonly days: number;
  /** Hands one step to the function. Rejects where the function fails. */
  readonly invoke: (event: RotationEvent) => Promise<void>;
  /** Is told of a rotation that is under way and that nobody waits for. */
  readonly track: (work: Promise<void>) => unknown;
  /** Hears why a rotation that somebody asked for has failed. */
  readonly onFault: (text: string) => void;
}

/** What a rotation function is given (Secrets Manager User Guide, "Rotation by Lambda function"). */
export interface RotationEvent {
  readonly Step: string;
  readonly SecretId: string;
  readonly ClientRequestToken: string;
}

export interface LocalSecret extends LocalSecretOptions {
  readonly arn: string;
  policy?: string;
  readonly versions: Map<string, LocalSecretVersion>;
  /** The version that bears each staging label. */
  readonly labels: Map<string, string>;
  rotation: LocalRotation | undefined;
  /** When a rotation was last brought to its end. */
  lastRotatedAt?: Date;
}

const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'];

/** The secrets of an account. */
export class LocalSecrets {
  readonly #accountId: string;
  readonly #secrets = new Map<string, LocalSecret>();

  constructor(accountId: string) {
    this.#accountId = accountId;
  }

  /** Adds a secret, or takes the place of the one with its ARN, which it gives. */
  add(options: LocalSecretOptions): string {
    const suffix = options.suffix ?? createHash('sha256').update(options.name).digest('hex').slice(0, 6);
    const { region, name, value } = options;
    const arn = `arn:aws:secretsmanager:${region}:${this.#accountId}:secret:${name}-${suffix}`;
    const secret = { ...options, arn, versions: new Map(), labels: new Map(), rotation: undefined };
    this.#secrets.set(arn, secret);
    if (value !== undefined) putVersion(secret, randomUUID(), value, ['AWSCURRENT']);
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

/** The labels that a version bears. */
export function labelsOf({ labels }: LocalSecret, version: string): string[] {
  return [...labels].flatMap(([label, holder]) => (holder === version ? [label] : []));
}

/** Adds a version, or gives one its value, and moves labels to it. */
export function putVersion(
  secret: LocalSecret,
  id: string,
  value: string | undefined,
  labels: readonly string[],
): void {
  const known = secret.versions.get(id);
  if (known === undefined) secret.versions.set(id, { id, value, createdAt: new Date() });
  else known.value ??= value;
  for (const label of labels) moveLabel(secret, label, id);
}

/** Moves a label; what was current becomes previous (API Reference, UpdateSecretVersionStage). */
export function moveLabel({ labels }: LocalSecret, label: string, to: string | undefined): void {
  const from = labels.get(label);
  if (label === 'AWSCURRENT' && from !== undefined && from !== to) labels.set('AWSPREVIOUS', from);
  if (to === undefined) labels.delete(label);
  else labels.set(label, to);
}

/** The version that a rotation has begun and not brought to its end. */
export function unfinishedRotation({ labels }: LocalSecret): string | undefined {
  const pending = labels.get('AWSPENDING');
  return pending === labels.get('AWSCURRENT') ? undefined : pending;
}

/** Takes a version through the four steps, and notes when it is over. Rejects with the first that fails: it stays unfinished. */
export async function rotateSecret(
  secret: LocalSecret,
  rotation: LocalRotation,
  version: string,
): Promise<void> {
  putVersion(secret, version, undefined, ['AWSPENDING']);
  for (const Step of steps) {
    await rotation.invoke({ Step, SecretId: secret.arn, ClientRequestToken: version });
  }
  secret.lastRotatedAt = new Date();
}
