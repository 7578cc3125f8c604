import { describe, expect, test } from '@jest/globals';
import { complianceCheck, complianceChecks } from '../../../src/domain/compliance/compliance-checks.ts';
import { encryptedTypes } from '../../../src/domain/compliance/compliance-policy.ts';
import { resourceTypes } from '../../../src/ports/resource-inventory.ts';

test('ids are of one form, begin with their type, and stand once', () => {
  const ids = complianceChecks.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { id, type } of complianceChecks) {
    expect(id).toMatch(/^[a-z0-9-]+$/);
    expect(id.startsWith(type === 'kms-key' ? 'kms-key' : type)).toBe(true);
  }
});

test('each type is looked at, and each that holds data for its encryption', () => {
  expect(new Set(complianceChecks.map(({ type }) => type))).toEqual(new Set(resourceTypes));
  for (const type of encryptedTypes) expect(complianceCheck(`${type}-encryption`)?.type).toBe(type);
});

test('a check is found by its id', () => {
  for (const check of complianceChecks) expect(complianceCheck(check.id)).toBe(check);
  expect(complianceCheck('constructor')).toBe(undefined);
});

describe.each(complianceChecks.map(check => [check.id, check] as const))('%s', (_, check) => {
  test('its texts are sentences that fit where they are shown', () => {
    expect(check.title).toMatch(/^[A-Z][^\n]{5,100}[^.]$/);
    expect(check.remedy).toMatch(/^[A-Z][^\n]{10,400}\.$/);
  });

  test('its references have the form of their source', () => {
    const forms = {
      'AWS Config': /^[a-z0-9]+(-[a-z0-9]+)+$/,
      'Security Hub': /^[A-Za-z0-9]+\.\d+$/,
      'CIS AWS Foundations': /^v3\.0\.0\/\d+(\.\d+)+$/,
      'PCI DSS': /^v(3\.2\.1|4\.0\.1)\/\d+(\.\d+)+$/,
    };
    for (const { source, id } of check.references) expect(id).toMatch(forms[source]);
  });

  test('it needs something', () => expect(check.needs.length).toBeGreaterThan(0));
});
