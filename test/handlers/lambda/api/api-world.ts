import type { APIGatewayProxyResult } from 'aws-lambda';
import type { FaultInjector } from '../../../../src/adapters/memory/fault-injection.ts';
import { MemoryUploadSigner } from '../../../../src/adapters/memory/memory-upload-signer.ts';
import { DocumentEncryptor } from '../../../../src/domain/documents/document-encryptor.ts';
import { DocumentValidator } from '../../../../src/domain/documents/document-validator.ts';
import { UploadPermitIssuer } from '../../../../src/domain/documents/upload-permit-issuer.ts';
import { SensitiveDataScanner } from '../../../../src/domain/sensitive-data/sensitive-data-scanner.ts';
import type { ApiRequest } from '../../../../src/handlers/lambda/api/answer-request.ts';
import type { DocumentOperation } from '../../../../src/handlers/lambda/api/document-requests.ts';
import { encryptDocument } from '../../../../src/handlers/lambda/api/encrypt-document.ts';
import { issueUploadUrl } from '../../../../src/handlers/lambda/api/issue-upload-url.ts';
import { scanDocument } from '../../../../src/handlers/lambda/api/scan-document.ts';
import { validateDocument } from '../../../../src/handlers/lambda/api/validate-document.ts';
import { documentWorld } from '../../../domain/documents/document-world.ts';
import { recordedTelemetry } from '../recorded-telemetry.ts';

export const keyId = 'arn:aws:kms:us-east-1:111122223333:key/documents';
export const requestId = 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef';

/** Bytes that a document of this world has at most. */
export const maximumBytes = 1000;

/** An event of API Gateway with a JSON body, as far as it is read. */
export function apiRequest(body: unknown, fields: Partial<ApiRequest> = {}): ApiRequest {
  return {
    headers: { 'Content-Type': 'application/json' },
    multiValueHeaders: { 'Content-Type': ['application/json'] },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    isBase64Encoded: false,
    ...fields,
  };
}

/** The four operations on memory adapters, every call of which passes through `faults`. */
export async function apiWorld(faults?: FaultInjector) {
  const world = documentWorld(faults);
  const telemetry = await recordedTelemetry();
  const { ports, clock, objects } = world;
  const bucket = 'documents';
  const policy = { allowedTypes: ['application/pdf', 'text/plain'], maximumBytes };
  const validator = new DocumentValidator({ ...ports, policy });
  const encryptor = new DocumentEncryptor({ ...ports, keyId });
  const scanner = new SensitiveDataScanner({ ...ports, policy: { maximumBytes } });
  const signer = world.faults.wrap('signer', new MemoryUploadSigner({ objects, clock }));
  const issuer = new UploadPermitIssuer({ ...ports, signer, policy, bucket, keyId, expiresInSeconds: 300 });
  const operations: Readonly<
    Record<DocumentOperation, (event: ApiRequest) => Promise<APIGatewayProxyResult>>
  > = {
    validate: event => validateDocument(event, { validator, bucket, requestId }, telemetry),
    encrypt: event => encryptDocument(event, { encryptor, bucket, requestId }, telemetry),
    scan: event => scanDocument(event, { scanner, bucket, requestId }, telemetry),
    uploadUrl: event => issueUploadUrl(event, { issuer, requestId }, telemetry),
  };
  return { ...world, telemetry, operations };
}

export type ApiWorld = Awaited<ReturnType<typeof apiWorld>>;

/** A body that the operation takes, for a document of that key. */
export function bodyFor(operation: DocumentOperation, key: string): Record<string, unknown> {
  if (operation === 'encrypt') return { source_key: key };
  if (operation === 'uploadUrl') return { document_key: key, content_type: 'text/plain' };
  return { document_key: key };
}

export function jsonOf({ body }: APIGatewayProxyResult): Record<string, unknown> {
  return JSON.parse(body) as Record<string, unknown>;
}
