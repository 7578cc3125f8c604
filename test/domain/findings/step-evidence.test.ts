import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { Condition } from '../../../src/domain/findings/remediation-plan.ts';
import { evidenceLimit, evidenceOf } from '../../../src/domain/findings/step-evidence.ts';
import fc from '../../seeded-properties.ts';

const about = (...facts: string[]): Condition[] => facts.map(fact => ({ fact, holds: 'present' }));

describe('evidence', () => {
  test('is each fact once, null where there is none', () => {
    const facts = { 'tag.a': 'b', 'policy.text': 'c' };
    expect(evidenceOf(about('tag.a', 'tag.z', 'tag.a'), facts, 1000)).toEqual({
      'tag.a': 'b',
      'tag.z': null,
    });
  });

  test('gives what is too large by size and digest, and keeps what is not', () => {
    const policy = 'é'.repeat(2000);
    const text = JSON.stringify(policy);
    expect(evidenceOf(about('tag.a', 'policy.text'), { 'tag.a': 'b', 'policy.text': policy }, 1000)).toEqual({
      'tag.a': 'b',
      'policy.text': {
        bytes: Buffer.byteLength(text),
        sha256: createHash('sha256').update(text).digest('hex'),
      },
    });
  });

  test('keeps a whole bucket policy where there are few steps', () => {
    expect(evidenceLimit(2)).toBeGreaterThan(JSON.stringify('"'.repeat(10_000)).length);
  });

  test('of all steps together stays below half of what an item of the ledger holds', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.array(fc.string({ maxLength: 9000 }), { maxLength: 5 }),
        (steps, values) => {
          const facts = Object.fromEntries(values.map((value, index) => [`f.${index}`, value]));
          const limit = evidenceLimit(steps);
          const bytes = Buffer.byteLength(
            JSON.stringify(evidenceOf(about(...Object.keys(facts)), facts, limit)),
          );
          // A digest takes its place however little room there is.
          expect(bytes).toBeLessThanOrEqual(Math.max(limit, 150 * values.length + 2));
          expect(2 * steps * limit).toBeLessThanOrEqual(200_000);
        },
      ),
    );
  });
});
