import assert from 'node:assert/strict';
import type { AsffFinding, FindingImporter } from '../../ports/finding-importer.ts';
import { assertSameJson } from './assert-same-json.ts';
import type { Contract } from './contract.ts';

export interface FindingImporterSubject {
  readonly importer: FindingImporter;
  /** What is there under an `Id`, if anything. */
  find(id: string): Promise<AsffFinding | undefined>;
}

/** What every {@link FindingImporter} promises. */
export const findingImporterContract: Contract<FindingImporterSubject> = {
  port: 'FindingImporter',
  cases: [
    {
      name: 'a finding is there as it was given',
      async run({ importer, find }) {
        const finding = findingOf({ Description: 'Überweisung – 発注書 📄 "quoted" \\ <&>' });
        assertSameJson(await importer.import([finding]), { imported: 1, failed: [] });
        assertSameJson(await find(finding.Id), finding);
      },
    },
    {
      name: 'a finding under an Id that is there takes its place',
      async run({ importer, find }) {
        const finding = findingOf();
        await importer.import([finding]);
        const changed = { ...finding, Title: 'Changed', RecordState: 'ARCHIVED' };
        assertSameJson(await importer.import([changed]), { imported: 1, failed: [] });
        assertSameJson(await find(finding.Id), changed);
      },
    },
    {
      name: 'no findings are imported without a fault',
      async run({ importer }) {
        assertSameJson(await importer.import([]), { imported: 0, failed: [] });
      },
    },
    {
      name: 'any number of findings is taken, above 100 as well',
      async run({ importer, find }) {
        const findings = Array.from({ length: 230 }, () => findingOf());
        assertSameJson(await importer.import(findings), { imported: 230, failed: [] });
        for (const finding of findings) assertSameJson(await find(finding.Id), finding);
      },
    },
    {
      name: 'any size of findings is taken, above 6 MB as well',
      async run({ importer, find }) {
        const findings = Array.from({ length: 40 }, () => largeFinding(200_000));
        assertSameJson(await importer.import(findings), { imported: 40, failed: [] });
        for (const finding of findings) assert.ok((await find(finding.Id)) !== undefined);
      },
    },
    {
      name: 'a finding that is refused is named, and the others are in',
      async run({ importer, find }) {
        const { Title: _, ...untitled } = findingOf();
        const tooLarge = largeFinding(245_000);
        const good = Array.from({ length: 5 }, () => findingOf());
        const findings = [...good.slice(0, 2), untitled, ...good.slice(2, 4), tooLarge, ...good.slice(4)];

        const { imported, failed } = await importer.import(findings);

        assert.equal(imported, 5);
        assert.deepEqual(failed.map(({ id }) => id).sort(), [untitled.Id, tooLarge.Id].sort());
        for (const { code, message } of failed) assert.ok(code !== '' && message !== '');
        for (const finding of good) assertSameJson(await find(finding.Id), finding);
        assert.equal(await find(untitled.Id), undefined);
        assert.equal(await find(tooLarge.Id), undefined);
      },
    },
    {
      name: 'findings that are all refused are all named',
      async run({ importer }) {
        const findings = Array.from({ length: 3 }, () => {
          const { Title: _, ...untitled } = findingOf();
          return untitled;
        });
        const { imported, failed } = await importer.import(findings);
        assert.equal(imported, 0);
        assert.deepEqual(failed.map(({ id }) => id).sort(), findings.map(({ Id }) => Id).sort());
      },
    },
  ],
};

/** A finding with all that its format requires, under an Id that no other case uses. */
function findingOf(fields: Readonly<Record<string, string>> = {}): AsffFinding {
  return {
    SchemaVersion: '2018-10-08',
    Id: `sallyport/${crypto.randomUUID()}`,
    ProductArn: 'arn:aws:securityhub:us-east-1:000000000000:product/000000000000/default',
    AwsAccountId: '000000000000',
    GeneratorId: 'sallyport/contract',
    Types: ['Software and Configuration Checks/AWS Security Best Practices'],
    CreatedAt: '2026-11-21T08:00:00.000Z',
    UpdatedAt: '2026-11-21T08:00:00.000Z',
    Severity: { Label: 'HIGH' },
    Title: 'A bucket is not encrypted as it should be',
    Description: 'Encrypted with SSE-S3; a customer-managed key is asked for.',
    Resources: [{ Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::uploads' }],
    ...fields,
  };
}

/** A finding of about so many bytes. */
function largeFinding(bytes: number): AsffFinding {
  const part = 'x'.repeat(1000);
  const Other = Object.fromEntries(
    Array.from({ length: Math.ceil(bytes / 1010) }, (_, index) => [`part${1000 + index}`, part]),
  );
  const resource = { Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::uploads', Details: { Other } };
  return { ...findingOf(), Resources: [resource] };
}
