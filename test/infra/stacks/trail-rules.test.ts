import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { ConfigurationError } from '../../../infra/config/configuration.ts';
import { SallyportApp } from '../../../infra/stacks/sallyport-app.ts';
import { stubBundles } from '../synthesized-stack.ts';

const rules = '{ "monitoredEvents": ["ConsoleLogin"] }';
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-trail-rules-'));
  writeFileSync(join(folder, 'good.json'), rules, { mode: 0o600 });
  writeFileSync(join(folder, 'bad.json'), '{ "monitoredEvents": [], "events": ["ConsoleLogin"] }');
  // A pack's name comes before a file of that name.
  mkdirSync(join(folder, 'account-changes'));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Where the analyzer's code is, relative to the assembly, its rules, and the files that lie there. */
function analyzerOf(outdir: string, trailRules: string) {
  const app = new SallyportApp({
    bundles: stubBundles,
    outdir: join(folder, outdir),
    context: { trailRules, trailGlobalEvents: 'false' },
  });
  const template = Template.fromStack(app.trailStack).findResources('AWS::Lambda::Function', {
    Properties: { FunctionName: 'sallyport-trail-analyzer-dev' },
  });
  const [found] = Object.values(template) as {
    Properties: { Environment: { Variables: Record<string, string> }; Code: { S3Key: string } };
  }[];
  const key = found?.Properties.Code.S3Key ?? '';
  const manifest = JSON.parse(readFileSync(join(folder, outdir, 'TrailStack.assets.json'), 'utf8')) as {
    files: Record<string, { source: { path: string } }>;
  };
  const code = join(folder, outdir, manifest.files[key.replace('.zip', '')]?.source.path ?? '');
  return { source: found?.Properties.Environment.Variables['TRAIL_RULES'], key, code };
}

describe('C2: the rules of the analyzer', () => {
  test('are a pack by its name, which is in the code already', () => {
    const { source, code } = analyzerOf('pack', 'account-changes');
    expect(source).toBe('account-changes');
    expect(readdirSync(code)).toEqual(['index.mjs']);
  });

  test('of a file lie beside the code, readable for the function, and leave the bundle alone', () => {
    const { source, code } = analyzerOf('file', join(folder, 'good.json'));
    expect(source).toBe('./rules.json');
    expect(readdirSync(code).sort()).toEqual(['index.mjs', 'rules.json']);
    expect(readFileSync(join(code, 'rules.json'), 'utf8')).toBe(rules);
    expect(readdirSync(join(stubBundles, 'trail-analyzer'))).toEqual(['index.mjs']);
  });

  test('are the same asset for the same file, wherever it is synthesized, and another for other rules', () => {
    const first = analyzerOf('first', join(folder, 'good.json'));
    chmodSync(join(folder, 'good.json'), 0o644);
    expect(analyzerOf('second', join(folder, 'good.json')).key).toBe(first.key);
    expect(analyzerOf('second', join(folder, 'good.json')).key).toBe(first.key);
    writeFileSync(join(folder, 'other.json'), '{ "monitoredEvents": ["StopLogging"] }');
    expect(analyzerOf('second', join(folder, 'other.json')).key).not.toBe(first.key);
    expect(analyzerOf('third', 'account-changes').key).not.toBe(first.key);
  });

  test.each([
    [
      'that cannot be used',
      'bad.json',
      ['bad.json: monitoredEvents: must name', 'bad.json: unknown key "events"'],
    ],
    [
      'that is not there',
      'none.json',
      ['none.json cannot be read (ENOENT), and "', 'there is account-changes'],
    ],
    ['that is a folder', 'account-changes', ['cannot be read (EISDIR)']],
  ])('of a file %s fail the synthesis with every fault', (_name, file, faults) => {
    let caught: unknown;
    try {
      analyzerOf('bad', join(folder, file));
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(ConfigurationError);
    for (const fault of faults) expect((caught as Error).message).toContain(fault);
  });

  test('are found from the working folder, and a wrong file ends the command with 2', () => {
    const app = fileURLToPath(new URL('../../../infra/app.ts', import.meta.url));
    const { status, stdout, stderr } = spawnSync(process.execPath, [app, '-c', 'trailRules=bad.json'], {
      encoding: 'utf8',
      cwd: folder,
    });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('unknown key "events"');
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
