import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readCloudAssembly } from '../../../infra/local/cloud-assembly.ts';
import { writeAssembly } from './fixtures/write-assembly.ts';

describe('readCloudAssembly', () => {
  test('puts a stack behind those that it depends on', () => {
    const folder = writeAssembly({
      stacks: {
        alarms: { template: {}, dependsOn: ['intake'] },
        intake: { template: {}, dependsOn: ['keys'] },
        keys: { template: {} },
      },
    });
    expect(readCloudAssembly(folder).stacks.map(({ name }) => name)).toEqual([
      'stack-keys',
      'stack-intake',
      'stack-alarms',
    ]);
  });

  test('reads resources, their properties absent or not', () => {
    const template = { Resources: { Queue: { Type: 'AWS::SQS::Queue', DeletionPolicy: 'Retain' } } };
    const { stacks } = readCloudAssembly(writeAssembly({ stacks: { intake: { template } } }));
    expect(stacks[0]?.template.Resources['Queue']).toMatchObject({ Type: 'AWS::SQS::Queue', Properties: {} });
  });

  test('finds a file asset by the key under which it would be uploaded', () => {
    const folder = writeAssembly({ stacks: { intake: { template: {} } }, functions: { trigger: '' } });
    const assembly = readCloudAssembly(folder);
    expect(assembly.assetFolder('trigger.zip')).toBe(join(folder, 'asset.trigger'));
    expect(assembly.assetFolder('other.zip')).toBeUndefined();
  });

  test('says what to do where nothing was synthesized', () => {
    expect(() => readCloudAssembly(join(tmpdir(), 'no-assembly-here'))).toThrow('npm run synth');
  });

  test.each([
    ['manifest.json', '{'],
    ['intake.template.json', ''],
    ['intake.template.json', '{"a":'],
    ['assets.json', 'x'],
  ])('names %s where %j is no JSON', (file, text) => {
    const folder = writeAssembly({ stacks: { intake: { template: {} } } });
    writeFileSync(join(folder, file), text);
    expect(() => readCloudAssembly(folder)).toThrow(`${join(folder, file)} is no JSON`);
  });

  test('names the file and the fault of a malformed template', () => {
    const folder = writeAssembly({ stacks: { intake: { template: {} } } });
    writeFileSync(
      join(folder, 'intake.template.json'),
      JSON.stringify({ Resources: { Queue: { Type: 7 } } }),
    );
    expect(() => readCloudAssembly(folder)).toThrow(/intake\.template\.json: [\s\S]*Resources\.Queue\.Type/);
  });
});
