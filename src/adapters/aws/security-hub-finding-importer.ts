import {
  type AwsSecurityFinding,
  BatchImportFindingsCommand,
  type SecurityHubClient,
} from '@aws-sdk/client-securityhub';
import { PortError } from '../../ports/failure.ts';
import type {
  AsffFinding,
  FindingImporter,
  ImportFailure,
  ImportOutcome,
} from '../../ports/finding-importer.ts';
import { translateFailure } from './translate-failure.ts';

export interface SecurityHubFindingImporterOptions {
  /** Of the account and region that the findings' product belongs to. */
  readonly client: SecurityHubClient;
}

/**
 * What Security Hub takes: findings in a request, bytes of one finding, bytes of a request. Read as decimal, so that it
 * is never more than AWS means, with room for what stands around the findings.
 * https://docs.aws.amazon.com/securityhub/latest/partnerguide/guidelines-batchimportfindings.html
 */
const [largestBatch, largestFinding, largestRequest] = [100, 240_000, 5_900_000];

const operation = 'FindingImporter.import';

/**
 * Findings in AWS Security Hub, in as few requests as it takes, one after another. A finding above 240 KB is refused
 * without a call (`FindingTooLarge`); where Security Hub refuses a whole request as `InvalidInputException`, its halves
 * are tried until the findings that it means stand alone.
 *
 * Rejects with the first request that fails otherwise: the findings before it are in, those after it were not sent.
 * Import all of them again: what is there under an `Id` is only updated. Throttling (10 requests a second) is a
 * `PortError` once the client has tried as often as it is set to.
 *
 * Needs `securityhub:BatchImportFindings`, and Security Hub switched on in the client's account and region
 * (`InvalidAccessException`, `denied`, where it is not).
 *
 * @example
 * new SecurityHubFindingImporter({ client: new SecurityHubClient() });
 */
export class SecurityHubFindingImporter implements FindingImporter {
  readonly #client: SecurityHubClient;

  constructor(options: SecurityHubFindingImporterOptions) {
    this.#client = options.client;
  }

  async import(findings: readonly AsffFinding[]): Promise<ImportOutcome> {
    const sized = findings.map(finding => ({ finding, bytes: bytesOf(finding) }));
    const failed: ImportFailure[] = sized
      .filter(({ bytes }) => bytes > largestFinding)
      .map(({ finding, bytes }) => ({
        id: finding.Id,
        code: 'FindingTooLarge',
        message: `A finding has at most ${largestFinding} bytes, not ${bytes}`,
      }));
    for (const batch of batches(sized.filter(({ bytes }) => bytes <= largestFinding))) {
      failed.push(...(await this.#importBatch(batch)));
    }
    return { imported: findings.length - failed.length, failed };
  }

  /** Gives those that were refused. */
  async #importBatch(findings: readonly AsffFinding[]): Promise<readonly ImportFailure[]> {
    try {
      return await this.#send(findings);
    } catch (error) {
      const failure = translateFailure(error, operation, `${findings.length} findings`);
      if (failure.code !== 'InvalidInputException') throw failure;
      const [only] = findings;
      if (findings.length === 1 && only !== undefined) {
        return [{ id: only.Id, code: failure.code, message: messageOf(error) }];
      }
      const middle = Math.ceil(findings.length / 2);
      const first = await this.#importBatch(findings.slice(0, middle));
      return [...first, ...(await this.#importBatch(findings.slice(middle)))];
    }
  }

  async #send(findings: readonly AsffFinding[]): Promise<readonly ImportFailure[]> {
    const {
      SuccessCount = 0,
      FailedCount = 0,
      FailedFindings = [],
    } = await this.#client.send(
      // The port's findings are open JSON; Security Hub judges what they hold.
      new BatchImportFindingsCommand({ Findings: findings as unknown as AwsSecurityFinding[] }),
    );
    if (SuccessCount + FailedCount !== findings.length || FailedFindings.length !== FailedCount) {
      throw new PortError({
        kind: 'retryable',
        operation,
        code: 'UnexpectedAnswer',
        message: `Of ${findings.length} findings Security Hub counts ${SuccessCount} imported and ${FailedCount} failed, and names ${FailedFindings.length}`,
      });
    }
    return FailedFindings.map(({ Id = '', ErrorCode = 'Unknown', ErrorMessage = '' }) => ({
      id: Id,
      code: ErrorCode,
      message: ErrorMessage,
    }));
  }
}

function* batches(
  sized: readonly { readonly finding: AsffFinding; readonly bytes: number }[],
): Generator<readonly AsffFinding[]> {
  let batch: AsffFinding[] = [];
  let total = 0;
  for (const { finding, bytes } of sized) {
    // One more for the comma.
    if (batch.length === largestBatch || (batch.length > 0 && total + bytes + 1 > largestRequest)) {
      yield batch;
      [batch, total] = [[], 0];
    }
    batch.push(finding);
    total += bytes + 1;
  }
  if (batch.length > 0) yield batch;
}

function bytesOf(finding: AsffFinding): number {
  return Buffer.byteLength(JSON.stringify(finding));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
