import type {
  AsffFinding,
  FindingImporter,
  ImportFailure,
  ImportOutcome,
} from '../../ports/finding-importer.ts';

/** Bytes of a finding's JSON: 240 KB. https://docs.aws.amazon.com/securityhub/latest/partnerguide/guidelines-batchimportfindings.html */
const largestFinding = 240_000;

/** https://docs.aws.amazon.com/securityhub/latest/userguide/asff-required-attributes.html */
const requiredAttributes = [
  'AwsAccountId',
  'CreatedAt',
  'Description',
  'GeneratorId',
  'Id',
  'ProductArn',
  'Resources',
  'SchemaVersion',
  'Severity',
  'Title',
  'Types',
  'UpdatedAt',
];

/**
 * Findings in memory, copied in and out. A finding without an attribute that its format requires, there or in
 * `FindingProviderFields`, is refused (`InvalidInput`), as is one above 240 KB (`FindingTooLarge`); nothing else is
 * checked.
 *
 * @example
 * const importer = new MemoryFindingImporter();
 * await importer.import([finding]);
 * expect(importer.findings.map(({ Id }) => Id)).toEqual([finding.Id]);
 */
export class MemoryFindingImporter implements FindingImporter {
  readonly #findings = new Map<string, AsffFinding>();

  /** The findings in the order of their first arrival, each as it came last. */
  get findings(): readonly AsffFinding[] {
    return structuredClone([...this.#findings.values()]);
  }

  async import(findings: readonly AsffFinding[]): Promise<ImportOutcome> {
    const failed: ImportFailure[] = [];
    for (const finding of findings) {
      const failure = failureOf(finding);
      if (failure === undefined) {
        this.#findings.set(JSON.stringify([finding.ProductArn, finding.Id]), structuredClone(finding));
      } else failed.push(failure);
    }
    return { imported: findings.length - failed.length, failed };
  }
}

function failureOf(finding: AsffFinding): ImportFailure | undefined {
  const bytes = new TextEncoder().encode(JSON.stringify(finding)).length;
  if (bytes > largestFinding) {
    return {
      id: finding.Id,
      code: 'FindingTooLarge',
      message: `A finding has at most ${largestFinding} bytes, not ${bytes}`,
    };
  }
  const provided = finding['FindingProviderFields'];
  const known = typeof provided === 'object' ? { ...provided, ...finding } : finding;
  const missing = requiredAttributes.filter(name => !Object.hasOwn(known, name));
  if (missing.length === 0) return undefined;
  return { id: finding.Id, code: 'InvalidInput', message: `The finding has no ${missing.join(', ')}` };
}
