import type { LocalAccount } from '../account/local-account.ts';
import { type Caller, Callers, principalOf } from './caller.ts';
import { type Denial, Judge, type Origin } from './judge.ts';
import type { NeededPermission } from './needed-permission.ts';
import { PolicyStore } from './policy-store.ts';

export type { Denial } from './judge.ts';

export interface PermissionsOptions {
  readonly region: string;
  readonly accountId: string;
  /** Has the policies of keys and secrets. */
  readonly account: LocalAccount;
  /** `off` asks the explicit denials of resource policies alone. @default 'on' */
  readonly mode?: 'on' | 'off';
  /** Hears of each denial, with the name of the function that called, if one did. */
  readonly onDenied: (denial: Denial, functionName: string | undefined) => void;
}

/** A call that is not served. */
export class AccessDeniedError extends Error {
  override readonly name = 'AccessDeniedError';
  readonly denial: Denial;

  constructor(denial: Denial) {
    super(`${denial.message} (${denial.explanation})`);
    this.denial = denial;
  }
}

/** Who may do what in the local run: holds what the templates say of it, and judges each call by that. */
export class Permissions {
  readonly store = new PolicyStore();
  readonly callers: Callers;
  readonly #options: PermissionsOptions;
  readonly #judge: Judge;
  readonly #parsedPolicies = new Map<string, object>();

  constructor(options: PermissionsOptions) {
    this.#options = options;
    this.callers = new Callers(options.accountId);
    const { region, accountId } = options;
    const resourcePolicyOf = (arn: string): object | undefined =>
      this.#policyInAccount(arn) ?? this.store.resourcePolicy(arn);
    this.#judge = new Judge({ region, accountId, store: this.store, resourcePolicyOf });
  }

  /** The first of what a call needs that its caller may not do, which is told; `undefined` where it may do all. */
  async ask(
    accessKeyId: string,
    needed: readonly NeededPermission[],
    origin?: Origin,
  ): Promise<Denial | undefined> {
    const caller = this.#callerOf(accessKeyId);
    for (const permission of needed) {
      const denial = await this.#judge.judge(caller, permission, origin);
      if (denial === undefined) continue;
      this.#tell(accessKeyId, denial);
      return denial;
    }
    return undefined;
  }

  /** Rejects with {@link AccessDeniedError} where {@link ask} finds a denial. */
  async require(accessKeyId: string, needed: readonly NeededPermission[], origin?: Origin): Promise<void> {
    const denial = await this.ask(accessKeyId, needed, origin);
    if (denial !== undefined) throw new AccessDeniedError(denial);
  }

  /** Denies a call of which it is not known what it needs: unknown is not safe. The administrator's is let through. */
  askUnknown(accessKeyId: string, action: string): Denial | undefined {
    const caller = this.#callerOf(accessKeyId);
    if (caller.kind === 'administrator') return undefined;
    const principal = principalOf(caller);
    const denial = {
      principal,
      action,
      resource: '*',
      message: `User: ${principal} is not authorized to perform: ${action} on resource: *`,
      explanation: `the local run does not know what ${action} needs; teach it in infra/local/permissions`,
    };
    this.#tell(accessKeyId, denial);
    return denial;
  }

  #callerOf(accessKeyId: string): Caller {
    const caller = this.callers.find(accessKeyId);
    if (this.#options.mode !== 'off') return caller;
    const arn =
      caller.kind === 'role' ? caller.roleArn : `arn:aws:iam::${this.#options.accountId}:user/local`;
    return { kind: 'administrator', arn };
  }

  #tell(accessKeyId: string, denial: Denial): void {
    const caller = this.callers.find(accessKeyId);
    const { onDenied } = this.#options;
    onDenied(denial, caller.kind === 'role' ? caller.functionName : undefined);
  }

  #policyInAccount(arn: string): object | undefined {
    const [, , service, region = ''] = arn.split(':', 4);
    const { account } = this.#options;
    if (service === 'kms') return this.#parsed(account.keys.find(region, arn)?.policy);
    return service === 'secretsmanager' ? this.#parsed(account.secrets.find(region, arn)?.policy) : undefined;
  }

  #parsed(text: string | undefined): object | undefined {
    if (text === undefined) return undefined;
    const known = this.#parsedPolicies.get(text);
    if (known !== undefined) return known;
    const policy: object = JSON.parse(text);
    this.#parsedPolicies.set(text, policy);
    return policy;
  }
}
