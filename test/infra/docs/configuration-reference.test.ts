import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { contextSchema } from '../../../infra/config/configuration.ts';
import { flag, list, whole } from '../../../infra/config/configuration-values.ts';
import { describeOption } from '../../../infra/docs/describe-option.ts';
import { readOptionComments } from '../../../infra/docs/option-comments.ts';
import { writeConfigurationReference } from '../../../infra/docs/write-configuration-reference.ts';

const written = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');

describe('docs/configuration.md', () => {
  test('is what the schema says now; else run "npm run docs"', () => {
    expect(written).toBe(writeConfigurationReference());
  });

  test('has one line for each option', () => {
    const named = [...written.matchAll(/^\| `(\w+)` \|/gm)].map(match => match[1]);
    expect(named.toSorted()).toEqual(Object.keys(contextSchema.shape).toSorted());
  });

  test('is refused where an option has no comment, and names it', () => {
    const comments = readOptionComments();
    const options = new Map([...comments.options].filter(([name]) => name !== 'keyDeletionDays'));
    expect(() => writeConfigurationReference({ ...comments, options })).toThrow(
      'Options without a doc comment: keyDeletionDays',
    );
  });
});

describe('what other documents say of options', () => {
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const texts = globSync(['*.md', 'docs/**/*.md'], { cwd: root }).map(file => [
    file,
    readFileSync(`${root}${file}`, 'utf8'),
  ]);

  test.each(texts)('%s sets those that there are', (_file, text = '') => {
    const set = [...text.matchAll(/-c (\w+)=/g)].map(match => match[1] ?? '');
    expect(set.filter(name => name !== 'name' && !(name in contextSchema.shape))).toEqual([]);
  });
});

describe('the comments of the sources', () => {
  const { options, topics } = readOptionComments();

  test('are joined to one line', () => {
    expect(options.get('retainData')).toMatch(/^Keep buckets, .* tables from deletion\. .* all the same\.$/);
  });

  test('are grouped by topic file', () => {
    expect(topics.get('findings')?.title).toBe('What is done about the findings of GuardDuty.');
    expect(topics.get('findings')?.options).toContain('exemptTag');
    expect(topics.get('findings')?.options).not.toContain('env');
  });
});

const choice = z.enum(['a', 'b']);

test.each([
  ['a whole number', whole(2, 9).default(3), { kind: 'whole number', range: '2 to 9', byDefault: '3' }],
  ['a number', z.coerce.number().min(1.5), { kind: 'number', range: '1.5 or more', byDefault: undefined }],
  ['no negative number', whole(0, 5), { kind: 'whole number', range: '0 to 5', byDefault: undefined }],
  ['any number', z.coerce.number().int(), { kind: 'whole number', range: '', byDefault: undefined }],
  ['a flag', flag.default(false), { kind: '`true` or `false`', range: '', byDefault: 'false' }],
  ['an optional flag', flag.optional(), { kind: '`true` or `false`', range: '', byDefault: undefined }],
  ['a choice', choice.default('b'), { kind: 'one of `a`, `b`', range: '', byDefault: 'b' }],
  [
    'a list',
    list(choice, 1).default(['a', 'b']),
    { kind: 'list of `a`, `b`', range: '1 to 1000', byDefault: 'a,b' },
  ],
  [
    'addresses',
    list(z.email(), 0, 9).default([]),
    { kind: 'list of e-mail address', range: '0 to 9', byDefault: '' },
  ],
  [
    'a form with words of its own',
    list(z.string().regex(/^\d$/, 'must be a digit')).optional(),
    { kind: 'list of text', range: '0 to 1000; each: a digit', byDefault: undefined },
  ],
  [
    'a check with words of its own',
    z.coerce.number().refine(value => value === 7, 'must be 7'),
    { kind: 'number', range: '7', byDefault: undefined },
  ],
])('%s is described', (_name, schema, description) => {
  expect(describeOption(schema)).toEqual(description);
});
