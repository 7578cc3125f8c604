import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const run = promisify(execFile);
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  exports: Record<string, unknown>;
  bin: Record<string, string>;
};
const entries = Object.keys(manifest.exports)
  .filter(entry => !entry.endsWith('.json'))
  .map(entry => entry.replace('.', 'sallyport'));

/** Runs a module in a process of its own, inside the package, with no environment but a path. */
async function evaluate(code: string): Promise<string> {
  const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: root,
    env: {},
  });
  return stdout + stderr;
}

describe('the built package', () => {
  test.each(entries)('importing %s does nothing: no output, no open handle', async entry => {
    expect(await evaluate(`await import('${entry}')`)).toBe('');
  });

  test('the main entry holds the public functions and services', async () => {
    const names = JSON.parse(
      await evaluate(`console.log(JSON.stringify(Object.keys(await import('sallyport'))))`),
    ) as string[];
    expect(names).toEqual(
      expect.arrayContaining([
        'IntakeStarter',
        'PortError',
        'UploadRecorder',
        'defaultObjectKeyPolicy',
        'isPortError',
        'parseObjectKey',
        'uploadIdentity',
      ]),
    );
  });

  test('the main entry needs no AWS SDK, no Powertools, no Inversify', async () => {
    const loaded = await evaluate(`
      import { registerHooks } from 'node:module';
      registerHooks({ resolve: (name, context, next) => { if (/^[@a-z]/.test(name) && !name.startsWith('node:')) console.log(name); return next(name, context); } });
      await import('sallyport');`);
    expect(loaded).not.toMatch(/aws|inversify|powertools/);
  });

  test.each([
    ['s3', ['@aws-sdk/client-s3']],
    ['s3-presigned-post', ['@aws-sdk/s3-presigned-post']],
    ['dynamodb', ['@aws-sdk/client-dynamodb', '@aws-sdk/lib-dynamodb']],
    ['security-hub', ['@aws-sdk/client-securityhub']],
    [
      'containment',
      [
        '@aws-sdk/client-auto-scaling',
        '@aws-sdk/client-ec2',
        '@aws-sdk/client-elastic-load-balancing-v2',
        '@aws-sdk/client-iam',
        '@aws-sdk/client-s3',
      ],
    ],
    [
      'resource-inventory',
      [
        '@aws-sdk/client-cloudwatch-logs',
        '@aws-sdk/client-dynamodb',
        '@aws-sdk/client-kms',
        '@aws-sdk/client-s3',
        '@aws-sdk/client-s3-control',
        '@aws-sdk/client-secrets-manager',
        '@aws-sdk/client-sns',
        '@aws-sdk/client-sqs',
        '@aws-sdk/client-sts',
      ],
    ],
    ['api-gateway', ['@aws-sdk/client-api-gateway']],
    ['secrets-manager', ['@aws-sdk/client-secrets-manager']],
    ['sns', ['@aws-sdk/client-sns']],
    ['sqs', ['@aws-sdk/client-sqs']],
    ['step-functions', ['@aws-sdk/client-sfn']],
  ])('sallyport/adapters/aws/%s needs no SDK client but %j', async (service, clients) => {
    const loaded = await evaluate(`
      import { registerHooks } from 'node:module';
      const own = new Set();
      registerHooks({ resolve: (name, context, next) => { if (context.parentURL?.includes('/dist/') && name.startsWith('@')) own.add(name); return next(name, context); } });
      await import('sallyport/adapters/aws/${service}');
      console.log(JSON.stringify([...own].filter(name => !name.startsWith('@aws-sdk/core')).sort()));`);
    expect(JSON.parse(loaded)).toEqual(clients);
  });

  test('every lock entry that is optional elsewhere is there, or `npm ci` refuses the lockfile', () => {
    const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { optionalDependencies?: Record<string, string>; resolved?: string }>;
    };
    const paths = Object.keys(packages);
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        name =>
          !paths.some(other => other === `node_modules/${name}` || other === `${path}/node_modules/${name}`),
      ),
    );
    expect(missing).toEqual([]);
    expect(Object.values(packages).filter(({ resolved }) => resolved !== undefined)).toEqual([]);
  });

  test('an error of another copy of the package is told as a port failure', async () => {
    const code = `
      import { isPortError } from 'sallyport';
      const { PortError } = await import('./dist/ports/failure.js?copy');
      const error = new PortError({ kind: 'denied', operation: 'o', code: 'c', message: 'm' });
      console.log(isPortError(error), isPortError(new Error('m')));`;
    expect(await evaluate(code)).toBe('true false\n');
  });

  test('no public type is `any`', () => {
    const files = globSync('dist/**/*.d.ts', { cwd: root }).filter(file => !file.startsWith('dist/lambda'));
    expect(files.length).toBeGreaterThan(20);
    const loose = files.filter(file => {
      const declarations = readFileSync(join(root, file), 'utf8').replaceAll(/\/\*.*?\*\/|\/\/.*$/gms, '');
      return /[:<|&=(,]\s*any\b/.test(declarations);
    });
    expect(loose).toEqual([]);
  });
});
