import { describe, expect, test } from '@jest/globals';
import { physicalNamesOf } from '../physical-names.ts';
import { allStatements, render, synthesizeAll } from '../synthesized-stack.ts';
import { wholePipeline } from '../whole-pipeline.ts';

const dev = synthesizeAll();
const prod = synthesizeAll({ env: 'prod', alertEmails: 'security@example.com' });

describe('E13: environments and stacks live side by side', () => {
  test('no two resources of one type share a physical name', () => {
    const names = [...dev, ...prod].flatMap(([, stack]) =>
      Object.values(stack.json.Resources).flatMap(resource =>
        physicalNamesOf({ ...stack, json: { ...stack.json, Resources: { resource } } })
          // API Gateway names this one after the API's generated id.
          .filter(name => !name.startsWith('API-Gateway-Execution-Logs_'))
          .map(name => `${resource.Type} ${name}`),
      ),
    );
    expect(names.length).toBeGreaterThan(100);
    expect(names.filter((name, place) => names.indexOf(name) !== place)).toEqual([]);
  });

  test.each([...dev])('%s: no custom resource, and no account of whoever synthesizes it', (_id, { json }) => {
    const types = Object.values(json.Resources).map(({ Type }) => Type);
    expect(types.filter(type => /^Custom::|CustomResource/.test(type))).toEqual([]);
    expect(JSON.stringify(json)).not.toMatch(/(?<!\d)\d{12}(?!\d)/);
  });
});

describe('E13: an update finds what is deployed', () => {
  test('constructs keep their ids, which stand in the logical ids of all that they make', () => {
    const ids = dev.map(([id, { constructs }]) => [id, constructs.filter(child => child !== 'Exports')]);
    expect(Object.fromEntries(ids)).toMatchObject({
      ComplianceLogsStack: ['ComplianceLogs'],
      ProcessingStack: ['DocumentProcessing'],
      IntakeStack: ['UploadIntake'],
      TrailStack: ['TrailAnalysis'],
      DocumentApiStack: ['DocumentApi'],
      RecordsStack: ['RecordIngestion'],
      ComplianceStack: ['ComplianceMonitor'],
      FindingsStack: ['FindingResponse'],
    });
  });
});

describe('what one stack takes from another', () => {
  test('is the key of a bucket that it writes into, and nothing else', () => {
    const taken = dev.map(([id, { json }]) => {
      const imports = [...JSON.stringify(json).matchAll(/\{"Fn::ImportValue":"[^"]+"\}/g)];
      const names = imports.map(([whole]) => String(render(JSON.parse(whole))));
      return [id, [...new Set(names)]];
    });
    expect(Object.fromEntries(taken)).toEqual({
      ComplianceLogsStack: [],
      ProcessingStack: ['<sallyport-compliance-logs-dev:ComplianceLogsKeyArn>'],
      IntakeStack: ['<sallyport-processing-dev:InternalProcessingKeyArn>'],
      TrailStack: [],
      DocumentApiStack: [],
      RecordsStack: ['<sallyport-compliance-logs-dev:ComplianceLogsKeyArn>'],
      ComplianceStack: ['<sallyport-compliance-logs-dev:ComplianceLogsKeyArn>'],
      FindingsStack: [],
      SecurityMonitoringStack: [],
      ObservabilityStack: [],
    });
    // Strong references alone: a key that another stack encrypts under cannot be deleted before it.
    for (const [, { json }] of dev) expect(JSON.stringify(json)).not.toContain('Fn::GetStackOutput');
  });

  test('of the whole pipeline: keys, and where functions run in the network', () => {
    const whole = synthesizeAll(wholePipeline);
    const taken = whole.flatMap(([, { json }]) =>
      [...JSON.stringify(json).matchAll(/\{"Fn::(?:ImportValue|GetStackOutput)":[^}]+\}/g)].map(
        ([reference]) => String(render(JSON.parse(reference))),
      ),
    );
    const kinds = new Set(taken.map(name => name.replace(/^<sallyport-([\w-]+?)-dev:(.*)>$/, '$1 $2')));
    const stable = /^[\w-]+ \w*Key(Arn)?$|^network Network(Subnet\d|FunctionsGroup\w*GroupId)$/;
    expect([...kinds].filter(kind => !stable.test(kind))).toEqual([]);
    expect(kinds.size).toBeGreaterThan(5);
  });

  test('orders the deployment', () => {
    const dependencies = Object.fromEntries(dev.map(([id, stack]) => [id, stack.dependencies]));
    const { ObservabilityStack: last, ...others } = dependencies;
    expect(last?.toSorted()).toEqual(Object.keys(others).sort());
    expect(others).toEqual({
      ComplianceLogsStack: [],
      ProcessingStack: ['ComplianceLogsStack'],
      IntakeStack: ['ProcessingStack'],
      TrailStack: [],
      DocumentApiStack: [],
      RecordsStack: ['ComplianceLogsStack'],
      ComplianceStack: ['ComplianceLogsStack'],
      FindingsStack: [],
      SecurityMonitoringStack: [],
    });
  });

  test('stands in no key policy and no policy of a queue or topic: those would wait for each other', () => {
    for (const [, stack] of dev) {
      const foreign = allStatements(stack).filter(
        ({ policy, principals }) => principals.length > 0 && /Key$|Policy/.test(policy),
      );
      expect(JSON.stringify(foreign)).not.toMatch(/<sallyport-[\w-]+:/);
    }
  });
});
