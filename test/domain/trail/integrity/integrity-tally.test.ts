import { expect, test } from '@jest/globals';
import type { IntegrityFinding } from '../../../../src/domain/trail/integrity/integrity-finding.ts';
import { IntegrityTally } from '../../../../src/domain/trail/integrity/integrity-tally.ts';

const file = { bucket: 'logs', key: 'a' };
const digest: IntegrityFinding = { kind: 'digest', verdict: 'valid', ...file };
const log: IntegrityFinding = { kind: 'log', verdict: 'valid', ...file };
const pending: IntegrityFinding = { ...log, verdict: 'unverifiable', reason: 'pending' };
const unread: IntegrityFinding = { ...log, verdict: 'unverifiable', reason: 'unreadable' };
const unnamed: IntegrityFinding = { ...log, verdict: 'unverifiable', reason: 'not-in-digest' };
const gap: IntegrityFinding = { kind: 'time', verdict: 'unverifiable', reason: 'gap' };
const missing: IntegrityFinding = { ...digest, verdict: 'missing', reason: 'deleted' };
const tampered: IntegrityFinding = { ...log, verdict: 'tampered', reason: 'damaged' };

test.each<[string, readonly IntegrityFinding[]]>([
  ['unproven', []],
  ['unproven', [log]],
  ['valid', [digest]],
  ['valid', [digest, log, pending]],
  ['unproven', [digest, unnamed]],
  ['unproven', [digest, gap]],
  ['indeterminate', [digest, gap, unread]],
  ['broken', [digest, unread, missing]],
  ['broken', [digest, tampered]],
])('the outcome is %s where there is %j', (outcome, findings) => {
  const tally = new IntegrityTally();
  for (const finding of findings) tally.add(finding);
  expect(tally.outcome).toBe(outcome);
});
