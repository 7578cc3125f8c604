import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bucketConfigurationOperations } from './bucket-configuration-operations.ts';
import { bucketOperations } from './bucket-operations.ts';
import { multipartOperations } from './multipart-operations.ts';
import type { NotificationDestination, ObjectEvent } from './object-events.ts';
import { objectOperations } from './object-operations.ts';
import { Replication } from './replication.ts';
import { S3Error } from './s3-error.ts';
import { BucketPolicyPermissions, type S3Permissions } from './s3-permissions.ts';
import {
  identifyRequest,
  parseS3Request,
  type RequestIdentity,
  type S3Request,
  type S3Response,
} from './s3-request.ts';
import { type BucketOptions, type S3Operation, S3State } from './s3-state.ts';

export interface LocalS3Options {
  readonly region: string;
  readonly accountId: string;
  /** @default the machine's clock */
  readonly clock?: () => Date;
  /** Objects live in memory; larger ones are refused as `EntityTooLarge`. @default 256 MiB */
  readonly maximumObjectBytes?: number;
  /**
   * The secret of every access key. With it the signature of a posted form is verified, without it only that there is
   * one.
   */
  readonly secretAccessKey?: string;
  /** Who may do what. @default the explicit denials of bucket policies alone */
  readonly permissions?: S3Permissions;
  /** ARN of the principal behind an access key, where that is the default. @default the user `local` for all */
  readonly principalOf?: (accessKeyId: string) => string;
  /** Called once a created object is stored and before its request is answered; it must not throw. */
  readonly onObjectEvent?: (event: ObjectEvent, destinations: readonly NotificationDestination[]) => void;
  /** Starts a piece of replication, which never rejects, behind the request that caused it. @default `setImmediate` */
  readonly runLater?: (work: () => Promise<void>) => void;
  /** Hears of replicas that could not be written. */
  readonly onFault?: (text: string) => void;
}

/** Query parameters that any request may carry: those of presigned URLs and the SDK's operation name. */
const commonParameters = /^(x-amz-.*|x-id)$/i;

/** The more a route demands, the earlier it is asked. */
const operations: readonly S3Operation[] = [
  ...bucketOperations,
  ...bucketConfigurationOperations,
  ...objectOperations,
  ...multipartOperations,
].sort((left, right) => demands(right) - demands(left));

/**
 * A small S3 in memory, path-style, for the local run and the tests. It knows the operations of `bucketOperations`,
 * `bucketConfigurationOperations`, `objectOperations` and `multipartOperations`; all else is answered 501. Signatures
 * are not checked, but for those of posted forms.
 */
export class LocalS3 {
  readonly #state: S3State;

  constructor(options: LocalS3Options) {
    const { accountId, principalOf = () => `arn:aws:iam::${accountId}:user/local` } = options;
    this.#state = new S3State({
      region: options.region,
      accountId,
      clock: options.clock ?? (() => new Date()),
      maximumObjectBytes: options.maximumObjectBytes ?? 256 * 1024 * 1024,
      secretAccessKey: options.secretAccessKey,
      permissions: options.permissions ?? new BucketPolicyPermissions({ accountId, principalOf }),
      onObjectEvent: options.onObjectEvent ?? (() => undefined),
      onVersion: (bucketName, version) => replication.follow(bucketName, version),
    });
    const replication = new Replication({
      state: this.#state,
      runLater: options.runLater ?? (work => setImmediate(() => void work())),
      onFault: options.onFault ?? (() => undefined),
    });
  }

  /** Throws an `S3Error` where the name is not valid or taken, and an `Error` for notifications that cannot fire. */
  createBucket(options: BucketOptions): void {
    this.#state.create(options);
  }

  /**
   * Answers one request; it never rejects.
   *
   * @param proceed Asks for the body of a client that waits to be asked (`Expect: 100-continue`, RFC 9110 section
   * 10.1.1): a request that its headers condemn is answered before its body is sent, as S3 does.
   */
  async handle(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    proceed: () => void = () => undefined,
  ): Promise<void> {
    const identity = identifyRequest(this.#state.now());
    let answer: S3Response;
    try {
      answer = await this.#answer(parseS3Request(incoming, identity), proceed);
    } catch (error) {
      answer = errorAnswer(error, incoming, identity);
    }
    try {
      send(answer, incoming.method === 'HEAD', identity, outgoing);
    } catch {
      // Node.js refuses header values with line breaks and the like, which presigned URLs can bring in.
      const fault = new S3Error('InvalidArgument', 'A header of the answer would not be valid');
      send(errorAnswer(fault, incoming, identity), incoming.method === 'HEAD', identity, outgoing);
    }
  }

  /** Serves on the loopback interface. */
  async listen(port = 0): Promise<{ readonly endpoint: string; close(): Promise<void> }> {
    const server = createServer((incoming, outgoing) => void this.handle(incoming, outgoing));
    server.on('checkContinue', (incoming, outgoing) => {
      void this.handle(incoming, outgoing, () => outgoing.writeContinue());
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    const { port: bound } = server.address() as AddressInfo;
    return { endpoint: `http://127.0.0.1:${bound}`, close: () => close(server) };
  }

  async #answer(request: S3Request, proceed: () => void): Promise<S3Response> {
    const state = this.#state;
    const operation = operationOf(request);
    const call = { state, request, bucketName: request.bucket ?? '', key: request.key ?? '' };
    if (operation.level === 'service' || operation.name === 'CreateBucket') {
      await state.requirePermission(operation.action, request.bucket, '', request);
    } else {
      state.bucket(call.bucketName);
      requireOwner(request, state.accountId);
      const action = request.query.has('versionId') ? operation.versionAction : operation.action;
      const headers = operation.policyHeaders?.(call) ?? request.headers;
      if (action) await state.requirePermission(action, call.bucketName, call.key, { ...request, headers });
    }
    proceed();
    return operation.run(call);
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html */
function requireOwner({ headers }: S3Request, accountId: string): void {
  const expected = headers['x-amz-expected-bucket-owner'];
  if (expected !== undefined && expected !== accountId) throw new S3Error('AccessDenied', 'Access Denied');
}

function operationOf(request: S3Request): S3Operation {
  const level = request.bucket === undefined ? 'service' : request.key === undefined ? 'bucket' : 'object';
  const parameters = [...request.query.keys()].filter(name => !commonParameters.test(name));
  const found = operations.find(
    operation =>
      operation.level === level &&
      operation.method === request.method &&
      (operation.requires ?? []).every(name => parameters.includes(name)) &&
      (operation.requiresHeader === undefined || operation.requiresHeader in request.headers),
  );
  const known = [...(found?.requires ?? []), ...(found?.accepts ?? [])];
  const unknown = parameters.find(name => !known.includes(name));
  if (found !== undefined && unknown === undefined) return found;
  const name = `${request.method} ${level}${unknown === undefined ? '' : ` with ?${unknown}`}`;
  throw new S3Error('NotImplemented', `The local S3 does not implement this operation: ${name}`);
}

function demands({ requires, requiresHeader }: S3Operation): number {
  return (requires?.length ?? 0) * 2 + (requiresHeader === undefined ? 0 : 1);
}

function errorAnswer(error: unknown, incoming: IncomingMessage, identity: RequestIdentity): S3Response {
  const fault = error instanceof S3Error ? error : new S3Error('InternalError', String(error));
  const [resource = '/'] = (incoming.url ?? '/').split('?', 1);
  return {
    status: fault.status,
    headers: fault.headers,
    body: fault.toXml(resource, identity.requestId, identity.hostId),
  };
}

function send(
  answer: S3Response,
  withoutBody: boolean,
  identity: RequestIdentity,
  outgoing: ServerResponse,
): void {
  const { status, headers = {}, body = '' } = answer;
  const isXml = typeof body === 'string' && body !== '';
  const hasLength = status !== 204 && status !== 304;
  outgoing.writeHead(status, {
    ...(isXml ? { 'content-type': 'application/xml' } : {}),
    ...headers,
    ...(hasLength ? { 'content-length': String(Buffer.byteLength(body)) } : {}),
    'x-amz-request-id': identity.requestId,
    'x-amz-id-2': identity.hostId,
    server: 'AmazonS3',
  });
  outgoing.end(withoutBody || !hasLength ? undefined : body);
}

function close(server: Server): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
