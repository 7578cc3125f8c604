import { describe, expect, test } from '@jest/globals';
import { exemptionOf, expiredExemptions } from '../../../src/domain/compliance/exemptions.ts';
import { matchWildcards } from '../../../src/domain/compliance/match-wildcards.ts';
import { readCompliancePolicy } from '../../../src/domain/compliance/read-compliance-policy.ts';
import fc from '../../seeded-properties.ts';
import { now, refOf } from './inspected-resources.ts';

const { arn } = refOf('sqs-queue');
const failure = { arn, checkId: 'sqs-queue-encryption' };

function exemption(resource: string, check = '*', expires = '2026-11-21', owner = 'team') {
  return { resource, check, owner, reason: 'known', expires };
}

function found(...exemptions: readonly object[]) {
  return exemptionOf(failure, readCompliancePolicy({ exemptions }), now)?.owner;
}

describe('which exemption counts', () => {
  test.each([
    ['of the resource', exemption(arn), true],
    ['of a pattern', exemption('arn:aws:sqs:*:111122223333:*'), true],
    ['of everything', exemption('*'), true],
    ['of the check', exemption(arn, failure.checkId), true],
    ['of another check', exemption(arn, 'sqs-queue-tls-only'), false],
    ['of another resource', exemption(`${arn}-2`), false],
    ['of the beginning', exemption(arn.slice(0, -1)), false],
    ['of the end', exemption(arn.slice(4)), false],
    ['of yesterday', exemption(arn, '*', '2026-11-20'), false],
  ])('%s', (_, each, counts) => expect(found(each)).toBe(counts ? 'team' : undefined));

  test('the first of those that fit', () => {
    expect(
      found(
        exemption('arn:none', '*', '2027-01-01', 'a'),
        exemption(arn, '*', '2020-01-01', 'b'),
        exemption('*', '*', '2027-01-01', 'c'),
        exemption(arn, '*', '2027-01-01', 'd'),
      ),
    ).toBe('c');
  });
});

test('an exemption is expired from the day after its last on', () => {
  const policy = readCompliancePolicy({
    exemptions: [
      exemption('a', '*', '2026-11-20'),
      exemption('b', '*', '2026-11-21'),
      exemption('c', '*', '2020-02-29'),
    ],
  });
  expect(expiredExemptions(policy, now).map(({ resource }) => resource)).toEqual(['a', 'c']);
});

describe('wildcards', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'a', '*', '*', '.', 'b'), maxLength: 12 });

  test('match as the same pattern of a regular expression', () => {
    let matched = 0;
    fc.assert(
      fc.property(letters, letters, (pattern, given) => {
        const text = given.replaceAll('*', 'a');
        const expected = new RegExp(`^${pattern.split('*').map(escaped).join('[^]*')}$`).test(text);
        if (expected) matched += 1;
        expect(matchWildcards(pattern, text)).toBe(expected);
      }),
      { numRuns: 20_000 },
    );
    expect(matched).toBeGreaterThan(1000);
  });

  test('what matches a pattern matches all that the pattern does', () => {
    let covered = 0;
    fc.assert(
      fc.property(letters, letters, letters, (wide, narrow, given) => {
        const text = given.replaceAll('*', 'b');
        if (!matchWildcards(wide, narrow) || !matchWildcards(narrow, text)) return;
        covered += 1;
        expect(matchWildcards(wide, text)).toBe(true);
      }),
      { numRuns: 20_000 },
    );
    expect(covered).toBeGreaterThan(50);
  });

  test('many of them look at a long text once', () => {
    expect(matchWildcards(`${'a*'.repeat(1000)}b`, 'a'.repeat(1_000_000))).toBe(false);
  });
});

function escaped(text: string): string {
  return text.replaceAll(/[.?]/g, '\\$&');
}
