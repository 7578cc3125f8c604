import { randomBytes } from 'node:crypto';
import { credentialOf } from '../credential.ts';
import type { LocalService } from './local-service.ts';
import { createQueryService, QueryError } from './query-protocol.ts';

export interface StsOptions {
  readonly accountId: string;
  /** Whether the caller may assume the role. @default every role of every account */
  readonly mayAssume?: (roleArn: string, externalId: string | undefined) => boolean;
  /** ARN of who signs with an access key id; `undefined` of what is not signed. @default the user `local` for all */
  readonly principalOf?: ((accessKeyId: string | undefined) => string) | undefined;
  /** Hears of each session that begins. */
  readonly onSession?: ((session: RoleSession) => void) | undefined;
  /** @default the machine's clock */
  readonly clock?: () => Date;
}

/** Credentials by which somebody acts as a role. */
export interface RoleSession {
  readonly accessKeyId: string;
  readonly roleArn: string;
  readonly name: string;
}

const longestSession = 43_200;

/** AWS STS: who calls, and sessions of roles. */
export function createStsService(options: StsOptions): LocalService {
  const { accountId, mayAssume = () => true, clock = () => new Date() } = options;
  const { principalOf = () => `arn:aws:iam::${accountId}:user/local` } = options;
  return createQueryService({
    protocol: 'query',
    namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    actions: {
      GetCallerIdentity: (_, request) => {
        const credential = credentialOf(request);
        const arn = principalOf(typeof credential === 'object' ? credential.accessKeyId : undefined);
        const [, session] = /:assumed-role\/[^/]+\/(.+)$/.exec(arn) ?? [];
        const UserId = session === undefined ? 'AIDALOCALLOCALLOCAL00' : roleIdOf(session);
        return { UserId, Account: accountId, Arn: arn };
      },
      AssumeRole: parameters => {
        const roleArn = parameters.text('RoleArn');
        const sessionName = parameters.text('RoleSessionName');
        const seconds = parameters.optionalNumber('DurationSeconds') ?? 3600;
        const [, account, path] = /^arn:[\w-]+:iam::(\d{12}):role\/(.+)$/.exec(roleArn) ?? [];
        const isValid = /^[\w+=,.@-]{2,64}$/.test(sessionName) && seconds >= 900 && seconds <= longestSession;
        if (account === undefined || path === undefined || !isValid) {
          throw new QueryError('ValidationError', `${roleArn} cannot be assumed as ${sessionName}`);
        }
        if (!mayAssume(roleArn, parameters.optionalText('ExternalId'))) {
          const message = `User: arn:aws:iam::${accountId}:user/local is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`;
          throw new QueryError('AccessDenied', message, 403);
        }
        const name = path.slice(path.lastIndexOf('/') + 1);
        const accessKeyId = `ASIA${randomBytes(8).toString('hex').toUpperCase()}`;
        options.onSession?.({ accessKeyId, roleArn, name: sessionName });
        return {
          Credentials: {
            AccessKeyId: accessKeyId,
            SecretAccessKey: randomBytes(30).toString('base64'),
            SessionToken: randomBytes(60).toString('base64'),
            Expiration: new Date(clock().getTime() + seconds * 1000).toISOString(),
          },
          AssumedRoleUser: {
            AssumedRoleId: roleIdOf(sessionName),
            Arn: `arn:aws:sts::${account}:assumed-role/${name}/${sessionName}`,
          },
        };
      },
    },
  });
}

/** Every role has the same id, and every session its name. */
function roleIdOf(session: string): string {
  return `AROALOCALLOCALLOCAL00:${session}`;
}
