import { verifyChecksums } from './checksums.ts';
import {
  attributesOf,
  encryptionHeaders,
  etagOf,
  invalidArgument,
  versionHeaders,
} from './object-attributes.ts';
import { requirePolicy } from './post-policy.ts';
import { type PostedForm, readForm } from './read-form.ts';
import { requireWrite } from './require-write.ts';
import { S3Error } from './s3-error.ts';
import { requireHeader, requireKeyLength, type S3Response } from './s3-request.ts';
import type { S3Call } from './s3-state.ts';
import { element, elementsNamed, textOf, xmlDocument } from './xml.ts';

/** Fields that say of the object what headers of the same name say in a put. */
const headerFields =
  /^(?:cache-control|content-disposition|content-encoding|content-language|content-type|expires|x-amz-.+)$/;

/** Stores the file of a form that a policy allows ("POST Object", Amazon S3 API Reference). */
export async function postObject({ state, request, bucketName }: S3Call): Promise<S3Response> {
  const bucket = state.bucket(bucketName);
  const form = await readForm(request, state.maximumObjectBytes);
  const key = keyOf(form);
  const fields = new Map(form.fields).set('key', key);
  const { secretAccessKey } = state;
  requirePolicy({
    bucket: bucketName,
    fields,
    fileBytes: form.file.length,
    now: state.now(),
    ...(secretAccessKey === undefined ? {} : { secretAccessKey }),
  });
  const redirect = ['success_action_redirect', 'redirect'].find(name => fields.has(name));
  if (redirect !== undefined) {
    throw new S3Error('NotImplemented', `The local S3 does not implement the field ${redirect}`);
  }
  const headers = headersOf(fields);
  const [accessKeyId = 'anonymous'] = (fields.get('x-amz-credential') ?? '').split('/', 1);
  const signed = { ...request, accessKeyId };
  await state.requirePermission('s3:PutObject', bucketName, key, { ...signed, headers });
  const attributes = attributesOf(headers, bucket, state);
  await requireWrite(state, attributes, bucketName, key, { ...signed, headers });
  const version = bucket.add(
    key,
    {
      ...attributes,
      bytes: form.file,
      checksums: verifyChecksums(form.file, headers),
      etag: etagOf(form.file, attributes.encryption),
    },
    state.now(),
  );
  state.announce('ObjectCreated:Post', bucketName, version, signed);
  const location = `http://${request.headers['host'] ?? 'localhost'}/${bucketName}/${encodeURIComponent(key)}`;
  const answered = {
    etag: `"${version.etag}"`,
    location,
    ...versionHeaders(bucket, version),
    ...encryptionHeaders(version.encryption),
    ...version.checksums,
  };
  const status = fields.get('success_action_status');
  if (status === '200') return { status: 200, headers: answered };
  if (status !== '201') return { status: 204, headers: answered };
  const result = element(
    'PostResponse',
    element('Location', location),
    element('Bucket', bucketName),
    element('Key', key),
    element('ETag', answered.etag),
  );
  return { status: 201, headers: answered, body: xmlDocument(result) };
}

function keyOf({ fields, fileName }: PostedForm): string {
  const key = (fields.get('key') ?? '').replaceAll(/\$\{filename\}/g, () => fileName);
  if (key === '') {
    const message =
      "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.";
    throw invalidArgument(message, 'key', '');
  }
  requireKeyLength(key);
  return key;
}

function headersOf(fields: ReadonlyMap<string, string>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of fields) {
    if (!headerFields.test(name)) continue;
    requireHeader(name, value);
    headers[name] = value;
  }
  const acl = fields.get('acl');
  if (acl !== undefined) headers['x-amz-acl'] = acl;
  const tagging = fields.get('tagging');
  if (tagging !== undefined) headers['x-amz-tagging'] = taggingOf(tagging);
  return headers;
}

/** A form gives its tags as the XML of PutObjectTagging. */
function taggingOf(markup: string): string {
  const tags = elementsNamed(markup, 'Tag').map(
    tag => [textOf(tag, 'Key') ?? '', textOf(tag, 'Value') ?? ''] as [string, string],
  );
  return new URLSearchParams(tags).toString();
}
