import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { documentedContext } from '../../../infra/docs/synthesize-templates.ts';
import { render, resourcesOf, synthesizeAll } from '../synthesized-stack.ts';

const runbook = readFileSync(new URL('../../../docs/runbook.md', import.meta.url), 'utf8');
const stacks = synthesizeAll(documentedContext).map(([, stack]) => stack);

const namesOf = (type: string, property: string): string[] =>
  stacks.flatMap(stack =>
    resourcesOf(stack, type).map(([, { Properties }]) => String(render(Properties[property]))),
  );
const purposesOf = (type: string, property: string) =>
  namesOf(type, property).map(name => name.replace(/^sallyport-/, '').replace(/-prod(-<.*>)?$/, ''));

/** What may stand for a word in angle brackets. */
const placeholders: Readonly<Record<string, readonly string[]>> = {
  '<function>': purposesOf('AWS::Lambda::Function', 'FunctionName'),
  '<bucket>': purposesOf('AWS::S3::Bucket', 'BucketName'),
  '<topic>': purposesOf('AWS::SNS::Topic', 'TopicName'),
  '<flow>': [
    'pipeline',
    ...purposesOf('AWS::CloudWatch::CompositeAlarm', 'AlarmName').map(name =>
      name.replace(/-unhealthy$/, ''),
    ),
  ],
  '<env>': ['prod'],
};

/** The names in the first column of the table under a heading. */
function rowsUnder(heading: string): string[] {
  const [, section = ''] = runbook.split(`\n## ${heading}\n`);
  return [...(section.split('\n## ')[0] ?? '').matchAll(/^\| `(sallyport-[^`]+)` \|/gm)].map(
    match => match[1] ?? '',
  );
}

const formOf = (row: string) =>
  new RegExp(`^${row.replaceAll(/<\w+>/g, word => `(?:${placeholders[word]?.join('|')})`)}$`);

describe.each([
  [
    'Alarms',
    [
      ...namesOf('AWS::CloudWatch::Alarm', 'AlarmName'),
      ...namesOf('AWS::CloudWatch::CompositeAlarm', 'AlarmName'),
    ],
  ],
  [
    'Dead letters',
    namesOf('AWS::SQS::Queue', 'QueueName').filter(name =>
      /-(dead-letters|undelivered|missed-scans|missed-runs)-/.test(name),
    ),
  ],
])('%s', (heading, names) => {
  const rows = rowsUnder(heading);

  test('there are some', () => {
    expect(names.length).toBeGreaterThan(10);
  });

  test('each that the templates make has one row', () => {
    const found = names.map(name => [name, rows.filter(row => formOf(row).test(name)).length]);
    expect(found.filter(([, count]) => count !== 1)).toEqual([]);
  });

  test('each row is about one that the templates make', () => {
    expect(rows.filter(row => !names.some(name => formOf(row).test(name)))).toEqual([]);
  });
});

test('what another region of the account collides with is said: buckets, and the roles of one name', () => {
  const isRegional = (name: string) => name.includes('AWS::Region');
  const buckets = namesOf('AWS::S3::Bucket', 'BucketName');
  expect(buckets.filter(name => isRegional(name) || !name.includes('AWS::AccountId'))).toEqual([]);

  const roles = namesOf('AWS::IAM::Role', 'RoleName').filter(
    name => name.startsWith('sallyport-') && !isRegional(name),
  );
  const [, restore = ''] = runbook.split('\n## Restore\n');
  expect(roles.length).toBeGreaterThan(0);
  expect(roles.filter(name => !restore.includes(`\`${name.replace(/-prod$/, '-<env>')}\``))).toEqual([]);
});

test('every heading that the runbook sends to is there', () => {
  const anchors = [...runbook.matchAll(/\]\(#([\w-]+)\)/g)].map(match => match[1]);
  const headings = [...runbook.matchAll(/^#+ (.+)$/gm)].map(match =>
    match[1]
      ?.toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
  expect(anchors.length).toBeGreaterThan(3);
  expect(anchors.filter(anchor => !headings.includes(anchor))).toEqual([]);
});
