import { execFile } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const run = promisify(execFile);

interface CodeBlock {
  readonly file: string;
  readonly line: number;
  readonly language: string;
  readonly code: string;
}

const documents = [...globSync('*.md', { cwd: root }), ...globSync('docs/**/*.md', { cwd: root })].toSorted();

function codeBlocks(file: string): CodeBlock[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(match => ({
    file,
    line: text.slice(0, match.index).split('\n').length,
    language: match[1] ?? '',
    code: match[2] ?? '',
  }));
}

const blocks = documents.flatMap(codeBlocks);
const blocksIn = (language: string) =>
  blocks
    .filter(block => block.language === language)
    .map(block => ({ ...block, place: `${block.file}:${block.line}` }));

/** Commands that need an account, a running pipeline, or the gate that runs this very test; of the rest, `# exit N` says how one ends. */
const onlyParsed = /^(aws|curl|git|cd|npm|npx cdk|export)\b/m;
/** Inside the package, so that `sallyport` resolves to the package itself. */
const scratch = join(root, '.local', 'documentation');
const fileOf = ({ file, line }: CodeBlock) => join(scratch, `${file.replaceAll(/\W/g, '-')}-${line}.ts`);

beforeAll(() => {
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  for (const block of blocksIn('ts')) writeFileSync(fileOf(block), `${block.code}\nexport {};\n`);
  writeFileSync(
    join(scratch, 'tsconfig.json'),
    JSON.stringify({
      extends: '../../infra/tsconfig.json',
      compilerOptions: { noUnusedLocals: false },
      include: ['*.ts', '../../infra/local/dynalite.d.ts'],
      exclude: [],
    }),
  );
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test('there are documents, and blocks of each kind', () => {
  expect(documents).toContain('README.md');
  for (const language of ['bash', 'ts']) expect(blocksIn(language).length).toBeGreaterThan(0);
});

test('every block names a language that is checked, or is plain text', () => {
  const unknown = blocks.filter(
    ({ language }) => !['bash', 'ts', 'json', 'mermaid', 'text', ''].includes(language),
  );
  expect(unknown).toEqual([]);
});

describe('TypeScript', () => {
  test('compiles under strict settings', async () => {
    const compiled = await run(join(root, 'node_modules/.bin/tsc'), ['-p', scratch]).catch(
      (error: { stdout: string }) => error,
    );
    expect(compiled.stdout).toBe('');
  });

  test.each(blocksIn('ts'))('$place runs', async block => {
    await run(process.execPath, [fileOf(block)], { cwd: root });
  });
});

describe('commands', () => {
  test.each(blocksIn('bash'))('$place parses', async ({ code }) => {
    await run('bash', ['-n', '-c', code]);
  });

  const commands = blocksIn('bash')
    .filter(({ code }) => !onlyParsed.test(code))
    .flatMap(({ place, code }) =>
      code
        .trim()
        .split('\n')
        .map(command => ({ place, command })),
    );

  test.each(commands)('$place: $command', async ({ command }) => {
    const expected = Number(/# exit (\d+)$/.exec(command)?.[1] ?? 0);
    const path = `${dirname(process.execPath)}:${process.env['PATH']}`;
    const exit = await run('bash', ['-o', 'pipefail', '-c', command], {
      cwd: root,
      env: { PATH: path },
    }).then(
      () => 0,
      (error: { code: number }) => error.code,
    );
    expect(exit).toBe(expected);
  });

  test('every npm script that is named exists', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const texts = documents.map(file => readFileSync(join(root, file), 'utf8')).join('\n');
    const named = [...texts.matchAll(/npm (?:run ([\w:-]+)|(test|start)\b)/g)].map(
      match => match[1] ?? match[2],
    );
    expect(named.length).toBeGreaterThan(5);
    for (const name of named) expect(Object.keys(scripts)).toContain(name);
  });
});

test('every block of JSON parses', () => {
  for (const { code } of blocksIn('json')) JSON.parse(code);
});

test.each(documents)('every link of %s leads to a file', file => {
  const text = readFileSync(join(root, file), 'utf8');
  const links = [...text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(match => match[1] ?? '');
  for (const link of links) {
    expect(globSync(join(dirname(file), link), { cwd: root })).toHaveLength(1);
  }
});
