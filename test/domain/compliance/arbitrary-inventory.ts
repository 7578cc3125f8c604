import type { InspectedResource } from '../../../src/domain/compliance/compliance-check.ts';
import { encryptedTypes, encryptionFloors } from '../../../src/domain/compliance/compliance-policy.ts';
import { readCompliancePolicy } from '../../../src/domain/compliance/read-compliance-policy.ts';
import { type Unreadable, unreadableReasons } from '../../../src/ports/reading.ts';
import {
  type Facts,
  type KeyFacts,
  type PublicAccessBlock,
  resourceTypes,
  type StatedEncryption,
} from '../../../src/ports/resource-inventory.ts';
import fc from '../../seeded-properties.ts';
import { account, refOf, wholeBlock } from './inspected-resources.ts';

const unread: fc.Arbitrary<Unreadable> = fc.record({
  state: fc.constant('unreadable' as const),
  // Of what is gone nothing is judged: a rare case here, as it would be most of them.
  reason: fc.oneof(
    { weight: 40, arbitrary: fc.constantFrom('denied', 'throttled', 'failed') },
    { weight: 1, arbitrary: fc.constantFrom(...unreadableReasons) },
  ),
  api: fc.constantFrom('s3:GetBucketPolicy', 'kms:DescribeKey'),
  code: fc.constantFrom('AccessDenied', 'Other'),
});

function reading<Value>(value: fc.Arbitrary<Value>) {
  return fc.oneof(
    { weight: 5, arbitrary: fc.record({ state: fc.constant('read' as const), value }) },
    { weight: 1, arbitrary: unread },
  );
}

const accounts = fc.constantFrom(account, '444455556666');

const encryption: fc.Arbitrary<StatedEncryption> = fc.oneof(
  fc.record({ by: fc.constantFrom('none', 'aws-owned', 's3', 'aws-managed') }),
  fc.record({ by: fc.constant('kms' as const), keyId: fc.string({ maxLength: 40 }) }),
);

const keyFacts: fc.Arbitrary<KeyFacts> = fc.record({
  arn: fc.constant(refOf('kms-key').arn),
  account: accounts,
  manager: fc.constantFrom('AWS', 'CUSTOMER'),
  keyState: fc.oneof(fc.constantFrom('Enabled', 'Disabled', 'PendingDeletion'), fc.string({ maxLength: 20 })),
  keySpec: fc.constantFrom('SYMMETRIC_DEFAULT', 'RSA_2048'),
  origin: fc.constantFrom('AWS_KMS', 'EXTERNAL'),
});

const block: fc.Arbitrary<PublicAccessBlock> = fc.oneof(
  fc.constant(wholeBlock),
  fc.record({
    blockPublicAcls: fc.boolean(),
    ignorePublicAcls: fc.boolean(),
    blockPublicPolicy: fc.boolean(),
    restrictPublicBuckets: fc.boolean(),
  }),
);

const tlsOnly = {
  Effect: 'Deny',
  Principal: '*',
  Action: '*',
  Resource: '*',
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};
const document = fc.oneof(
  fc.constantFrom(
    JSON.stringify({ Statement: tlsOnly }),
    JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }, tlsOnly] }),
    '{}',
  ),
  fc.json(),
  fc.string({ maxLength: 50 }),
);

const tags = fc.dictionary(fc.constantFrom('data', 'stage'), fc.constantFrom('public', 'dev'));

export const arbitraryFacts: fc.Arbitrary<Facts> = fc.record(
  {
    encryption: reading(encryption),
    'public-access-block': reading(block),
    policy: reading(fc.record({ document }, { requiredKeys: [] })),
    'policy-status': reading(fc.record({ isPublic: fc.boolean() })),
    acl: reading(
      fc.record({ publicGrants: fc.array(fc.constantFrom('READ', 'FULL_CONTROL'), { maxLength: 2 }) }),
    ),
    versioning: reading(fc.constantFrom('enabled', 'suspended', 'off')),
    key: reading(keyFacts),
    'key-rotation': reading(fc.record({ enabled: fc.boolean() })),
    'point-in-time-recovery': reading(fc.record({ enabled: fc.boolean() })),
    tags: reading(tags),
  },
  { requiredKeys: ['encryption', 'policy', 'public-access-block', 'policy-status', 'acl'] },
);

export const arbitraryResource: fc.Arbitrary<InspectedResource> = fc.record(
  {
    resource: fc.constantFrom(...resourceTypes).map(refOf),
    facts: arbitraryFacts,
    key: reading(keyFacts),
    accountPublicAccess: reading(block),
  },
  { requiredKeys: ['resource', 'facts'] },
);

const floor = fc.constantFrom(...encryptionFloors);

export const arbitraryPolicy = fc
  .record({
    floor,
    byType: fc.dictionary(fc.constantFrom(...encryptedTypes), floor),
    byTag: fc.array(
      fc.record({ key: fc.constantFrom('data', 'stage'), value: fc.constantFrom('public', 'dev'), floor }),
      { maxLength: 3 },
    ),
    keyAccounts: fc.array(accounts, { maxLength: 1 }),
  })
  .map(encryption => readCompliancePolicy({ encryption }));
