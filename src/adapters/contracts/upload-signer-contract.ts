import assert from 'node:assert/strict';
import type { ObjectHead, ObjectTarget } from '../../ports/object-store.ts';
import type { UploadPermit, UploadSigner, UploadTerms } from '../../ports/upload-signer.ts';
import { assertPortError } from './assert-port-error.ts';
import type { Contract } from './contract.ts';

export interface UploadSignerSubject {
  readonly signer: UploadSigner;
  /** A signer whose permits of one minute have expired when they are given: its clock is an hour behind. */
  readonly slowSigner: UploadSigner;
  readonly bucket: string;
  /** A key that may encrypt, in the form in which the store reports it; for S3 the key's ARN. */
  readonly encryptionKeyId: string;
  /** A key that no other case uses. */
  uniqueKey(): string;
  /** Sends the form of a permit, with these fields, and the file. */
  send(permit: UploadPermit, file: Uint8Array): Promise<'stored' | 'refused'>;
  /** The current version of what is stored there. */
  stored(target: ObjectTarget): Promise<ObjectHead | undefined>;
}

const file = new TextEncoder().encode('0123456789');

/** Values that a form must carry to the letter. */
const keys = [
  'plain.txt',
  'a folder/with spaces and + and %41.txt',
  'Überweisung 発注書 📄.pdf',
  'quotes "and" \'more\'; & = < >.txt',
  'a$b and $\u007bname}.txt',
];

/** What every {@link UploadSigner}, with the store that honours its permits, promises. */
export const uploadSignerContract: Contract<UploadSignerSubject> = {
  port: 'UploadSigner',
  cases: [
    {
      name: 'what is sent as permitted is stored with type, encryption and metadata',
      async run(subject) {
        const terms = termsOf(subject);
        const permit = await subject.signer.permit(terms);
        assert.equal(await subject.send(permit, file), 'stored');
        const head = await subject.stored(terms.target);
        assert.equal(head?.size, file.length);
        assert.equal(head.contentType, terms.contentType);
        assert.deepEqual(head.metadata, terms.metadata);
        assert.deepEqual(head.encryption, { algorithm: 'aws:kms', keyId: terms.keyId });
      },
    },
    {
      name: 'a permit without metadata stores none',
      async run(subject) {
        const { metadata: _, ...terms } = termsOf(subject);
        assert.equal(await subject.send(await subject.signer.permit(terms), file), 'stored');
        assert.deepEqual((await subject.stored(terms.target))?.metadata, {});
      },
    },
    {
      name: 'a permit holds more than once; each time makes a version',
      async run(subject) {
        const terms = termsOf(subject);
        const permit = await subject.signer.permit(terms);
        assert.equal(await subject.send(permit, file), 'stored');
        const first = await subject.stored(terms.target);
        assert.equal(await subject.send(permit, file), 'stored');
        assert.notEqual((await subject.stored(terms.target))?.ref.versionId, first?.ref.versionId);
      },
    },
    ...keys.map(name => ({
      name: `the key is kept to the letter: ${name}`,
      async run(subject: UploadSignerSubject) {
        const terms = termsOf(subject, { target: targetOf(subject, name) });
        assert.equal(await subject.send(await subject.signer.permit(terms), file), 'stored');
        assert.equal((await subject.stored(terms.target))?.ref.key, terms.target.key);
      },
    })),
    ...(
      [
        ['fewer bytes than permitted are refused', 11, 20, 'refused'],
        ['the smallest size that is permitted is stored', 10, 20, 'stored'],
        ['the largest size that is permitted is stored', 0, 10, 'stored'],
        ['more bytes than permitted are refused', 0, 9, 'refused'],
      ] as const
    ).map(([name, minimum, maximum, expected]) => ({
      name,
      async run(subject: UploadSignerSubject) {
        const terms = termsOf(subject, { size: { minimum, maximum } });
        const permit = await subject.signer.permit(terms);
        assert.equal(await subject.send(permit, file), expected);
        assert.equal((await subject.stored(terms.target))?.size, expected === 'stored' ? 10 : undefined);
      },
    })),
    {
      name: 'a form with any field changed is refused',
      async run(subject) {
        const terms = termsOf(subject);
        const permit = await subject.signer.permit(terms);
        for (const name of boundFields(permit)) {
          const fields = { ...permit.fields, [name]: `${permit.fields[name]}x` };
          assert.equal(await subject.send({ ...permit, fields }, file), 'refused', `${name} was changed`);
        }
        assert.equal(await subject.stored(terms.target), undefined);
        const changed = { ...terms.target, key: `${terms.target.key}x` };
        assert.equal(await subject.stored(changed), undefined);
      },
    },
    {
      name: 'a form with any field left out is refused',
      async run(subject) {
        const terms = termsOf(subject);
        const permit = await subject.signer.permit(terms);
        for (const name of boundFields(permit)) {
          const { [name]: _, ...fields } = permit.fields;
          assert.equal(await subject.send({ ...permit, fields }, file), 'refused', `${name} was left out`);
        }
        assert.equal(await subject.stored(terms.target), undefined);
      },
    },
    {
      name: 'a form with a field that is not permitted is refused',
      async run(subject) {
        const terms = termsOf(subject);
        const permit = await subject.signer.permit(terms);
        for (const extra of [{ 'x-amz-meta-extra': 'yes' }, { acl: 'public-read' }]) {
          const fields = { ...extra, ...permit.fields };
          assert.equal(await subject.send({ ...permit, fields }, file), 'refused');
        }
        assert.equal(await subject.stored(terms.target), undefined);
      },
    },
    {
      name: 'the fields of two permits do not mix',
      async run(subject) {
        const [terms, other] = [termsOf(subject), termsOf(subject, { contentType: 'text/html' })];
        const permit = await subject.signer.permit(terms);
        const { fields } = await subject.signer.permit(other);
        for (const name of ['Content-Type', 'Policy', 'X-Amz-Signature', 'key']) {
          const mixed = { ...permit.fields, [name]: fields[name] ?? '' };
          assert.equal(
            await subject.send({ ...permit, fields: mixed }, file),
            'refused',
            `${name} is another's`,
          );
        }
        assert.equal(await subject.stored(terms.target), undefined);
        assert.equal(await subject.stored(other.target), undefined);
      },
    },
    {
      name: 'a permit says in whole seconds when it ends',
      async run(subject) {
        const end = async (signer: UploadSigner, expiresInSeconds: number) => {
          const { expiresAt } = await signer.permit(termsOf(subject, { expiresInSeconds }));
          assert.match(expiresAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
          return Date.parse(expiresAt);
        };
        assert.ok((await end(subject.signer, 60)) < (await end(subject.signer, 604_800)));
        assert.ok((await end(subject.slowSigner, 60)) < (await end(subject.signer, 60)));
      },
    },
    {
      name: 'a permit that has expired is refused',
      async run(subject) {
        const terms = termsOf(subject, { expiresInSeconds: 60 });
        assert.equal(await subject.send(await subject.slowSigner.permit(terms), file), 'refused');
        assert.equal(await subject.stored(terms.target), undefined);
      },
    },
    ...Object.entries(unenforceable()).map(([name, fields]) => ({
      name: `terms that cannot be enforced are refused: ${name}`,
      async run(subject: UploadSignerSubject) {
        const terms = termsOf(subject);
        const target = { ...terms.target, ...fields.target };
        const permitted = subject.signer.permit({ ...terms, ...fields, target });
        await assertPortError(permitted, { kind: 'permanent', code: 'InvalidTerms' });
      },
    })),
  ],
};

function unenforceable(): Record<
  string,
  Partial<Omit<UploadTerms, 'target'>> & { target?: Partial<ObjectTarget> }
> {
  const fileName = '$\u007bfilename}';
  return {
    'an empty key': { target: { key: '' } },
    'half a character in the key': { target: { key: 'a\ud800.txt' } },
    'a key of more than 1,024 bytes': { target: { key: 'é'.repeat(513) } },
    "a key with the file's name in it": { target: { key: `uploads/${fileName}` } },
    "a key with the file's name before its end": { target: { key: `uploads/${fileName}/a.txt` } },
    'an empty bucket': { target: { bucket: '' } },
    'no content type': { contentType: '' },
    'a content type over two lines': { contentType: 'text/plain\r\nx-amz-acl: public-read' },
    "a content type with the file's name in it": { contentType: `text/${fileName}` },
    'no key to encrypt under': { keyId: '' },
    'metadata that is not ASCII': { metadata: { title: 'Überweisung' } },
    'metadata under a name in upper case': { metadata: { Title: 'x' } },
    "metadata with the file's name in it": { metadata: { title: fileName } },
    'metadata of more than 2,048 bytes': { metadata: { title: 'x'.repeat(2048) } },
    'a negative size': { size: { minimum: -1, maximum: 10 } },
    'a broken size': { size: { minimum: 0, maximum: 10.5 } },
    'no size': { size: { minimum: 0, maximum: Number.NaN } },
    'a size beyond what a store takes': { size: { minimum: 0, maximum: 6 * 1024 ** 3 } },
    'a range without a size': { size: { minimum: 11, maximum: 10 } },
    'no time': { expiresInSeconds: 0 },
    'part of a second': { expiresInSeconds: 1.5 },
    'more than seven days': { expiresInSeconds: 604_801 },
  };
}

/** All fields, but for the bucket: the URL names it, whether or not the form does. */
function boundFields({ fields }: UploadPermit): string[] {
  return Object.keys(fields).filter(name => name !== 'bucket');
}

function targetOf({ bucket, uniqueKey }: UploadSignerSubject, name: string): ObjectTarget {
  return { bucket, key: `${uniqueKey()}/${name}` };
}

function termsOf(subject: UploadSignerSubject, fields: Partial<UploadTerms> = {}): UploadTerms {
  return {
    target: targetOf(subject, 'contract.txt'),
    contentType: 'text/plain; charset=utf-8',
    size: { minimum: 1, maximum: 1000 },
    keyId: subject.encryptionKeyId,
    metadata: { 'request-id': 'contract', empty: '' },
    expiresInSeconds: 300,
    ...fields,
  };
}
