import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const read = (name: string) => readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8');

/** The text under a heading of the second level, up to the next. */
const under = (text: string, heading: string): string =>
  (text.split(`\n## ${heading}\n`)[1] ?? '').split('\n## ')[0] ?? '';

const tellsWhatToDo = /^(?:- |\d+\. |\*\*\d+\.\*\*|\| `?\w|### )/gm;

test.each([
  ['runbook.md', 'Daily', 4, 'pipeline-unhealthy'],
  ['runbook.md', 'Weekly', 4, 'dead-letter queue'],
  ['runbook.md', 'Monthly', 4, 'Restore one table'],
  ['runbook.md', 'Alarms', 10, 'sallyport-'],
  ['runbook.md', 'Dead letters', 10, 'sallyport-'],
  ['runbook.md', 'Incidents', 8, '### A leaked API key'],
  ['runbook.md', 'Restore', 3, 'region'],
  ['deployment.md', 'Take down', 8, 'npx cdk destroy --all'],
  ['costs.md', 'A month', 5, 'KMS'],
])('E11: %s says what to do under "%s"', (name, heading, least, text) => {
  const section = under(read(name), heading);
  expect(section.match(tellsWhatToDo)?.length ?? 0).toBeGreaterThanOrEqual(least);
  expect(section).toContain(text);
});

test('E8: MFA delete is documented, with what it excludes, where the table of the systems sends to', () => {
  const [, anchor] = /^\| E8 \|.*\]\(deployment\.md#([\w-]+)\)/m.exec(read('reference-systems.md')) ?? [];
  expect(anchor).toBe('mfa-delete');
  const section = under(read('deployment.md'), 'MFA delete');
  expect(section).toContain('MFADelete=Enabled');
  expect(section).toMatch(/lifecycle rule/);
  expect(section).toMatch(/CloudFormation cannot set it/);
});
