import { describe, expect, test } from '@jest/globals';
import { findingImporterContract } from '../../../src/adapters/contracts/finding-importer-contract.ts';
import { MemoryFindingImporter } from '../../../src/adapters/memory/memory-finding-importer.ts';
import type { AsffFinding } from '../../../src/ports/finding-importer.ts';

describe(`the contract of ${findingImporterContract.port}`, () => {
  test.each(findingImporterContract.cases)('$name', ({ run }) => {
    const importer = new MemoryFindingImporter();
    return run({ importer, find: async id => importer.findings.find(finding => finding.Id === id) });
  });
});

const finding = (Id: string, fields: Readonly<Record<string, string>> = {}): AsffFinding => ({
  SchemaVersion: '2018-10-08',
  Id,
  ProductArn: 'arn:aws:securityhub:eu-central-1:111122223333:product/111122223333/default',
  AwsAccountId: '111122223333',
  GeneratorId: 'sallyport',
  Types: ['Software and Configuration Checks'],
  CreatedAt: '2026-11-21T08:00:00.000Z',
  UpdatedAt: '2026-11-21T08:00:00.000Z',
  Severity: { Label: 'HIGH' },
  Title: 'Title',
  Description: 'Description',
  Resources: [{ Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::uploads' }],
  ...fields,
});

test('findings stand in the order of their first arrival, and are copies', async () => {
  const importer = new MemoryFindingImporter();
  const given = finding('b') as Record<string, string> & AsffFinding;
  await importer.import([given, finding('a')]);
  given['Title'] = 'changed';
  const [told] = importer.findings;
  Object.assign(told ?? {}, { Title: 'changed' });
  await importer.import([finding('b', { Description: 'Later' })]);

  expect(importer.findings.map(({ Id, Title, Description }) => [Id, Title, Description])).toEqual([
    ['b', 'Title', 'Later'],
    ['a', 'Title', 'Description'],
  ]);
});

test('what misses several attributes is told all of them', async () => {
  const { Title: _, Severity: __, ...poor } = finding('a');

  expect(await new MemoryFindingImporter().import([poor])).toEqual({
    imported: 0,
    failed: [{ id: 'a', code: 'InvalidInput', message: 'The finding has no Severity, Title' }],
  });
});

test('severity and types may be what the provider says of them', async () => {
  const { Types, Severity, ...rest } = finding('a');
  const provided = { ...rest, FindingProviderFields: { Types: Types ?? [], Severity: Severity ?? {} } };

  expect((await new MemoryFindingImporter().import([provided])).imported).toBe(1);
});
