import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const app = fileURLToPath(new URL('../../infra/app.ts', import.meta.url));

describe('synthesis as a command', () => {
  test.each([
    ['every wrong value', ['-c', 'env=staging', '-c', 'account=1'], ['env:', 'account:']],
    ['an option that is none', ['--foo'], ['--foo']],
    ['every pair that is none', ['-c', 'env', '-c', '=dev'], ['-c env: must be name=value', '-c =dev:']],
  ])('names %s at once and exits with 2', (_name, options, faults) => {
    const { status, stderr, stdout } = spawnSync(process.execPath, [app, ...options], { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    for (const fault of faults) expect(stderr).toContain(fault);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test('takes no account and no region from the caller: the template fits wherever it is deployed', () => {
    const outdir = mkdtempSync(join(tmpdir(), 'sallyport-app-'));
    try {
      const { status } = spawnSync(process.execPath, [app], {
        encoding: 'utf8',
        env: {
          ...process.env,
          CDK_OUTDIR: outdir,
          CDK_DEFAULT_ACCOUNT: '111122223333',
          CDK_DEFAULT_REGION: 'us-east-1',
        },
      });
      expect(status).toBe(0);
      const templates = readdirSync(outdir).filter(file => file.endsWith('.template.json'));
      expect(templates.sort()).toEqual(
        [
          'ComplianceLogs',
          'Compliance',
          'DocumentApi',
          'Findings',
          'Intake',
          'Observability',
          'Processing',
          'Records',
          'SecurityMonitoring',
          'Trail',
        ].map(name => `${name}Stack.template.json`),
      );
      for (const template of templates) {
        expect(readFileSync(join(outdir, template), 'utf8')).not.toMatch(/us-east-1|111122223333/);
      }
    } finally {
      rmSync(outdir, { recursive: true });
    }
  });

  test.each([
    ['warns of a prod that tells nobody', ['-c', 'env=prod'], true],
    ['is silent where somebody is told', ['-c', 'env=prod', '-c', 'alertEmails=a@example.com'], false],
    ['is silent in dev', [], false],
  ])('%s', (_name, options, warned) => {
    const outdir = mkdtempSync(join(tmpdir(), 'sallyport-app-'));
    try {
      const env = { ...process.env, CDK_OUTDIR: outdir };
      const { status, stdout, stderr } = spawnSync(process.execPath, [app, ...options], {
        encoding: 'utf8',
        env,
      });
      expect(status).toBe(0);
      expect((stdout + stderr).includes('nobody is subscribed')).toBe(warned);
    } finally {
      rmSync(outdir, { recursive: true });
    }
  });
});
