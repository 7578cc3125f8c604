import { runSimulation } from '@cloud-copilot/iam-simulate';
import { type Caller, principalOf } from './caller.ts';
import { compilePolicy } from './compile-policy.ts';
import { asSimulated } from './condition-keys.ts';
import { type CompiledStatements, explainDenial, noneAllows, type Reason } from './explain-denial.ts';
import type { NeededPermission } from './needed-permission.ts';
import type { NamedPolicy, PolicyStore } from './policy-store.ts';

/** Why a call is not served. */
export interface Denial {
  /** The session of a role, a service, or the administrator. */
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  /** What AWS says: `User: … is not authorized to perform: … on resource: … because …`. */
  readonly message: string;
  /** The statement that decided, by its policy and its Sid or position; or that there is none, and the nearest. */
  readonly explanation: string;
}

export interface JudgeOptions {
  readonly region: string;
  readonly accountId: string;
  readonly store: PolicyStore;
  /** The resource's own policy, unless the need brings it. */
  readonly resourcePolicyOf: (resourceArn: string) => object | undefined;
}

/** What is known of a call beside what it needs. */
export interface Origin {
  readonly sourceIp?: string | undefined;
  readonly region?: string | undefined;
}

const everything: NamedPolicy = {
  name: 'AdministratorAccess',
  document: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
};

const silent = { name: 'silent', policy: { Version: '2012-10-17', Statement: [] } };

/** Decisions kept; beyond these they are begun anew. */
const mostDecisions = 20_000;

type SimulatedContext = Record<string, string | string[]>;

/** Decides by the rules of IAM, as @cloud-copilot/iam-simulate knows them, what callers may do. */
export class Judge {
  readonly #options: JudgeOptions;
  readonly #decisions = new Map<string, Denial | undefined>();
  readonly #documents = new WeakMap<object, number>();
  #documentCount = 0;

  constructor(options: JudgeOptions) {
    this.#options = options;
  }

  /** Why the caller may not, or `undefined` where it may. Never rejects: what cannot be judged is denied. */
  async judge(caller: Caller, needed: NeededPermission, origin: Origin = {}): Promise<Denial | undefined> {
    const { action, resource } = needed;
    const resourcePolicy = needed.resourcePolicy ?? this.#options.resourcePolicyOf(resource);
    const context = this.#contextOf(caller, needed, origin);
    const policies = [this.#options.store.version, resourcePolicy && this.#numberOf(resourcePolicy)];
    const key = JSON.stringify([caller, action, resource, context, policies]);
    if (this.#decisions.has(key)) return this.#decisions.get(key);
    const reason = await this.#decide(caller, needed, context, resourcePolicy);
    const denial = reason && denialOf(principalOf(caller), needed, reason);
    if (this.#decisions.size >= mostDecisions) this.#decisions.clear();
    this.#decisions.set(key, denial);
    return denial;
  }

  async #decide(
    caller: Caller,
    { action, resource }: NeededPermission,
    context: SimulatedContext,
    resourcePolicy: object | undefined,
  ): Promise<Reason | undefined> {
    const because = noneAllows('identity-based policy', action);
    if (caller.kind === 'role' && this.#options.store.role(caller.roleArn) === undefined) {
      return { because, explanation: `no template holds the role ${caller.roleArn}` };
    }
    const statements = this.#statementsFor(caller, action, resource, resourcePolicy);
    const asPolicies = (among: CompiledStatements['identity']) =>
      among.map(({ label, policy }) => ({ name: label, policy }));
    const result = await runSimulation(
      {
        request: {
          principal: principalOf(caller),
          action,
          resource: { resource: literal(resource), accountId: this.#accountOf(resource) },
          contextVariables: context,
        },
        identityPolicies: asPolicies(statements.identity),
        serviceControlPolicies: [],
        resourceControlPolicies: [],
        // Without a policy there would be no boundary: one that says nothing of the service allows nothing of it.
        ...(statements.boundary && {
          permissionBoundaryPolicies: [silent, ...asPolicies(statements.boundary)],
        }),
        ...(statements.resource && {
          resourcePolicy: {
            Version: '2012-10-17',
            Statement: statements.resource.map(({ statement }) => statement),
          },
        }),
      },
      {},
    ).catch((error: unknown) => String(error));
    if (typeof result === 'string' || result.resultType !== 'single') {
      return { because, explanation: `it cannot be judged: ${JSON.stringify(result)}` };
    }
    return explainDenial(caller, action, result.result.analysis, statements);
  }

  #statementsFor(
    caller: Caller,
    action: string,
    resource: string,
    resourcePolicy: object | undefined,
  ): CompiledStatements {
    const role = caller.kind === 'role' ? this.#options.store.role(caller.roleArn) : undefined;
    const identity = caller.kind === 'administrator' ? [everything] : (role?.policies ?? []);
    return {
      identity: identity.flatMap(policy => compilePolicy(policy, action)),
      boundary: role?.boundary && compilePolicy(role.boundary, action),
      resource:
        resourcePolicy && compilePolicy({ name: holderOf(resource), document: resourcePolicy }, action),
      unknownPolicies: role?.unknown ?? [],
    };
  }

  #contextOf(caller: Caller, needed: NeededPermission, origin: Origin): SimulatedContext {
    const values: Record<string, string | readonly string[] | undefined> = {
      // The loopback stands in for TLS.
      'aws:SecureTransport': 'true',
      's3:TlsVersion': '1.3',
      'aws:RequestedRegion': origin.region ?? this.#options.region,
      'aws:ResourceAccount': this.#accountOf(needed.resource),
      ...needed.context,
      ...(caller.kind === 'service'
        ? this.#contextOfService(caller)
        : this.#contextOfPrincipal(caller, needed.via, origin.sourceIp)),
    };
    return Object.fromEntries(
      Object.entries(values).flatMap(([key, value]) =>
        value === undefined ? [] : [[asSimulated(key), typeof value === 'string' ? value : [...value]]],
      ),
    );
  }

  #contextOfService({ principal, sourceArn }: Extract<Caller, { kind: 'service' }>) {
    return {
      'aws:PrincipalIsAWSService': 'true',
      'aws:PrincipalServiceName': principal,
      'aws:ViaAWSService': 'false',
      ...(sourceArn === undefined
        ? {}
        : { 'aws:SourceArn': sourceArn, 'aws:SourceAccount': this.#options.accountId }),
    };
  }

  #contextOfPrincipal(
    caller: Exclude<Caller, { kind: 'service' }>,
    via: string | undefined,
    sourceIp: string | undefined,
  ) {
    const { accountId } = this.#options;
    return {
      'aws:PrincipalIsAWSService': 'false',
      'aws:PrincipalArn': caller.kind === 'role' ? caller.roleArn : caller.arn,
      'aws:PrincipalAccount': accountId,
      'aws:PrincipalType': caller.kind === 'role' ? 'AssumedRole' : 'User',
      'aws:ViaAWSService': String(via !== undefined),
      'kms:ViaService': via,
      'kms:CallerAccount': accountId,
      // What a service asks in the caller's name does not come from the caller's address.
      'aws:SourceIp': via === undefined ? sourceIp : undefined,
    };
  }

  /** The account that an ARN names; the ARNs of S3 name none. */
  #accountOf(arn: string): string {
    const [, , , , account = ''] = arn.split(':');
    return /^\d{12}$/.test(account) ? account : this.#options.accountId;
  }

  #numberOf(document: object): number {
    const known = this.#documents.get(document);
    if (known !== undefined) return known;
    this.#documentCount += 1;
    this.#documents.set(document, this.#documentCount);
    return this.#documentCount;
  }
}

function denialOf(
  principal: string,
  { action, resource }: NeededPermission,
  { because, explanation }: Reason,
): Denial {
  const message = `User: ${principal} is not authorized to perform: ${action} on resource: ${resource} ${because}`;
  return { principal, action, resource, message, explanation };
}

/** Whose policy is asked: an object has none but its bucket's. */
function holderOf(resource: string): string {
  return /^arn:[\w-]+:s3:::[^/]+/.exec(resource)?.[0] ?? resource;
}

/** The simulator takes an asterisk in the requested resource for a pattern; in a key it is only a character. */
function literal(resource: string): string {
  return resource === '*' ? resource : resource.replaceAll('*', '%2A');
}
