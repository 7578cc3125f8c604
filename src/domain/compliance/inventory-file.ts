import * as z from 'zod';
import { type Unreadable, unreadableReasons } from '../../ports/reading.ts';
import { resourceTypes } from '../../ports/resource-inventory.ts';

const account = z.string().regex(/^\d{12}$/, 'must be 12 digits');
const region = z.string().regex(/^[a-zA-Z0-9-]{1,64}$/, 'must be the name of a region');
/** What identifies a resource: names of AWS hold nothing else. */
const printable = (limit: number) =>
  z
    .string()
    .max(limit)
    .regex(/^[\x20-\x7e]+$/, 'must be printable characters of ASCII');

/** What a service answers or a customer writes: whatever its characters are, a scan keeps it. */
const text = (characters: number) => z.string().max(characters);

const scope = z.strictObject({ account, region }).describe('Where it was asked for.');

const unreadable = z
  .strictObject({
    state: z.literal('unreadable'),
    reason: z
      .enum(unreadableReasons)
      .describe(
        'denied: no permission. throttled: refused for load, or not answered in time. gone: not there. failed: anything else.',
      ),
    api: text(200).describe('The call that was to read it, as permissions name it: s3:GetBucketPolicy.'),
    code: text(200).describe("The service's own code: AccessDenied."),
  })
  .describe('It could not be read, which is a fact, and never a pass.') satisfies z.ZodType<Unreadable>;

function readingOf<Value extends z.ZodType>(value: Value) {
  return z.discriminatedUnion('state', [z.strictObject({ state: z.literal('read'), value }), unreadable]);
}

const keyId = text(2048);

const encryption = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('none') }),
  z.strictObject({ by: z.literal('aws-owned') }).describe('A key of the service, seen in no account.'),
  z.strictObject({ by: z.literal('s3') }).describe('SSE-S3.'),
  z.strictObject({ by: z.literal('aws-managed') }).describe("The service's key in this account."),
  z.strictObject({ by: z.literal('kms'), keyId: keyId.describe('As the resource names it.') }),
]);

const publicAccessBlock = z.strictObject({
  blockPublicAcls: z.boolean(),
  ignorePublicAcls: z.boolean(),
  blockPublicPolicy: z.boolean(),
  restrictPublicBuckets: z.boolean(),
});

const keyFacts = z.strictObject({
  arn: printable(2048),
  account: account.describe('The account that the key is in.'),
  manager: z.enum(['AWS', 'CUSTOMER']).describe('KeyManager of kms:DescribeKey.'),
  keyState: text(50).describe('KeyState of kms:DescribeKey: Enabled, Disabled, PendingDeletion…'),
  keySpec: text(50).describe('SYMMETRIC_DEFAULT, RSA_2048…'),
  origin: text(50).describe('AWS_KMS, EXTERNAL, AWS_CLOUDHSM, EXTERNAL_KEY_STORE.'),
});

const facts = z
  .strictObject({
    encryption: readingOf(encryption).exactOptional().describe('All but accounts and keys.'),
    'public-access-block': readingOf(publicAccessBlock)
      .exactOptional()
      .describe('Accounts and buckets; all false where none is set.'),
    policy: readingOf(z.strictObject({ document: text(65_536).exactOptional() }))
      .exactOptional()
      .describe('The resource policy, JSON text; without document where there is none.'),
    'policy-status': readingOf(z.strictObject({ isPublic: z.boolean() }))
      .exactOptional()
      .describe('Buckets: s3:GetBucketPolicyStatus.'),
    acl: readingOf(z.strictObject({ publicGrants: z.array(text(50)).max(200) }))
      .exactOptional()
      .describe('Buckets: permissions granted to everyone or to every AWS user.'),
    versioning: readingOf(z.enum(['enabled', 'suspended', 'off']))
      .exactOptional()
      .describe('Buckets.'),
    key: readingOf(keyFacts).exactOptional().describe('Keys.'),
    'key-rotation': readingOf(
      z.strictObject({ enabled: z.boolean(), periodDays: z.int().min(1).max(10_000).exactOptional() }),
    )
      .exactOptional()
      .describe('Keys.'),
    'point-in-time-recovery': readingOf(z.strictObject({ enabled: z.boolean() }))
      .exactOptional()
      .describe('Tables.'),
    tags: readingOf(z.record(text(128), text(256)))
      .exactOptional()
      .describe('All but accounts.'),
  })
  .describe('What was asked of it; what was not asked is absent, and makes its checks indeterminate.');

const resource = z.strictObject({
  type: z.enum(resourceTypes),
  account,
  region,
  arn: printable(2048).regex(/^arn:/, 'must begin with arn:'),
  name: printable(512).describe('Name, or id of a key, or the 12 digits of an account.'),
  locator: printable(2048)
    .exactOptional()
    .describe("What the service's calls take in its place: a queue URL."),
});

/** The file that `sallyport compliance report` reads; published as docs/inventory.schema.json. */
export const inventoryFileSchema = z.strictObject({
  schemaVersion: z.literal(1).default(1),
  capturedAt: z.iso.datetime().describe('UTC. Exemptions are judged at this time.'),
  unread: z
    .array(z.strictObject({ scope, type: z.enum(resourceTypes), reading: unreadable }))
    .max(10_000)
    .default([])
    .describe('What could not be listed: a type of resources in a place.'),
  resources: z
    .array(z.strictObject({ resource, facts }))
    .max(250_000)
    .describe('An entry of type account gives its public access block to the buckets of that account.'),
  keys: z
    .array(z.strictObject({ keyId, scope, reading: readingOf(keyFacts) }))
    .max(250_000)
    .default([])
    .describe(
      'KMS keys by what the resources of a scope call them: ARN, id or alias. Keys among the resources count too.',
    ),
});

/** What an account held at one time. */
export type InventoryFile = z.infer<typeof inventoryFileSchema>;
