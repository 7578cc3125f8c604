import { describe, expect, test } from '@jest/globals';
import {
  CompliancePolicyError,
  readCompliancePolicy,
} from '../../../src/domain/compliance/read-compliance-policy.ts';

const exemption = { resource: '*', check: '*', owner: 'a', reason: 'b', expires: '2027-01-31' };

test('an empty file asks for customer-managed keys and makes all checks', () => {
  expect(readCompliancePolicy({})).toEqual({
    schemaVersion: 1,
    encryption: { floor: 'customer-managed', byType: {}, byTag: [], keyAccounts: [] },
    without: [],
    exemptions: [],
  });
});

test('a whole file is read as it stands', () => {
  const file = {
    schemaVersion: 1,
    encryption: {
      floor: 'aws-managed',
      byType: { 'log-group': 'aws-owned' },
      byTag: [{ key: 'data', value: '', floor: 'customer-managed' }],
      keyAccounts: ['444455556666'],
    },
    without: ['s3-bucket-versioning'],
    exemptions: [exemption, { ...exemption, check: 'kms-key-rotation' }],
  };
  expect(readCompliancePolicy(file)).toEqual(file);
});

describe('what is wrong is named with its place', () => {
  test.each([
    ['no object', [], 'must be of type object, not array'],
    ['null', null, 'must be of type object, not null'],
    ['nothing', undefined, 'is missing'],
    ['a later version', { schemaVersion: 2 }, 'schemaVersion: must be 1'],
    ['an unknown key', { exemption: [] }, 'unknown key "exemption"'],
    ['unknown keys', { encryption: { a: 1, b: 2 } }, 'encryption: unknown keys "a", "b"'],
    [
      'a floor that is none',
      { encryption: { floor: 'customer-managed-unhealthy' } },
      'encryption.floor: must be "none" or',
    ],
    ['a type that is not encrypted', { encryption: { byType: { account: 'none' } } }, 'encryption.byType: '],
    [
      'an account that is none',
      { encryption: { keyAccounts: ['1'] } },
      'encryption.keyAccounts[0]: must be 12 digits',
    ],
    [
      'a check that there is not',
      { without: ['s3-bucket-versionning'] },
      'without[0]: there is no such check',
    ],
    [
      'an exemption of a check that there is not',
      { exemptions: [exemption, { ...exemption, check: 'x' }] },
      'exemptions[1].check: there is no such check',
    ],
    ['no owner', { exemptions: [{ ...exemption, owner: '' }] }, 'exemptions[0].owner: '],
    ['no such day', { exemptions: [{ ...exemption, expires: '2027-02-29' }] }, 'exemptions[0].expires: '],
    [
      'no expiry',
      { exemptions: [{ ...exemption, expires: undefined }] },
      'exemptions[0].expires: is missing',
    ],
  ])('%s', (_, file, fault) => {
    expect(faultsOf(file)).toEqual([expect.stringContaining(fault)]);
  });

  test('everything at once', () => {
    expect(faultsOf({ without: 3, exemptions: {}, x: 1 })).toEqual([
      'without: must be of type array, not number',
      'exemptions: must be of type array, not object',
      'unknown key "x"',
    ]);
  });

  test('much that is wrong is counted', () => {
    const faults = faultsOf({ without: Array.from({ length: 90 }, () => 1) });
    expect(faults).toHaveLength(51);
    expect(faults.at(-1)).toBe('… and 40 more');
  });

  test('what stands there is not shown', () => {
    expect(faultsOf({ encryption: { keyAccounts: ['secret'] }, without: ['secret'] }).join()).not.toContain(
      'secret',
    );
  });
});

function faultsOf(file: unknown): readonly string[] {
  try {
    readCompliancePolicy(file);
  } catch (error) {
    if (!(error instanceof CompliancePolicyError)) throw error;
    expect(error).toMatchObject({ name: 'CompliancePolicyError', code: 'InvalidCompliancePolicy' });
    for (const fault of error.faults) expect(error.message).toContain(`- ${fault}`);
    return error.faults;
  }
  return [];
}

test('unknown checks are named beside whatever else is wrong', () => {
  const file = {
    encryption: { floor: 'x' },
    without: ['*', 7, 'y'],
    exemptions: [exemption, 5, { check: 'z' }],
  };
  try {
    readCompliancePolicy(file);
    throw new Error('was read');
  } catch (error) {
    expect((error as CompliancePolicyError).faults).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^encryption\.floor: /),
        'without[0]: there is no such check',
        'without[2]: there is no such check',
        'exemptions[2].check: there is no such check',
      ]),
    );
  }
});
