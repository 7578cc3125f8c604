/** A policy and what it is called where a person looks for it. */
export interface NamedPolicy {
  readonly name: string;
  readonly document: object;
}

interface StoredRole {
  readonly arn: string;
  readonly name: string;
  readonly trust: object | undefined;
  readonly boundaryArn: string | undefined;
  readonly inline: Map<string, object>;
  readonly managedArns: Set<string>;
}

/** What a role may do, as its policies and its boundary say. */
export interface RolePolicies {
  readonly policies: readonly NamedPolicy[];
  readonly boundary: NamedPolicy | undefined;
  /** ARNs of attached policies whose texts no template holds, such as AWS's own: they allow nothing here. */
  readonly unknown: readonly string[];
}

/** The roles and policies of the templates, and which keys their resources are encrypted under. */
export class PolicyStore {
  readonly #roles = new Map<string, StoredRole>();
  readonly #managed = new Map<string, NamedPolicy>();
  readonly #ofResources = new Map<string, object>();
  readonly #keys = new Map<string, string>();
  /** The account's policies for services that write logs, as one. */
  #logPolicy: { readonly Version: string; readonly Statement: readonly unknown[] } | undefined;
  #version = 0;

  /** Another number after each change. */
  get version(): number {
    return this.#version;
  }

  addRole(role: {
    readonly arn: string;
    readonly name: string;
    readonly trust?: object | undefined;
    readonly boundaryArn?: string | undefined;
    readonly inline: readonly NamedPolicy[];
    readonly managedArns: readonly string[];
  }): void {
    this.#version += 1;
    this.#roles.set(role.arn, {
      arn: role.arn,
      name: role.name,
      trust: role.trust && withResource(role.trust),
      boundaryArn: role.boundaryArn,
      inline: new Map(role.inline.map(({ name, document }) => [name, document])),
      managedArns: new Set(role.managedArns),
    });
  }

  /** Attaches an inline policy to a role by its name; what a role of no template may do is asked nowhere. */
  attach(roleName: string, policy: NamedPolicy): void {
    this.#version += 1;
    this.#named(roleName)?.inline.set(policy.name, policy.document);
  }

  addManagedPolicy(arn: string, policy: NamedPolicy, roleNames: readonly string[]): void {
    this.#version += 1;
    this.#managed.set(arn, policy);
    for (const name of roleNames) this.#named(name)?.managedArns.add(arn);
  }

  /** What the role's policies are; `undefined` of a role that no template holds. */
  role(arn: string): RolePolicies | undefined {
    const role = this.#roles.get(arn);
    if (role === undefined) return undefined;
    const managed = [...role.managedArns].map(
      policyArn => [policyArn, this.#managed.get(policyArn)] as const,
    );
    const { boundaryArn } = role;
    return {
      policies: [
        ...[...role.inline].map(([name, document]) => ({ name, document })),
        ...managed.flatMap(([, policy]) => policy ?? []),
      ],
      boundary: boundaryArn === undefined ? undefined : this.#boundary(boundaryArn),
      unknown: managed.flatMap(([policyArn, policy]) => (policy === undefined ? [policyArn] : [])),
    };
  }

  arnOf(roleName: string): string | undefined {
    return this.#named(roleName)?.arn;
  }

  /** Who may take the role on. */
  trustOf(roleArn: string): object | undefined {
    return this.#roles.get(roleArn)?.trust;
  }

  setResourcePolicy(resourceArn: string, document: object): void {
    this.#version += 1;
    this.#ofResources.set(resourceArn, document);
  }

  resourcePolicy(resourceArn: string): object | undefined {
    return resourceArn.startsWith('arn:aws:logs:') ? this.#logPolicy : this.#ofResources.get(resourceArn);
  }

  /** Adds a policy for services that write logs, which is no log group's own: it names the groups. */
  addLogPolicy(document: { readonly Statement?: unknown }): void {
    this.#version += 1;
    const before = this.#logPolicy?.Statement ?? [];
    this.#logPolicy = { Version: '2012-10-17', Statement: [...before, ...[document.Statement].flat()] };
  }

  /** Adds to the policy of a function, as AddPermission does. */
  allowInvocation(functionArn: string, statement: object): void {
    const policy = this.#ofResources.get(functionArn);
    const before: unknown = policy === undefined ? [] : Reflect.get(policy, 'Statement');
    const Statement = [...(Array.isArray(before) ? before : []), statement];
    this.setResourcePolicy(functionArn, { Version: '2012-10-17', Statement });
  }

  /** @param keyId Id, alias or ARN. */
  setKey(resourceArn: string, keyId: string): void {
    this.#keys.set(resourceArn, keyId);
  }

  /** The key that a table, queue or topic is encrypted under, as it was given. */
  keyOf(resourceArn: string): string | undefined {
    return this.#keys.get(resourceArn);
  }

  /** Throws where a role's boundary stands in no template: nothing could be judged by it. */
  requireBoundaries(): void {
    for (const { name, boundaryArn } of this.#roles.values()) {
      if (boundaryArn === undefined || this.#managed.has(boundaryArn)) continue;
      throw new Error(
        `The role ${name} is bounded by ${boundaryArn}, which is no policy of these stacks: ` +
          'the local run cannot judge by it.',
      );
    }
  }

  /** A policy whose text is not known allows nothing. */
  #boundary(arn: string): NamedPolicy {
    return this.#managed.get(arn) ?? { name: arn, document: { Version: '2012-10-17', Statement: [] } };
  }

  #named(roleName: string): StoredRole | undefined {
    return [...this.#roles.values()].find(({ name }) => name === roleName);
  }
}

/** Whom a role trusts is a policy on the role itself, which it does not name; the simulator asks for a resource. */
function withResource(trust: object): object {
  const statements: readonly unknown[] = [Reflect.get(trust, 'Statement')].flat();
  const Statement = statements.map(statement => ({ ...Object(statement), Resource: '*' }));
  return { Version: '2012-10-17', Statement };
}
