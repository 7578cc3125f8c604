import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { readFinding } from '../../../src/domain/findings/read-finding.ts';
import { instanceFinding, RemediationWorld } from '../../domain/findings/remediation-world.ts';

const read = (path: string) => readFileSync(new URL(`../../../docs/${path}`, import.meta.url), 'utf8');

test('what was only planned is not contained by the same report in mode contain, but by a later one', async () => {
  const planning = new RemediationWorld({ policy: { mode: 'plan' } });
  const { ledger, containment, clock } = planning;
  expect(await planning.remediator.remediate(instanceFinding())).toMatchObject({ outcome: 'planned' });

  const { remediator } = new RemediationWorld({ ledger, containment, clock });
  expect(await remediator.remediate(instanceFinding())).toMatchObject({ outcome: 'repeated' });
  expect(containment.performed).toEqual([]);

  const later = instanceFinding({ updatedAt: '2026-11-21T08:10:00.000Z' });
  expect(await remediator.remediate(later)).toMatchObject({ outcome: 'contained', isAnnounced: true });
  const between = instanceFinding({ updatedAt: '2026-11-21T08:05:00.000Z' });
  expect(await remediator.remediate(between)).toMatchObject({ outcome: 'superseded' });
});

test('the command of the runbook makes of an answer of GetFindings the same finding, reported now', () => {
  const [, script = ''] = /^node -e '(.*)' < finding\.json > report\.json$/m.exec(read('runbook.md')) ?? [];
  const { detail } = JSON.parse(read('samples/guardduty-finding.json')) as { detail: { id: string } };
  const before = readFinding({ Findings: [detail] });
  const since = Date.now();

  // Of the two spellings, GetFindings has the one with capitals.
  const answer = JSON.stringify({ Findings: [capitalised(detail)] });
  const after = readFinding(
    JSON.parse(execFileSync(process.execPath, ['-e', script], { input: answer, encoding: 'utf8' })),
  );

  if (before.outcome !== 'read' || after.outcome !== 'read') throw new Error('a finding was refused');
  expect(Date.parse(after.finding.updatedAt)).toBeGreaterThanOrEqual(since);
  expect({ ...after.finding, updatedAt: '' }).toEqual({ ...before.finding, updatedAt: '' });
});

function capitalised(value: object): object {
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [`${name[0]?.toUpperCase()}${name.slice(1)}`, member]),
  );
}
