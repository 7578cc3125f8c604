import { createHmac, randomBytes } from 'node:crypto';
import type { Clock, Timestamp } from '../../ports/clock.ts';
import { PortError } from '../../ports/failure.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { UploadPermit, UploadSigner, UploadTerms } from '../../ports/upload-signer.ts';

export interface MemoryUploadSignerOptions {
  /** Where `post` stores. */
  readonly objects: Pick<ObjectStore, 'put'>;
  readonly clock: Clock;
}

interface SignedTerms {
  readonly terms: UploadTerms;
  readonly expiresAt: Timestamp;
}

const operation = 'UploadSigner.permit';
const maximumBytes = 5 * 1024 ** 3;
const maximumSeconds = 604_800;
/** S3 puts the name of the sent file in its place. */
const fileNameVariable = '$\u007bfilename}';

/**
 * Permits that this signer itself honours: `post` stands for the endpoint to which a client sends the form.
 *
 * @example
 * const signer = new MemoryUploadSigner({ objects, clock });
 * const { fields } = await signer.permit(terms);
 * expect(await signer.post(fields, bytes)).toBe('stored');
 */
export class MemoryUploadSigner implements UploadSigner {
  readonly #objects: Pick<ObjectStore, 'put'>;
  readonly #clock: Clock;
  readonly #secret = randomBytes(32);

  constructor({ objects, clock }: MemoryUploadSignerOptions) {
    this.#objects = objects;
    this.#clock = clock;
  }

  async permit(terms: UploadTerms): Promise<UploadPermit> {
    const fault = faultOf(terms);
    if (fault !== undefined) {
      throw new PortError({
        kind: 'permanent',
        operation,
        code: 'InvalidTerms',
        message: `${operation} failed: ${fault}`,
      });
    }
    // S3 counts in whole seconds.
    const wholeSecond = Math.floor(this.#clock.now().getTime() / 1000);
    const expiresAt = new Date((wholeSecond + terms.expiresInSeconds) * 1000).toISOString();
    const signed: SignedTerms = { terms, expiresAt };
    const policy = Buffer.from(JSON.stringify(signed)).toString('base64');
    return {
      url: `memory://${terms.target.bucket}/`,
      fields: { ...termFields(terms), Policy: policy, 'X-Amz-Signature': this.#sign(policy) },
      expiresAt,
    };
  }

  /** Takes the form as S3 does: what is not as permitted is refused, whatever is wrong with it. */
  async post(fields: Readonly<Record<string, string>>, file: Uint8Array): Promise<'stored' | 'refused'> {
    const { Policy: policy = '', 'X-Amz-Signature': signature, ...sent } = fields;
    if (signature !== this.#sign(policy)) return 'refused';
    const { terms, expiresAt } = JSON.parse(Buffer.from(policy, 'base64').toString('utf8')) as SignedTerms;
    if (this.#clock.now().getTime() >= Date.parse(expiresAt)) return 'refused';
    if (!sameFields(sent, termFields(terms))) return 'refused';
    if (file.length < terms.size.minimum || file.length > terms.size.maximum) return 'refused';
    const { target, contentType, metadata = {}, keyId } = terms;
    const encryption = { algorithm: 'aws:kms', keyId } as const;
    await this.#objects.put(target, file, { contentType, metadata, encryption });
    return 'stored';
  }

  #sign(policy: string): string {
    return createHmac('sha256', this.#secret).update(policy).digest('hex');
  }
}

/** Named as in the forms of S3. */
function termFields({ target, contentType, keyId, metadata = {} }: UploadTerms): Record<string, string> {
  return {
    key: target.key,
    'Content-Type': contentType,
    'x-amz-server-side-encryption': 'aws:kms',
    'x-amz-server-side-encryption-aws-kms-key-id': keyId,
    ...Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`x-amz-meta-${name}`, value])),
  };
}

function sameFields(
  sent: Readonly<Record<string, string>>,
  permitted: Readonly<Record<string, string>>,
): boolean {
  const names = Object.keys(sent);
  return (
    names.length === Object.keys(permitted).length && names.every(name => sent[name] === permitted[name])
  );
}

function faultOf(terms: UploadTerms): string | undefined {
  const { target, contentType, size, keyId, metadata = {}, expiresInSeconds } = terms;
  const { minimum, maximum } = size;
  const isByteCount = (bytes: number) => Number.isSafeInteger(bytes) && bytes >= 0 && bytes <= maximumBytes;
  const isKept = ([name, value]: [string, string]) =>
    /^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name) && /^(?:[!-~](?:[ -~]*[!-~])?)?$/.test(value);
  const metadataBytes = Object.entries(metadata).join('').length - Object.keys(metadata).length;

  if (target.bucket === '') return 'no bucket is named';
  if (target.key === '' || !target.key.isWellFormed() || Buffer.byteLength(target.key) > 1024) {
    return 'the key is not 1 to 1,024 bytes of well-formed Unicode';
  }
  if (!/^[!-~](?:[ -~]*[!-~])?$/.test(contentType)) return 'the content type is not printable ASCII';
  if (!/^[!-~]+$/.test(keyId)) return 'the key id is not printable ASCII';
  if (!Object.entries(metadata).every(isKept) || metadataBytes > 2048) {
    return 'the metadata is not what S3 keeps as it is';
  }
  if (
    [target.key, contentType, keyId, ...Object.values(metadata)].some(it => it.includes(fileNameVariable))
  ) {
    return 'a value holds the variable that S3 replaces by the name of the file';
  }
  if (!isByteCount(minimum) || !isByteCount(maximum) || minimum > maximum) {
    return `${minimum} to ${maximum} bytes are no range of sizes`;
  }
  if (!Number.isSafeInteger(expiresInSeconds) || expiresInSeconds < 1 || expiresInSeconds > maximumSeconds) {
    return `a permit of ${expiresInSeconds} seconds is not within 1 to ${maximumSeconds}`;
  }
  return undefined;
}
