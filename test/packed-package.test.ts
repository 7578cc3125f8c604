import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const run = promisify(execFile);

/** A project of somebody else's: the packed files as a package, CDK and what the package depends on, and nothing more. */
let project: string;
let files: string[];

const installed = ['aws-cdk-lib', 'constructs', 'zod', '@types', 'undici-types'];

/** The targets of a document's links to files, without their anchors. */
function linksOf(text: string): readonly string[] {
  return [...text.matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)].map(match => match[1] ?? '');
}

/** Every folder that a file stands in. */
function foldersOf(file: string): readonly string[] {
  const parts = file.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

const consumer = `
import { App, Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Role } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { RecordIngestion, TrailAnalysis, type TrailAnalysisProps } from 'sallyport/infra';

const app = new App();
for (const environment of ['dev', 'prod'] as const) {
  const stack = new Stack(app, environment);
  const props: TrailAnalysisProps = { configuration: { environment } };
  const trail = new TrailAnalysis(stack, 'Trail', props);
  trail.grantReadEvents(Role.fromRoleName(stack, 'Analysts', 'analysts')).assertSuccess();
  new RecordIngestion(stack, 'Records', {
    configuration: { environment },
    existingBucket: new Bucket(stack, 'Files', { versioned: true }),
    existingVpc: new Vpc(stack, 'Network'),
  });
}
const { stacks } = app.synth();
console.log(stacks.map(({ stackName }) => stackName).join());
`;

beforeAll(async () => {
  const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    maxBuffer: 64 * 1024 * 1024,
  });
  const [packed] = JSON.parse(stdout) as { readonly files: readonly { readonly path: string }[] }[];
  files = (packed?.files ?? []).map(({ path }) => path);
  project = mkdtempSync(join(tmpdir(), 'sallyport-consumer-'));
  for (const file of files) {
    const target = join(project, 'node_modules/sallyport', file);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(join(root, file), target);
  }
  for (const name of installed) {
    symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name));
  }
  writeFileSync(join(project, 'package.json'), JSON.stringify({ type: 'module' }));
  writeFileSync(join(project, 'app.ts'), consumer);
  writeFileSync(
    join(project, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        target: 'es2024',
        module: 'nodenext',
        strict: true,
        exactOptionalPropertyTypes: true,
        skipLibCheck: true,
        outDir: 'built',
        types: ['node'],
      },
      files: ['app.ts'],
    }),
  );
}, 120_000);
afterAll(() => rmSync(project, { recursive: true, force: true }));

describe('the packed package', () => {
  test('holds the constructs, and a bundle for each function that they deploy', () => {
    expect(files).toEqual(expect.arrayContaining(['dist/infra/index.js', 'dist/infra/index.d.ts']));
    const sources = files
      .filter(file => file.startsWith('dist/infra/constructs/') && file.endsWith('.js'))
      .map(file => readFileSync(join(root, file), 'utf8'))
      .join('\n');
    const deployed = [...sources.matchAll(/(?:bundleOf\(|serviceName: )'([\w-]+)'/g)]
      .map(match => match[1])
      .filter(name => name !== 'trail-dead-letter-keeper');
    expect(deployed.length).toBeGreaterThan(5);
    for (const name of deployed) expect(files).toContain(`dist/lambda/${name}/index.mjs`);
  });

  test('holds no source, no test and no tool', () => {
    expect(files.filter(file => /^(src|infra|test|node_modules)\//.test(file))).toEqual([]);
    const infra = files.filter(file => file.startsWith('dist/infra/') && file.endsWith('.js'));
    for (const file of infra) {
      const imported = [...readFileSync(join(root, file), 'utf8').matchAll(/from '([^.'][^']*)'/g)].map(
        match => match[1] ?? '',
      );
      expect(imported.filter(name => !/^(node:|aws-cdk-lib(\/|$)|constructs$|zod$)/.test(name))).toEqual([]);
    }
  });

  test('its documents link to nothing that it does not hold', () => {
    const documents = files.filter(file => file.endsWith('.md'));
    expect(documents).toEqual(expect.arrayContaining(['README.md', 'ARCHITECTURE.md', 'docs/trail.md']));
    const held = new Set(files.flatMap(file => [file, ...foldersOf(file)]));
    const broken = documents.flatMap(document =>
      linksOf(readFileSync(join(root, document), 'utf8'))
        .map(link => join(dirname(document), link))
        .filter(target => !held.has(target))
        .map(target => `${document}: ${target}`),
    );
    expect(broken).toEqual([]);
  });

  test('its constructs compile under strict settings and synthesize with their own bundles, two environments in one app', async () => {
    const tsc = await run(join(root, 'node_modules/.bin/tsc'), ['-p', project]).catch(
      (error: { stdout: string }) => error,
    );
    expect(tsc.stdout).toBe('');
    const { stdout } = await run(process.execPath, ['built/app.js'], {
      cwd: project,
      env: { TMPDIR: project },
    });
    expect(stdout.trim().split('\n').at(-1)).toBe('dev,prod');
  }, 120_000);
});
