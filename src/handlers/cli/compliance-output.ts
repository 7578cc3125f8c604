import { partitionOf } from '../../adapters/aws/partition-of.ts';
import type { ComplianceResult } from '../../domain/compliance/compliance-check.ts';
import { complianceCheck, remedyOf } from '../../domain/compliance/compliance-checks.ts';
import { type AsffContext, asffOf, asffUnlistedOf } from '../../domain/compliance/render-asff.ts';
import { csvHeader, csvRow, csvUnlistedRow } from '../../domain/compliance/render-csv.ts';
import type { CheckTally } from '../../domain/compliance/scan-comparison.ts';
import type { UnlistedPlace } from '../../domain/compliance/unlisted-place.ts';
import { printableText } from '../../domain/kernel/printable-text.ts';
import type { AsffFinding } from '../../ports/finding-importer.ts';
import { LineWriter } from './line-writer.ts';
import { printableJson } from './printable-json.ts';
import { type CliStreams, type ExitCode, UsageError } from './verb.ts';
import { writeText } from './write-text.ts';

export const complianceFormats = ['text', 'json', 'csv', 'asff'] as const;

export type ComplianceFormat = (typeof complianceFormats)[number];

/** @throws {UsageError} where it is none of them. */
export function readFormat(format: string): ComplianceFormat {
  const known = complianceFormats.find(each => each === format);
  if (known === undefined) throw new UsageError(`--format takes ${complianceFormats.join(', ')}`);
  return known;
}

/**
 * Writes results as they come, in one of the formats, and sums up: to stderr, where stdout is for a machine. `text` shows
 * what does not pass, the others all; ASFF only what is not right, for that is what a hub takes in.
 */
export class ComplianceOutput {
  readonly #format: ComplianceFormat;
  readonly #lines: LineWriter;
  readonly #stderr: CliStreams['stderr'];
  readonly #beforeWrite: () => void;
  readonly #at: string;
  readonly #counts: { -readonly [Name in keyof CheckTally]: number } = {
    pass: 0,
    fail: 0,
    exempt: 0,
    indeterminate: 0,
  };
  #findings = 0;
  #unlisted = 0;

  /** @param at When the results were found. */
  constructor(
    { stdout, stderr }: Pick<CliStreams, 'stdout' | 'stderr'>,
    format: ComplianceFormat,
    at: string,
    beforeWrite: () => void,
  ) {
    this.#format = format;
    this.#lines = new LineWriter(stdout, beforeWrite);
    this.#stderr = stderr;
    this.#beforeWrite = beforeWrite;
    this.#at = at;
  }

  get results(): number {
    return this.#counts.pass + this.#counts.fail + this.#counts.exempt + this.#counts.indeterminate;
  }

  async begin(): Promise<void> {
    if (this.#format === 'csv') await this.#lines.add(csvLine(csvHeader));
    if (this.#format === 'asff') await this.#lines.add('[');
  }

  async add(result: ComplianceResult): Promise<void> {
    const { verdict, exemption } = result;
    const { account, region } = result.resource;
    this.#counts[verdict === 'fail' && exemption !== undefined ? 'exempt' : verdict] += 1;
    switch (this.#format) {
      case 'text':
        if (verdict !== 'pass') await this.#lines.add(textOf(result));
        return;
      case 'json':
        return this.#lines.add(printableJson(jsonOf(result)));
      case 'csv':
        return this.#lines.add(csvLine(csvRow(result)));
      case 'asff':
        if (verdict !== 'pass') await this.#addFinding(asffOf(result, this.#contextIn(account, region)));
    }
  }

  async addUnlisted(place: UnlistedPlace): Promise<void> {
    this.#unlisted += 1;
    const { scope, type, reading } = place;
    const { account, region } = scope;
    const { reason, api, code } = reading;
    switch (this.#format) {
      case 'text':
        return this.#lines.add(
          `not listed     ${type} of ${account} in ${region}: ${reason} (${printableText(api)}, ${printableText(code)})`,
        );
      case 'json':
        return this.#lines.add(
          printableJson({ unlisted: type, account, region, verdict: 'indeterminate', reason, api, code }),
        );
      case 'csv':
        return this.#lines.add(csvLine(csvUnlistedRow(place)));
      case 'asff': {
        const context = { ...this.#contextIn(account, region), partition: partitionOf(region) };
        await this.#addFinding(asffUnlistedOf(place, context));
      }
    }
  }

  /** Ends the output. */
  async finish(): Promise<ExitCode> {
    if (this.#format === 'asff') await this.#lines.add(']');
    const { pass, fail, exempt, indeterminate } = this.#counts;
    const unlisted = this.#unlisted === 0 ? '' : `, ${this.#unlisted} places not listed`;
    const summary = `${this.results} results: ${pass} pass, ${fail} fail, ${exempt} fail and are exempt, ${indeterminate} indeterminate${unlisted}`;
    if (this.#format === 'text') await this.#lines.add(summary);
    await this.#lines.flush();
    if (this.#format !== 'text') {
      this.#beforeWrite();
      await writeText(this.#stderr, `${summary}\n`);
    }
    // That nothing was looked at is no pass.
    return this.results > 0 && fail + indeterminate + this.#unlisted === 0 ? 0 : 1;
  }

  #contextIn(account: string, region: string): AsffContext {
    const at = { firstObservedAt: this.#at, updatedAt: this.#at };
    return { productAccount: account, region, ...at, state: 'ACTIVE' };
  }

  #addFinding(finding: AsffFinding): Promise<void> {
    const line = printableJson(finding);
    this.#findings += 1;
    return this.#lines.add(this.#findings === 1 ? line : `,${line}`);
  }
}

/** The line writer ends a line with a line feed. */
function csvLine(row: string): string {
  return row.slice(0, -1);
}

function textOf(result: ComplianceResult): string {
  const { resource, checkId, verdict, exemption, explanation } = result;
  const check = complianceCheck(checkId);
  const word = verdict === 'fail' && exemption !== undefined ? 'exempt' : verdict;
  const arn = resource.arn.replace(/[^\x20-\x7e]/g, '?');
  const answers =
    exemption === undefined
      ? ''
      : ` (exempt until ${exemption.expires}, ${printableText(exemption.owner)}: ${printableText(exemption.reason)})`;
  const remedy = exemption === undefined ? remedyOf(result) : undefined;
  return `${word.padEnd(14)} ${check?.severity ?? 'unknown'} ${checkId} ${arn}: ${printableText(explanation, 600)}${answers}${remedy === undefined ? '' : ` To do: ${remedy}`}`;
}

function jsonOf(result: ComplianceResult): object {
  const { resource, checkId, verdict, grade, explanation, exemption, unread } = result;
  const check = complianceCheck(checkId);
  const remedy = remedyOf(result);
  return {
    resource: resource.arn,
    type: resource.type,
    account: resource.account,
    region: resource.region,
    name: resource.name,
    check: checkId,
    title: check?.title ?? null,
    severity: check?.severity ?? null,
    verdict,
    ...(grade === undefined ? {} : { grade }),
    explanation,
    exempt: exemption !== undefined,
    ...(exemption === undefined ? {} : { exemption }),
    ...(unread === undefined ? {} : { unread }),
    ...(remedy === undefined ? {} : { remedy }),
    references: check?.references ?? [],
  };
}
