import { randomUUID } from 'node:crypto';

export interface LocalKeyOptions {
  readonly region: string;
  /** @default a new one */
  readonly keyId?: string;
  /** @default the account's own; a key of another account is in no list */
  readonly account?: string;
  /** @default `CUSTOMER` */
  readonly manager?: 'AWS' | 'CUSTOMER';
  /** @default `Enabled` */
  readonly state?: string;
  /** @default `SYMMETRIC_DEFAULT` */
  readonly spec?: string;
  /** @default `AWS_KMS` */
  readonly origin?: string;
  /** Days after which KMS rotates the material. @default never; of AWS's own keys 365 */
  readonly rotationPeriodDays?: number;
  /** JSON text. @default all to the account */
  readonly policy?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

export interface LocalKey {
  readonly region: string;
  readonly keyId: string;
  readonly account: string;
  readonly arn: string;
  readonly manager: 'AWS' | 'CUSTOMER';
  state: string;
  readonly spec: string;
  readonly origin: string;
  rotationPeriodDays: number | undefined;
  policy: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt: Date;
}

/** The KMS keys of an account, and those of others that it may see. */
export class LocalKeys {
  readonly accountId: string;
  readonly #keys = new Map<string, LocalKey>();
  /** ARNs of keys by region and alias. */
  readonly #aliases = new Map<string, string>();

  constructor(accountId: string) {
    this.accountId = accountId;
  }

  /** Throws where there is a key of that id. */
  add(options: LocalKeyOptions): LocalKey {
    const { region, keyId = randomUUID(), account = this.accountId, manager = 'CUSTOMER' } = options;
    const arn = `arn:aws:kms:${region}:${account}:key/${keyId}`;
    if (this.#keys.has(arn)) throw new Error(`There is a key ${arn} already.`);
    const key: LocalKey = {
      region,
      keyId,
      account,
      arn,
      manager,
      state: options.state ?? 'Enabled',
      spec: options.spec ?? 'SYMMETRIC_DEFAULT',
      origin: options.origin ?? 'AWS_KMS',
      rotationPeriodDays: options.rotationPeriodDays ?? (manager === 'AWS' ? 365 : undefined),
      policy: options.policy ?? defaultPolicy(account),
      tags: options.tags ?? {},
      createdAt: new Date(),
    };
    this.#keys.set(arn, key);
    return key;
  }

  /** @param alias With its beginning, `alias/…`. */
  addAlias(alias: string, key: LocalKey): void {
    this.#aliases.set(`${key.region} ${alias}`, key.arn);
  }

  /** The account's keys of a region. */
  list(region: string): LocalKey[] {
    return [...this.#keys.values()].filter(key => key.region === region && key.account === this.accountId);
  }

  /** A key by ARN, id, alias or ARN of an alias. The key of an alias of AWS's own (`alias/aws/s3`) is made when it is first named. */
  find(region: string, name: string): LocalKey | undefined {
    const [, inRegion, account, resource = ''] = /^arn:[\w-]+:kms:([^:]*):([^:]*):(.+)$/.exec(name) ?? [
      '',
      region,
      this.accountId,
      name,
    ];
    if (inRegion !== region) return undefined;
    if (resource.startsWith('alias/'))
      return account === this.accountId ? this.#byAlias(region, resource) : undefined;
    return this.#keys.get(`arn:aws:kms:${region}:${account}:key/${resource.replace(/^key\//, '')}`);
  }

  #byAlias(region: string, alias: string): LocalKey | undefined {
    const known = this.#aliases.get(`${region} ${alias}`);
    if (known !== undefined) return this.#keys.get(known);
    if (!alias.startsWith('alias/aws/')) return undefined;
    const key = this.add({ region, manager: 'AWS' });
    this.addAlias(alias, key);
    return key;
  }
}

/** What KMS gives a key that is made without a policy. */
function defaultPolicy(account: string): string {
  const Principal = { AWS: `arn:aws:iam::${account}:root` };
  const Statement = [{ Effect: 'Allow', Principal, Action: 'kms:*', Resource: '*' }];
  return JSON.stringify({ Version: '2012-10-17', Statement });
}
