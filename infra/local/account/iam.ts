import type { LocalService } from './local-service.ts';
import {
  createQueryService,
  pageOf,
  type QueryAnswer,
  QueryError,
  type QueryParameters,
} from './query-protocol.ts';

export interface LocalUser {
  readonly name: string;
  readonly tags: Map<string, string>;
  /** Documents by name. */
  readonly policies: Map<string, string>;
  /** Status by access key id. */
  readonly accessKeys: Map<string, string>;
}

export interface LocalRole {
  readonly name: string;
  readonly path: string;
  readonly tags: Map<string, string>;
  /** Documents by name. */
  readonly policies: Map<string, string>;
}

/** What the emulated IAM holds, beside the policies that the gateway asks. */
export class LocalIam {
  readonly account: string;
  readonly users = new Map<string, LocalUser>();
  readonly roles = new Map<string, LocalRole>();

  constructor(account: string) {
    this.account = account;
  }

  addUser(
    name: string,
    tags: Readonly<Record<string, string>> = {},
    accessKeys: Readonly<Record<string, string>> = {},
  ): LocalUser {
    const user = {
      name,
      tags: new Map(Object.entries(tags)),
      policies: new Map<string, string>(),
      accessKeys: new Map(Object.entries(accessKeys)),
    };
    this.users.set(name, user);
    return user;
  }

  addRole(name: string, tags: Readonly<Record<string, string>> = {}, path = '/'): LocalRole {
    const role = { name, path, tags: new Map(Object.entries(tags)), policies: new Map<string, string>() };
    this.roles.set(name, role);
    return role;
  }
}

/** Characters, white space aside, of the inline policies of one owner: "IAM and AWS STS quotas". */
const longestPolicies = { user: 2048, role: 10_240 };

/**
 * IAM, as far as users and roles are looked at and denied.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/
 */
export function createIamService(iam: LocalIam): LocalService {
  return createQueryService({
    protocol: 'query',
    namespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
    actions: {
      GetUser: parameters => getUser(iam, parameters),
      GetRole: parameters => getRole(iam, parameters),
      ListAccessKeys: parameters => listAccessKeys(iam, parameters),
      UpdateAccessKey: parameters => updateAccessKey(iam, parameters),
      GetUserPolicy: parameters => getPolicy(parameters, 'UserName', userOf(iam, parameters)),
      GetRolePolicy: parameters => getPolicy(parameters, 'RoleName', roleOf(iam, parameters)),
      PutUserPolicy: parameters => putPolicy(parameters, userOf(iam, parameters), longestPolicies.user),
      PutRolePolicy: parameters => putPolicy(parameters, ownRole(iam, parameters), longestPolicies.role),
      DeleteUserPolicy: parameters => deletePolicy(parameters, userOf(iam, parameters)),
      DeleteRolePolicy: parameters => deletePolicy(parameters, ownRole(iam, parameters)),
    },
  });
}

function getUser(iam: LocalIam, parameters: QueryParameters): QueryAnswer {
  const { name, tags } = userOf(iam, parameters);
  return {
    User: {
      Path: '/',
      UserName: name,
      UserId: `AIDA${name.toUpperCase()}`,
      Arn: `arn:aws:iam::${iam.account}:user/${name}`,
      CreateDate: '2026-01-01T00:00:00Z',
      Tags: tagList(tags),
    },
  };
}

function getRole(iam: LocalIam, parameters: QueryParameters): QueryAnswer {
  const { name, path, tags } = roleOf(iam, parameters);
  return {
    Role: {
      Path: path,
      RoleName: name,
      RoleId: `AROA${name.toUpperCase()}`,
      Arn: `arn:aws:iam::${iam.account}:role${path}${name}`,
      CreateDate: '2026-01-01T00:00:00Z',
      Tags: tagList(tags),
    },
  };
}

function tagList(tags: ReadonlyMap<string, string>): QueryAnswer {
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}

function listAccessKeys(iam: LocalIam, parameters: QueryParameters): QueryAnswer {
  const { name, accessKeys } = userOf(iam, parameters);
  const { page, next } = pageOf(
    [...accessKeys],
    parameters.optionalNumber('MaxItems') ?? 100,
    parameters.optionalText('Marker'),
  );
  return {
    AccessKeyMetadata: page.map(([id, status]) => ({
      UserName: name,
      AccessKeyId: id,
      Status: status,
      CreateDate: '2026-01-01T00:00:00Z',
    })),
    IsTruncated: next !== undefined,
    Marker: next,
  };
}

function updateAccessKey(iam: LocalIam, parameters: QueryParameters): QueryAnswer {
  const { accessKeys } = userOf(iam, parameters);
  const id = parameters.text('AccessKeyId');
  const status = parameters.text('Status');
  if (status !== 'Active' && status !== 'Inactive') {
    throw new QueryError('ValidationError', 'Status must be Active or Inactive');
  }
  if (!accessKeys.has(id)) throw absent(`The Access Key with id ${id} cannot be found.`);
  accessKeys.set(id, status);
  return undefined;
}

interface PolicyOwner {
  readonly name: string;
  readonly policies: Map<string, string>;
}

function getPolicy(parameters: QueryParameters, nameElement: string, owner: PolicyOwner): QueryAnswer {
  const name = parameters.text('PolicyName');
  const document = owner.policies.get(name);
  if (document === undefined) throw absent(`The policy with name ${name} cannot be found.`);
  // "The document is URL-encoded compliant with RFC 3986", which leaves fewer characters than JavaScript does.
  const PolicyDocument = encodeURIComponent(document).replace(
    /[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return { [nameElement]: owner.name, PolicyName: name, PolicyDocument };
}

function putPolicy(parameters: QueryParameters, owner: PolicyOwner, longest: number): QueryAnswer {
  const document = parameters.text('PolicyDocument');
  if (!isPolicy(document)) {
    throw new QueryError('MalformedPolicyDocument', 'Syntax errors in policy.');
  }
  const policies = new Map(owner.policies).set(parameters.text('PolicyName'), document);
  if ([...policies.values()].join('').replace(/\s/g, '').length > longest) {
    throw new QueryError('LimitExceeded', `Maximum policy size of ${longest} bytes exceeded`, 409);
  }
  owner.policies.set(parameters.text('PolicyName'), document);
  return undefined;
}

function deletePolicy(parameters: QueryParameters, owner: PolicyOwner): QueryAnswer {
  const name = parameters.text('PolicyName');
  if (!owner.policies.delete(name)) throw absent(`The policy with name ${name} cannot be found.`);
  return undefined;
}

function isPolicy(text: string): boolean {
  try {
    return Object(JSON.parse(text)).Statement !== undefined;
  } catch {
    return false;
  }
}

function userOf(iam: LocalIam, parameters: QueryParameters): LocalUser {
  const name = parameters.text('UserName');
  const user = iam.users.get(name);
  if (user === undefined) throw absent(`The user with name ${name} cannot be found.`);
  return user;
}

function roleOf(iam: LocalIam, parameters: QueryParameters): LocalRole {
  const name = parameters.text('RoleName');
  const role = iam.roles.get(name);
  if (role === undefined) throw absent(`The role with name ${name} cannot be found.`);
  return role;
}

/** A role that a service depends on is the service's alone to change. */
function ownRole(iam: LocalIam, parameters: QueryParameters): LocalRole {
  const role = roleOf(iam, parameters);
  if (role.path.startsWith('/aws-service-role/')) {
    throw new QueryError('UnmodifiableEntity', `Cannot perform the operation on the role '${role.name}'`);
  }
  return role;
}

function absent(message: string): QueryError {
  return new QueryError('NoSuchEntity', message, 404);
}
