import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { APIGatewayProxyResult } from 'aws-lambda';
import { PDFDocument } from 'pdf-lib';
import { DynamoDbAuditLog } from '../../../src/adapters/aws/dynamodb-audit-log.ts';
import { S3ObjectStore } from '../../../src/adapters/aws/s3-object-store.ts';
import { type S3Endpoint, startS3 } from '../../emulators/local-s3.ts';
import { startTables, type TablesEndpoint } from '../../emulators/tables.ts';
import { apiRequest } from './api/api-world.ts';

const run = promisify(execFile);
const invoker = fileURLToPath(new URL('./fixtures/invoke-function.ts', import.meta.url));
const keyId = 'arn:aws:kms:us-east-1:000000000000:key/documents';
const requestId = crypto.randomUUID();

let s3: S3Endpoint;
let tables: TablesEndpoint;
let client: S3Client;
let objects: S3ObjectStore;
let bucket: string;
let table: string;

beforeAll(async () => {
  [s3, tables] = await Promise.all([startS3(), startTables()]);
  client = s3.client();
  objects = new S3ObjectStore({ client });
  bucket = await s3.createBucket('document-functions');
  table = await tables.createTable('audit', 'requestId', 'timestamp');
});

afterAll(async () => {
  client.destroy();
  await Promise.all([s3.close(), tables.close()]);
});

/** What the stack gives each function, and the emulators' addresses. */
async function environmentOf(entry: string): Promise<Record<string, string>> {
  const policy = {
    ALLOWED_DOCUMENT_TYPES: 'application/pdf,application/msword,text/plain',
    MAXIMUM_DOCUMENT_BYTES: '10485760',
  };
  const own: Readonly<Record<string, Record<string, string>>> = {
    'document-validator': policy,
    'document-encryptor': { DOCUMENTS_KEY_ARN: keyId },
    'document-scanner': {
      MAXIMUM_DOCUMENT_BYTES: '10485760',
      BLOCKING_KINDS: 'payment-card,us-ssn,aws-access-key',
    },
    'upload-url-issuer': { ...policy, DOCUMENTS_KEY_ARN: keyId, UPLOAD_URL_EXPIRY_SECONDS: '900' },
  };
  const endpoint = await tables.client.config.endpoint?.();
  return {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    AWS_ENDPOINT_URL_DYNAMODB: `http://${endpoint?.hostname}:${endpoint?.port}`,
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    DOCUMENTS_BUCKET_NAME: bucket,
    AUDIT_TABLE_NAME: table,
    ...own[entry],
  };
}

async function invoke(entry: string, body: object): Promise<Record<string, unknown>> {
  // The caller chooses the id of the request; the invocation's is another.
  const event = { ...apiRequest(body), requestContext: { requestId: 'chosen by the caller' } };
  const { stdout } = await run(
    process.execPath,
    ['--no-warnings', invoker, entry, JSON.stringify(event), requestId],
    {
      env: await environmentOf(entry),
    },
  );
  const answer = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as APIGatewayProxyResult;
  return { status: answer.statusCode, ...(JSON.parse(answer.body) as Record<string, unknown>) };
}

async function send(permit: Record<string, unknown>, file: Uint8Array): Promise<number> {
  const form = new FormData();
  for (const [name, value] of Object.entries(permit['fields'] as Record<string, string>)) {
    form.append(name, value);
  }
  form.append('file', new Blob([Uint8Array.from(file)]));
  return (await fetch(String(permit['url']), { method: 'POST', body: form })).status;
}

test('the functions permit an upload, then judge, scan and encrypt what came of it', async () => {
  const pdf = await PDFDocument.create();
  pdf.addPage().drawText('nothing of note');

  const upload = { document_key: 'claims/17.pdf', content_type: 'application/pdf' };
  const permit = await invoke('upload-url-issuer', upload);
  expect(permit).toMatchObject({ status: 200, maximum_bytes: 10_485_760 });
  expect(await send(permit, await pdf.save())).toBe(204);
  const uploaded = await objects.current({ bucket, key: 'claims/17.pdf' });
  expect(uploaded?.metadata).toEqual({ 'request-id': requestId });

  const document = { document_key: 'claims/17.pdf', version_id: uploaded?.ref.versionId };
  expect(await invoke('document-validator', document)).toMatchObject({
    status: 200,
    valid: true,
    content_type: 'application/pdf',
    pages: 1,
  });
  expect(await invoke('document-scanner', document)).toMatchObject({
    status: 200,
    verdict: 'compliant',
    content_type: 'application/pdf',
  });
  expect(await invoke('document-encryptor', { source_key: 'claims/17.pdf' })).toMatchObject({
    status: 200,
    encrypted_key: 'encrypted/claims/17.pdf',
    kms_key_id: keyId,
  });
  expect(await objects.current({ bucket, key: 'encrypted/claims/17.pdf' })).toMatchObject({
    contentType: 'application/pdf',
    encryption: { algorithm: 'aws:kms', keyId },
  });

  const audit = new DynamoDbAuditLog({ client: tables.client, tableName: table });
  const actions: string[] = [];
  for await (const { action, outcome } of audit.entriesOf(requestId)) actions.push(`${action}: ${outcome}`);
  expect(actions).toEqual([
    'document.permit-upload: permitted',
    'document.validate: valid',
    'document.scan: compliant',
    'document.encrypt: encrypted',
  ]);
}, 180_000);
