/** Who makes a call. */
export type Caller =
  /** A person at a terminal, a test, CloudFormation: all is theirs, but for what a resource's own policy denies. */
  | { readonly kind: 'administrator'; readonly arn: string }
  | {
      readonly kind: 'role';
      readonly roleArn: string;
      readonly session: string;
      /** The function that runs as the role, if one does. */
      readonly functionName?: string;
    }
  /** A service that acts for itself, such as `s3.amazonaws.com`. */
  | { readonly kind: 'service'; readonly principal: string; readonly sourceArn?: string };

/**
 * The callers behind the access key ids. A function's id is its own name, and a role can be tried by its name; a service
 * has an id for each resource that it acts for. All other ids, and none, are the administrator's.
 */
export class Callers {
  readonly #accountId: string;
  readonly #byAccessKeyId = new Map<string, Caller>();

  constructor(accountId: string) {
    this.#accountId = accountId;
  }

  /** Lets a function act as its role, by its own name. */
  addFunction(functionName: string, roleArn: string): void {
    this.#byAccessKeyId.set(functionName, { kind: 'role', roleArn, session: functionName, functionName });
  }

  /** Lets who signs with the id act as a role; a function's name stays the function's. */
  addSession(accessKeyId: string, roleArn: string, session = accessKeyId): void {
    const known = this.#byAccessKeyId.get(accessKeyId);
    if (known?.kind === 'role' && known.functionName !== undefined) return;
    this.#byAccessKeyId.set(accessKeyId, { kind: 'role', roleArn, session });
  }

  /** The access key id of a service, or of a role that a service has taken on, for a resource. */
  accessKeyIdOf(principal: string, sourceArn: string | undefined, roleArn?: string): string {
    const id = [principal, roleArn, sourceArn].filter(part => part !== undefined).join('@');
    // An id ends at the first slash of a credential scope.
    const accessKeyId = id.replaceAll(/[^\w.@-]/g, '.');
    if (!this.#byAccessKeyId.has(accessKeyId)) {
      if (roleArn !== undefined) this.addSession(accessKeyId, roleArn, principal);
      else {
        const source = sourceArn === undefined ? {} : { sourceArn };
        this.#byAccessKeyId.set(accessKeyId, { kind: 'service', principal, ...source });
      }
    }
    return accessKeyId;
  }

  find(accessKeyId: string): Caller {
    return (
      this.#byAccessKeyId.get(accessKeyId) ?? {
        kind: 'administrator',
        arn: `arn:aws:iam::${this.#accountId}:user/local`,
      }
    );
  }
}

/** As IAM names the caller: of a role its session (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html). */
export function principalOf(caller: Caller): string {
  if (caller.kind === 'administrator') return caller.arn;
  if (caller.kind === 'service') return caller.principal;
  const [, , , , account, resource = ''] = caller.roleArn.split(':');
  const name = resource.slice(resource.lastIndexOf('/') + 1);
  // A session's name takes fewer characters than an access key id.
  const session = caller.session.replaceAll(/[^\w+=,.@-]/g, '-').slice(0, 64);
  return `arn:aws:sts::${account}:assumed-role/${name}/${session}`;
}
