import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { translateFailure } from '../../../src/adapters/aws/translate-failure.ts';
import { type FailureKind, failureKinds, PortError } from '../../../src/ports/failure.ts';
import fc from '../../seeded-properties.ts';

function fault(name: string, fields: object = {}): Error {
  return Object.assign(new Error('with the content of an object'), { name, ...fields });
}

const byStatus = (httpStatusCode: number) => fault('Unheard', { $metadata: { httpStatusCode } });

const cases: [string, Error, FailureKind][] = [
  ...named('throttled', [
    'SlowDown',
    'ThrottlingException',
    'ProvisionedThroughputExceededException',
    'RequestLimitExceeded',
    'TooManyRequestsException',
    'ExecutionLimitExceeded',
    'KMSThrottlingException',
    'KmsThrottlingException',
    'KmsThrottled',
  ]),
  ...named('denied', [
    'AccessDenied',
    'AccessDeniedException',
    'AuthFailure',
    'AuthorizationErrorException',
    'CredentialsError',
    'CredentialsProviderError',
    'ExpiredToken',
    'InvalidSignatureException',
    'KMSAccessDeniedException',
    'KmsAccessDenied',
    'KmsAccessDeniedException',
    'UnrecognizedClientException',
  ]),
  ...named('not-found', [
    'KMSNotFoundException',
    'NoSuchBucket',
    'NotFoundException',
    'QueueDoesNotExist',
    'ResourceNotFoundException',
    'StateMachineDoesNotExist',
  ]),
  ...named('conflict', [
    'ConditionalCheckFailedException',
    'KMSDisabledException',
    'KmsDisabled',
    'KmsInvalidStateException',
    'OperationAborted',
    'PreconditionFailed',
    'ReplicatedWriteConflictException',
    'StateMachineDeleting',
  ]),
  ...named('retryable', [
    'InternalError',
    'InternalServerError',
    'RequestExpired',
    'RequestInTheFuture',
    'RequestTimeTooSkewed',
    'ServiceUnavailable',
    'TimeoutError',
  ]),
  ...named('permanent', ['ValidationException', 'InvalidArn', 'TypeError', 'constructor']),
  ['a throttling hint of the SDK', fault('Unheard', { $retryable: { throttling: true } }), 'throttled'],
  ['a retry hint of the SDK', fault('Unheard', { $retryable: {} }), 'retryable'],
  ['status 400', byStatus(400), 'permanent'],
  ['status 401', byStatus(401), 'denied'],
  ['status 403', byStatus(403), 'denied'],
  ['status 404', byStatus(404), 'not-found'],
  ['status 409', byStatus(409), 'conflict'],
  ['status 412', byStatus(412), 'conflict'],
  ['status 429', byStatus(429), 'throttled'],
  ['status 500', byStatus(500), 'retryable'],
  ['status 503', byStatus(503), 'retryable'],
  ['a name before a status', fault('SlowDown', { $metadata: { httpStatusCode: 503 } }), 'throttled'],
  ['a certificate that is not valid', fault('Error', { code: 'CERT_HAS_EXPIRED' }), 'permanent'],
];

function named(kind: FailureKind, names: readonly string[]): [string, Error, FailureKind][] {
  return names.map(name => [name, fault(name), kind]);
}

describe('translateFailure', () => {
  test.each(cases)('%s', (_, error, kind) => {
    const translated = translateFailure(error, 'ObjectStore.head', 'bucket uploads');

    expect(translated).toBeInstanceOf(PortError);
    expect(translated).toMatchObject({ kind, operation: 'ObjectStore.head', code: error.name });
    expect(translated.cause).toBe(error);
    expect(translated.message).toBe(`ObjectStore.head on bucket uploads failed: ${error.name}`);
  });

  test.each([
    'EADDRNOTAVAIL',
    'ECONNREFUSED',
    'ECONNRESET',
    'EMFILE',
    'ENETDOWN',
    'ENOBUFS',
    'ENOTFOUND',
    'EPIPE',
    'EPROTO',
    'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
    'ETIMEDOUT',
  ])('the socket error %s is retryable, under its own code', code => {
    const error = fault('AggregateError', { code });

    expect(translateFailure(error, 'x', 'y')).toMatchObject({ kind: 'retryable', code });
  });

  test('what a refused connection throws is retryable', async () => {
    const server = createServer();
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise(resolve => server.close(resolve));
    const error = await new Promise(resolve => connect(port, '127.0.0.1').once('error', resolve));

    const translated = translateFailure(error, 'x', 'y');

    expect(translated).toMatchObject({ kind: 'retryable', code: 'ECONNREFUSED' });
    expect(translated.cause).toBe(error);
  });

  test('a PortError comes back as it is, also one of another copy of the package', () => {
    const own = new PortError({ kind: 'conflict', operation: 'a', code: 'b', message: 'c' });
    const foreign = Object.assign(new Error('x'), { [Symbol.for('sallyport.PortError')]: true });

    expect(translateFailure(own, 'x', 'y')).toBe(own);
    expect(translateFailure(foreign, 'x', 'y')).toBe(foreign);
  });

  test('whatever is thrown is translated, and its words are not repeated', () => {
    fc.assert(
      fc.property(fc.anything(), fc.string({ minLength: 20 }), (thrown, words) => {
        expect(failureKinds).toContain(translateFailure(thrown, 'x', 'y').kind);
        expect(translateFailure(fault('Unheard', { message: words }), 'x', 'y').message).not.toContain(words);
        expect(translateFailure(words, 'x', 'y')).toMatchObject({ kind: 'permanent', code: 'UnknownError' });
      }),
    );
  });
});
