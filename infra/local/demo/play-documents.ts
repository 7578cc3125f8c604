import type { LocalPipeline } from '../local-pipeline.ts';
import { callApi } from './call-api.ts';
import { DemoClients } from './demo-clients.ts';
import { type Expectation, expectation, sumOf } from './expectation.ts';
import { type SampleDocument, sampleDocuments } from './sample-documents.ts';

/** Uploads documents of every kind to a running pipeline, asks the document API, and finds out what became of each. */
export async function playDocuments(
  pipeline: LocalPipeline,
  progress: (step: string) => void,
): Promise<readonly Expectation[]> {
  const { UploadsBucketName: bucket = '', UploadsKeyArn: keyArn } = pipeline.outputs;
  const clients = new DemoClients(pipeline);
  const samples = await sampleDocuments();
  const all = Object.values(samples).flat() as readonly SampleDocument[];
  const encryption = { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: keyArn } as const;
  try {
    progress(`uploading ${all.length} documents: clean, sensitive, forged, and a picture of a text`);
    for (const { key, content, contentType } of all) {
      await clients.upload(bucket, key, content, encryption, contentType);
    }
    await pipeline.idle(180_000);
    const names = (documents: readonly SampleDocument[]) => documents.map(({ key }) => key);
    const delivered = await clients.keys(pipeline.outputs['DeliveryBucketName'] ?? '');
    const quarantined = await clients.keys(pipeline.outputs['QuarantineBucketName'] ?? '');
    const verdicts = await clients.keys(pipeline.outputs['ComplianceLogBucketName'] ?? '', 'verdicts/');
    const uploads = await clients.versions(bucket);
    const kept = (documents: readonly SampleDocument[]) =>
      names(documents).filter(key => quarantined.some(it => it.endsWith(`/${key.split('/').at(-1)}`)));
    const announced = pipeline.announcements.all.filter(
      ({ attributes }) => attributes['kind'] === 'document.quarantined',
    );
    const refused = [...samples.sensitive, ...samples.invalid, ...samples.unreadable];
    const judged = ['DocumentsDelivered', 'DocumentsSuperseded', 'DocumentsQuarantined'];
    return [
      expectation(
        'clean documents in the delivery bucket',
        samples.clean.length,
        names(samples.clean).filter(key => delivered.includes(key)).length,
        names(samples.clean),
      ),
      expectation(
        'documents with card or social-security numbers in quarantine',
        samples.sensitive.length,
        kept(samples.sensitive).length,
        kept(samples.sensitive),
      ),
      expectation(
        'documents in quarantine that are not what they say',
        samples.invalid.length,
        kept(samples.invalid).length,
        kept(samples.invalid),
      ),
      expectation(
        'documents in quarantine whose text cannot be read',
        samples.unreadable.length,
        kept(samples.unreadable).length,
        kept(samples.unreadable),
      ),
      expectation(
        'refused documents that were delivered all the same',
        0,
        names(refused).filter(key => delivered.includes(key)).length,
      ),
      expectation(
        'documents in quarantine announced',
        quarantined.length,
        announced.length,
        announced.slice(-refused.length).map(({ subject }) => String(subject)),
      ),
      expectation('verdicts, one for each version uploaded', uploads, verdicts.length),
      expectation(
        'versions judged once',
        uploads,
        judged.reduce((sum, metric) => sum + sumOf(pipeline, metric), 0),
      ),
      ...(await playApi(pipeline, clients, samples.clean[0], progress)),
    ];
  } finally {
    clients.close();
  }
}

async function playApi(
  pipeline: LocalPipeline,
  clients: DemoClients,
  document: SampleDocument | undefined,
  progress: (step: string) => void,
): Promise<readonly Expectation[]> {
  const { DocumentsBucketName: bucket = '', DocumentApiAuditTableName: audit = '' } = pipeline.outputs;
  const [api] = pipeline.apis;
  if (api === undefined || document === undefined) throw new Error('No API is served.');
  const { key, content, contentType } = document;
  const call = (path: string, body: object) => callApi(pipeline, api, path, body);

  progress(
    `asking the document API at ${api.url}: a permit, an upload by form, then to validate, encrypt and scan`,
  );
  const permit = await call('/documents/upload-url', { document_key: key, content_type: contentType });
  const posted = await post(permit.body, content);
  const validated = await call('/documents/upload', { document_key: key });
  const encrypted = await call('/documents/encrypt', { source_key: key });
  const scanned = await call('/documents/scan', { document_key: key });
  const missing = await call('/documents/scan', { document_key: 'nobody/has-this.pdf' });
  const hostile = await call('/documents/scan', { document_key: '../../etc/passwd' });
  const keyOfCopy = await clients.encryptionKeyOf(bucket, `encrypted/${key}`);
  const entries = await clients.rows(audit);
  return [
    expectation('permit to upload', 200, permit.status),
    expectation('upload by its form', 204, posted),
    expectation('document validated', 200, validated.status, [`${validated.body['content_type']}`]),
    expectation('document encrypted', 200, encrypted.status, [`${encrypted.body['encrypted_key']}`]),
    expectation(
      "encrypted copies under the bucket's key",
      1,
      keyOfCopy !== undefined && keyOfCopy === pipeline.outputs['DocumentsKeyArn'] ? 1 : 0,
    ),
    expectation('document scanned', 200, scanned.status, [`${scanned.body['verdict']}`]),
    expectation('scan of what is not there', 404, missing.status, [`${missing.body['title']}`]),
    expectation('scan under a hostile key', 400, hostile.status, [`${hostile.body['title']}`]),
    expectation('answers of the document API audited', 6, entries.length),
  ];
}

/** Sends a file by a permit's form and answers the status. */
async function post(
  permit: Readonly<Record<string, unknown>>,
  content: string | Uint8Array,
): Promise<number> {
  const form = new FormData();
  for (const [name, value] of Object.entries(permit['fields'] as Record<string, string>))
    form.append(name, value);
  form.append('file', new Blob([typeof content === 'string' ? content : new Uint8Array(content)]));
  const response = await fetch(String(permit['url']), { method: 'POST', body: form });
  await response.arrayBuffer();
  return response.status;
}
