import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Expectation } from '../../../infra/local/demo/expectation.ts';
import { playFindings } from '../../../infra/local/demo/play-findings.ts';
import {
  type Happening,
  type LocalPipeline,
  startLocalPipeline,
} from '../../../infra/local/local-pipeline.ts';
import { synthesizeLocally } from '../../../infra/local/synthesize-locally.ts';
import { temporaryFolder } from './fixtures/temporary-folder.ts';

describe('the demo of the findings', () => {
  const happenings: Happening[] = [];
  const steps: string[] = [];
  let pipeline: LocalPipeline;
  let results: readonly Expectation[];

  beforeAll(async () => {
    const assembly = join(temporaryFolder('contain'), 'cdk.out');
    await synthesizeLocally(assembly, ['remediationMode=contain']);
    pipeline = await startLocalPipeline({
      assembly,
      logFolder: false,
      onHappening: happening => happenings.push(happening),
    });
    results = await playFindings(pipeline, step => steps.push(step));
  }, 180_000);
  afterAll(() => pipeline.stop());

  test('ends with every expectation met', () => {
    expect(results.length).toBeGreaterThan(10);
    for (const { what, expected, found } of results)
      expect({ what, found }).toEqual({ what, found: expected });
    expect(happenings.filter(({ kind }) => kind === 'fault')).toEqual([]);
    expect(steps.length).toBeGreaterThan(3);
  });

  test('announces a containment with its steps and the way back', () => {
    const [notice] = pipeline.announcements.all.filter(({ message }) => message.includes('demo-backdoor'));
    expect(notice?.attributes).toMatchObject({ kind: 'finding.contained', severity: 'high' });
    expect(notice?.email).toContain('sallyport finding rollback demo-backdoor');
    const { steps: told } = JSON.parse(notice?.message ?? '{}').details;
    const byStatus = told.map(({ status }: { status: string }) => status);
    expect(new Set(byStatus)).toEqual(new Set(['done', 'already-there']));
  });

  test('names the field of the malformed finding in its logs', () => {
    const lines = pipeline.logs(pipeline.outputs['FindingRemediatorFunctionName'] ?? '');
    const [fault] = lines.filter(line => line.includes('Notification malformed'));
    expect(JSON.parse(fault ?? '{}').error.message).toBe('updatedAt: is missing');
  });

  test('leaves no group that it made, once all is rolled back', () => {
    const groups = [...pipeline.account.ec2.groups.values()];
    expect(groups.map(({ name }) => name)).toEqual(['web']);
  });
});
