import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ConfigurationError } from '../../../infra/config/configuration.ts';
import { SallyportApp } from '../../../infra/stacks/sallyport-app.ts';
import { type SynthesizedStack, stubBundles } from '../synthesized-stack.ts';

describe('A7: a policy file', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-policy-'));
    writeFileSync(join(folder, 'policy.json'), '{}', { mode: 0o600 });
    writeFileSync(join(folder, 'bad.json'), '{"colour":"blue"}');
    writeFileSync(join(folder, 'no.json'), '{');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const appOf = (name: string, context: Record<string, string>) =>
    new SallyportApp({ bundles: stubBundles, outdir: join(folder, name), context });

  const written = (file: string): unknown => JSON.parse(readFileSync(join(folder, 'out', file), 'utf8'));

  test('stands beside the code, where the function finds it', () => {
    const app = appOf('out', { compliancePolicy: join(folder, 'policy.json') });
    app.synth();
    const { Resources } = written('ComplianceStack.template.json') as SynthesizedStack['json'];
    const [scanner] = Object.values(Resources).filter(({ Type }) => Type === 'AWS::Lambda::Function');
    expect(scanner?.Properties['Environment']).toMatchObject({
      Variables: { COMPLIANCE_POLICY: './policy.json' },
    });
    const code = scanner?.Properties['Code'] as { S3Key: string } | undefined;
    const { files } = written('ComplianceStack.assets.json') as {
      files: Record<string, { source: { path: string } }>;
    };
    const asset = files[code?.S3Key.replace('.zip', '') ?? ''];
    const place = join(folder, 'out', asset?.source.path ?? '');
    expect(readdirSync(place).sort()).toEqual(['index.mjs', 'policy.json']);
    expect(readFileSync(join(place, 'policy.json'), 'utf8')).toBe('{}');
    expect(readdirSync(join(stubBundles, 'compliance-scanner'))).toEqual(['index.mjs']);
  });

  test('that cannot be used fails the synthesis with every fault, those of the rules file included', () => {
    let caught: unknown;
    try {
      appOf('bad', { compliancePolicy: join(folder, 'bad.json'), trailRules: join(folder, 'none.json') });
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(ConfigurationError);
    const { faults } = caught as ConfigurationError;
    expect(faults).toEqual([
      expect.stringMatching(/^trailRules: .*none\.json cannot be read/),
      expect.stringMatching(/^compliancePolicy: .*bad\.json: .*colour/),
    ]);
  });

  test.each([
    ['no JSON', 'no.json', /is no JSON/],
    ['not there', 'gone.json', /cannot be read \(ENOENT\)/],
  ])('that is %s is refused', (_name, file, fault) => {
    expect(() => appOf('refused', { compliancePolicy: join(folder, file) })).toThrow(fault);
  });
});
