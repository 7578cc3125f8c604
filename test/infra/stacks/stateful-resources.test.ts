import { describe, expect, test } from '@jest/globals';
import { type SynthesizedStack, synthesizeAll } from '../synthesized-stack.ts';
import { wholePipeline } from '../whole-pipeline.ts';

/** The types whose loss is a loss of data, of what opens it, or of what was sent and not yet handled. */
const statefulTypes = [
  'AWS::Backup::BackupVault',
  'AWS::DynamoDB::Table',
  'AWS::KMS::Key',
  'AWS::S3::Bucket',
  'AWS::SQS::Queue',
  'AWS::SecretsManager::Secret',
];

/** Those that others know by their ARN, too: people who have confirmed a subscription, clients who hold an address. */
const lastingTypes = [
  ...statefulTypes,
  'AWS::ApiGateway::RestApi',
  'AWS::CloudTrail::Trail',
  'AWS::SNS::Topic',
];

function ofTypes([id, { json }]: [string, SynthesizedStack], types: readonly string[]) {
  return Object.entries(json.Resources)
    .filter(([, { Type }]) => types.includes(Type))
    .map(([logicalId, resource]) => ({ name: `${id}/${logicalId}`, logicalId, ...resource }));
}

const dev = synthesizeAll(wholePipeline);
const prod = synthesizeAll({ ...wholePipeline, env: 'prod', alertEmails: 'security@example.com' });
const kept = synthesizeAll({ retainData: 'true' });

describe('what holds data', () => {
  test('has a logical id of its own, which no change of structure changes', () => {
    const lasting = dev.flatMap(stack => ofTypes(stack, lastingTypes));
    expect(lasting.length).toBeGreaterThan(60);
    // CDK ends the ids that it derives with eight hexadecimal digits of the path's hash.
    const derived = lasting.filter(({ logicalId }) => /[0-9A-F]{8}$/.test(logicalId));
    expect(derived.map(({ name }) => name)).toEqual([]);
  });

  test.each([
    ['prod', prod, 'RetainExceptOnCreate', 'Retain'],
    ['dev that is told to keep data', kept, 'RetainExceptOnCreate', 'Retain'],
    ['dev', dev, 'Delete', 'Delete'],
  ])('of %s: what becomes of it with its stack', (_name, stacks, deletion, replacement) => {
    const stateful = stacks.flatMap(stack => ofTypes(stack, statefulTypes));
    expect(stateful.length).toBeGreaterThan(50);
    const others = stateful.filter(({ Type, DeletionPolicy, UpdateReplacePolicy }) => {
      // A rollback cannot delete a table that is protected from it.
      const expected = Type === 'AWS::DynamoDB::Table' ? replacement : deletion;
      return DeletionPolicy !== expected || UpdateReplacePolicy !== replacement;
    });
    expect(others.map(({ name }) => name)).toEqual([]);
  });

  test('tables of prod refuse to be deleted, and so do its stacks', () => {
    const tables = prod.flatMap(stack => ofTypes(stack, ['AWS::DynamoDB::Table']));
    expect(tables.filter(({ Properties }) => Properties['DeletionProtectionEnabled'] !== true)).toEqual([]);
    const unprotected = prod.filter(([, stack]) => !stack.terminationProtection).map(([id]) => id);
    // It is deployed into accounts that hold nothing else of ours.
    expect(unprotected).toEqual(['ComplianceReaderStack']);
  });
});
