import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const app = fileURLToPath(new URL('../../infra/app.ts', import.meta.url));

describe('synthesis as a command', () => {
  test.each([
    ['every wrong value', ['-c', 'env=staging', '-c', 'account=1'], ['env:', 'account:']],
    ['every pair that is none', ['-c', 'env', '-c', '=dev'], ['-c env: must be name=value', '-c =dev:']],
  ])('names %s at once and exits with 2', (_name, options, faults) => {
    const { status, stderr, stdout } = spawnSync(process.execPath, [app, ...options], { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    for (const fault of faults) expect(stderr).toContain(fault);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
