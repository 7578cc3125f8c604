import { createHmac } from 'node:crypto';
import * as z from 'zod';
import { invalidArgument } from './object-attributes.ts';
import { S3Error } from './s3-error.ts';

/** What a policy is held against. */
export interface PolicySubject {
  readonly bucket: string;
  /** By name in lower case; `key` with the file's name in its place. */
  readonly fields: ReadonlyMap<string, string>;
  readonly fileBytes: number;
  readonly now: Date;
  /** The secret of the form's access key; without it a signature has to be there, and is not verified. */
  readonly secretAccessKey?: string;
}

/** Fields that no condition needs to name ("POST policy", Amazon S3 API Reference). */
const uncovered = /^(?:file|policy|x-amz-signature|x-ignore-.*)$/;
/** Fields that only exact conditions fit (the same, "Conditions"). */
const exactOnly = /^(?:bucket|success_action_status|x-amz-(?!meta-).*)$/;

const policyDocument = z.strictObject({ expiration: z.iso.datetime(), conditions: z.array(z.unknown()) });

/** A condition in the one form in which S3 names it where it fails. */
type Condition = readonly [operator: unknown, ...operands: unknown[]];

/** Throws what S3 answers to a form that its policy does not allow, or that has none. */
export function requirePolicy(subject: PolicySubject): void {
  const { fields, now } = subject;
  const encoded = fields.get('policy');
  if (encoded === undefined) throw new S3Error('AccessDenied', 'Access Denied');
  requireSignature(encoded, subject);
  const { expiration, conditions } = parsePolicy(encoded);
  if (Date.parse(expiration) <= now.getTime()) throw refused('Policy expired.');
  const covered = new Set<string>();
  const ranges: Condition[] = [];
  for (const condition of conditions.map(arrayForm)) {
    if (condition[0] === 'content-length-range') {
      ranges.push(condition);
      continue;
    }
    const [name, holds] = judge(condition, subject);
    if (!holds) throw failed(condition);
    covered.add(name);
  }
  const extra = [...fields.keys()].find(name => !covered.has(name) && !uncovered.test(name));
  if (extra !== undefined) throw refused(`Extra input fields: ${extra}`);
  for (const range of ranges) requireLength(range, subject.fileBytes);
}

/** The signature is over the policy as it was sent ("Authenticating Requests in Browser-Based Uploads Using POST"). */
function requireSignature(encodedPolicy: string, { fields, secretAccessKey }: PolicySubject): void {
  const field = (name: string): string => {
    const value = fields.get(name);
    if (value !== undefined) return value;
    const message = `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`;
    throw invalidArgument(message, name, '');
  };
  const [algorithm, credential, signature] = [
    field('x-amz-algorithm'),
    field('x-amz-credential'),
    field('x-amz-signature'),
  ];
  field('x-amz-date');
  if (algorithm !== 'AWS4-HMAC-SHA256') {
    throw invalidArgument('Only AWS4-HMAC-SHA256 is supported', 'x-amz-algorithm', algorithm);
  }
  const [, date, region, service] = /^[^/]+\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request$/.exec(credential) ?? [];
  if (date === undefined || region === undefined || service !== 's3') {
    throw invalidArgument('The credential scope is malformed', 'x-amz-credential', credential);
  }
  if (secretAccessKey === undefined) return;
  const signingKey = [date, region, service, 'aws4_request'].reduce<string | Buffer>(
    (key, text) => createHmac('sha256', key).update(text).digest(),
    `AWS4${secretAccessKey}`,
  );
  if (createHmac('sha256', signingKey).update(encodedPolicy).digest('hex') === signature) return;
  throw new S3Error(
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  );
}

function parsePolicy(encoded: string): z.infer<typeof policyDocument> {
  let policy: unknown;
  try {
    policy = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'));
  } catch {
    throw new S3Error('InvalidPolicyDocument', 'Invalid Policy: Invalid JSON.');
  }
  const parsed = policyDocument.safeParse(policy);
  if (parsed.success) return parsed.data;
  throw new S3Error('InvalidPolicyDocument', `Invalid Policy: ${z.prettifyError(parsed.error)}`);
}

/** `{"name": "value"}` says the same as `["eq", "$name", "value"]`. */
function arrayForm(condition: unknown): Condition {
  if (Array.isArray(condition)) return [condition[0], ...condition.slice(1)];
  const entries = typeof condition === 'object' && condition !== null ? Object.entries(condition) : [];
  const [only, more] = entries;
  if (only !== undefined && more === undefined) return ['eq', `$${only[0]}`, only[1]];
  throw new S3Error(
    'InvalidPolicyDocument',
    'Invalid Policy: Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.',
  );
}

/** The field that a condition is about, and whether it holds; what cannot be understood does not hold. */
function judge(condition: Condition, { bucket, fields }: PolicySubject): readonly [string, boolean] {
  const [operator, field, operand] = condition;
  if (condition.length !== 3 || typeof field !== 'string' || typeof operand !== 'string') return ['', false];
  if (!field.startsWith('$')) return ['', false];
  const name = field.slice(1).toLowerCase();
  // The bucket is the one that the form is sent to, whatever a field says.
  const value = name === 'bucket' ? bucket : fields.get(name);
  if (value === undefined) return [name, false];
  if (operator === 'eq') return [name, value === operand];
  if (operator !== 'starts-with' || exactOnly.test(name)) return [name, false];
  // A content type may be a list, of which each member has to match.
  const members = name === 'content-type' ? value.split(',').map(member => member.trim()) : [value];
  return [name, members.every(member => member.startsWith(operand))];
}

function requireLength(range: Condition, bytes: number): void {
  const [, least, most] = range;
  if (!Number.isSafeInteger(least) || !Number.isSafeInteger(most)) throw failed(range);
  if (bytes < Number(least)) {
    throw new S3Error('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', {
      fields: { ProposedSize: String(bytes), MinSizeAllowed: String(least) },
    });
  }
  if (bytes > Number(most)) {
    throw new S3Error('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', {
      fields: { ProposedSize: String(bytes), MaxSizeAllowed: String(most) },
    });
  }
}

function failed(condition: Condition): S3Error {
  const text = condition.map(part => JSON.stringify(part)).join(', ');
  return refused(`Policy Condition failed: [${text}]`);
}

function refused(why: string): S3Error {
  return new S3Error('AccessDenied', `Invalid according to Policy: ${why}`);
}
