import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** The rules that a tree of these files breaks. */
function brokenRules(files: Readonly<Record<string, string>>): string[] {
  const tree = mkdtempSync(join(tmpdir(), 'sallyport-arrows-'));
  try {
    for (const [file, code] of Object.entries(files)) {
      mkdirSync(join(tree, dirname(file)), { recursive: true });
      writeFileSync(join(tree, file), code);
    }
    const { stdout } = spawnSync(
      process.execPath,
      [
        join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs'),
        ...['--config', join(root, '.dependency-cruiser.mjs'), '--output-type', 'json', '.'],
      ],
      { cwd: tree, encoding: 'utf8' },
    );
    const { summary } = JSON.parse(stdout) as { summary: { violations: { rule: { name: string } }[] } };
    return [...new Set(summary.violations.map(({ rule }) => rule.name))].toSorted();
  } finally {
    rmSync(tree, { recursive: true });
  }
}

const importing = (path: string) => `import type { A } from '${path}';\nexport type B = A;\n`;
const a = 'export interface A {}\n';

test.each<[string, Record<string, string>, string[]]>([
  ['a tidy tree', { 'src/ports/a.ts': a, 'src/domain/intake/b.ts': importing('../../ports/a.ts') }, []],
  [
    'a port that knows the domain',
    { 'src/domain/kernel/a.ts': a, 'src/ports/b.ts': importing('../domain/kernel/a.ts') },
    ['ports-import-nothing'],
  ],
  [
    'a decision that reads files',
    { 'src/domain/intake/b.ts': "export * from 'node:fs';\n" },
    ['domain-imports-ports-kernel-and-computing-only'],
  ],
  [
    'a decision that knows an adapter',
    { 'src/adapters/aws/a.ts': a, 'src/domain/intake/b.ts': importing('../../adapters/aws/a.ts') },
    ['domain-imports-ports-kernel-and-computing-only'],
  ],
  [
    'a room that asks another',
    { 'src/domain/trail/a.ts': a, 'src/domain/intake/b.ts': importing('../trail/a.ts') },
    ['rooms-do-not-import-each-other'],
  ],
  [
    'documents that ask sensitive-data, the declared edge',
    { 'src/domain/sensitive-data/a.ts': a, 'src/domain/documents/b.ts': importing('../sensitive-data/a.ts') },
    [],
  ],
  [
    'another room that asks sensitive-data',
    { 'src/domain/sensitive-data/a.ts': a, 'src/domain/intake/b.ts': importing('../sensitive-data/a.ts') },
    ['only-documents-asks-sensitive-data'],
  ],
  [
    'an adapter that decides',
    { 'src/domain/intake/a.ts': a, 'src/adapters/aws/b.ts': importing('../../domain/intake/a.ts') },
    ['adapters-import-ports-zod-and-their-sdk'],
  ],
  [
    'a local run that looks behind the template',
    { 'infra/stacks/a.ts': a, 'infra/local/b.ts': importing('../stacks/a.ts') },
    ['local-run-starts-from-the-template'],
  ],
  [
    'a construct that knows more of a handler than its environment',
    { 'src/handlers/lambda/a.ts': a, 'infra/constructs/b.ts': importing('../../src/handlers/lambda/a.ts') },
    ['infra-sees-only-the-environment-schemas'],
  ],
  [
    'files that import each other',
    { 'src/ports/a.ts': `${importing('./b.ts')}${a}`, 'src/ports/b.ts': importing('./a.ts') },
    ['no-cycles'],
  ],
])('the arrows of the house: %s', (_, files, broken) => {
  expect(brokenRules(files)).toEqual(broken);
});
